import type { Demand } from './demand.ts';
import { APPEND, NOT, READ, SWAP, WRITE, type Problem } from './problem.ts';
import type { Remaining } from './remaining.ts';
import { NO_STATE } from './state-table.ts';

// The order in which choices are tried: what is asked for first.
const FITS_NEXT_READ = 0;
const ASKED_FOR = 1;
const HIDDEN = 2;
const BINDING = 3;
const OPTIONAL_ASKED_FOR = 4;
const OPTIONAL = 5;

/** How many marks ahead the next read is looked for where it only decides what is tried first. */
const LOOK_AHEAD = 128;

/** A configuration, as far as it decides what can come next. */
export interface Situation {
  /** The operation that returns first of those that are left. */
  readonly boundary: number;
  readonly state: number;
  /** Whether what was brought about last must be met by somebody before it is overwritten. */
  readonly isOwing: boolean;
  /** The mark before which an operation must have been invoked to have its place just before the last write, unseen. */
  readonly hiddenUntil: number;
}

/**
 * Finds what can be placed next in a configuration, the most promising first.
 *
 * Nothing is placed before it must be. What follows a write (or an append) in an order either was invoked before
 * everything that is left had returned, or the write is itself the one that returns first. In the first case somebody who is
 * open now meets what it writes; if nobody does before the next write, it was never seen, and can wait until it returns and be put
 * just before that next write then. So a write comes in question only where somebody who is open waits for it, or where
 * it returns first.
 */
export class Candidates {
  readonly #problem: Problem;
  readonly #remaining: Remaining;
  readonly #demand: Demand | undefined;
  readonly #used: Int32Array;
  /** Counts configurations; what was noted for an earlier one no longer holds. */
  #round = 0;
  /**
   * By twice the symbol: the round in which a candidate with it was found, and its position among the choices. One more for
   * appends that cannot be hidden: they may be needed in sight where others that do the same are not.
   */
  readonly #symbolRound: Int32Array;
  readonly #symbolPosition: Int32Array;
  /** By known state: the round in which somebody who is open was found to wait for it. */
  readonly #awaited: Int32Array;
  readonly #viewed: Int32Array;
  /** The known states of which that is so, and whether somebody who is open waits for any other than the present state. */
  readonly #awaitedStates: number[] = [];
  #isOtherAwaited = false;
  readonly #ranks: number[] = [];

  #situation: Situation = { boundary: 0, state: 0, isOwing: false, hiddenUntil: -1 };
  #choices: number[] = [];
  #begin = 0;
  /** What the operation that returns first must meet, if it is not the present state. */
  #goal = NO_STATE;
  #isGoalOffered = false;
  /** What the read that returns first, of all that are left, must meet. */
  #nextRead = NO_STATE;
  /** Whether every state before that read is a beginning of it. */
  #isNextReadBinding = false;
  /** Who can see what the state is before, or at, that read: what they must meet, or must not. Only where texts grow. */
  readonly #views: number[] = [];

  constructor(problem: Problem, remaining: Remaining, demand: Demand | undefined, used: Int32Array) {
    this.#problem = problem;
    this.#remaining = remaining;
    this.#demand = demand;
    this.#used = used;
    this.#symbolRound = new Int32Array(2 * problem.symbolCount);
    this.#symbolPosition = new Int32Array(2 * problem.symbolCount);
    this.#awaited = new Int32Array(problem.states.size);
    this.#viewed = new Int32Array(problem.states.size);
  }

  /**
   * Adds to `choices` what can come next, nothing where the configuration leads nowhere: an operation's number; that and the
   * count of operations, where it is to be hidden; or -1 less the group of an optional one.
   */
  gather(choices: number[], situation: Situation): void {
    this.#situation = situation;
    this.#choices = choices;
    this.#begin = choices.length;
    this.#lookAround();
    if (this.#isGoalOffered) {
      this.#gatherHidden();
      this.#gatherBinding();
      this.#gatherOptional();
      this.#sort();
    }
  }

  /**
   * What the state is to those who are left: itself; {@link StateTable.lost} where none of them will see it before it is
   * overwritten; {@link NO_STATE} where there is no way from it to what they saw. To be asked before {@link gather}.
   */
  see(state: number): number {
    this.#round += 1;
    this.#nextRead = NO_STATE;
    this.#isNextReadBinding = false;
    if (this.#demand !== undefined) {
      this.#findNextRead(LOOK_AHEAD);
      return state;
    }
    const { states } = this.#problem;
    const read = this.#findNextRead(Infinity);
    this.#findViews(read);
    this.#isNextReadBinding = read !== -1 && !this.#canRestart(read);
    if (this.#isNextReadBinding && !states.isBeginning(state, this.#nextRead)) return NO_STATE;
    return this.#isInView(state) ? state : states.lost;
  }

  #isInView(state: number): boolean {
    return this.#views.some((view) => this.#problem.states.isBeginning(state, view));
  }

  /** Who is open, and what they wait for. */
  #lookAround(): void {
    const { next, operationOf, isReturn, end } = this.#remaining;
    const { kinds, needs, nexts, optional } = this.#problem;
    const { boundary, state } = this.#situation;
    const kind = kinds[boundary];
    const need = needs[boundary] ?? NO_STATE;
    this.#goal = (kind === READ || kind === SWAP) && need !== state ? need : NO_STATE;
    this.#isGoalOffered = this.#goal === NO_STATE || this.#demand === undefined;
    this.#isOtherAwaited = false;
    this.#awaitedStates.length = 0;
    for (let mark = next[end] ?? end; mark !== end && isReturn[mark] === 0; mark = next[mark] ?? end) {
      const operation = operationOf[mark] ?? 0;
      const asked = kinds[operation];
      if (asked === READ || asked === SWAP) this.#await(needs[operation] ?? 0);
      if (asked === APPEND && nexts[operation] !== NO_STATE) this.#await(nexts[operation] ?? 0);
      if (asked === NOT && needs[operation] === state) this.#isOtherAwaited = true;
      if (nexts[operation] === this.#goal) this.#isGoalOffered = true;
    }
    for (let group = 0; group < optional.length; group += 1) {
      const step = optional[group];
      if (step === undefined || !this.#isOpen(group)) continue;
      if (step.kind === SWAP) this.#await(step.need);
      if (step.next === this.#goal) this.#isGoalOffered = true;
    }
  }

  #await(state: number): void {
    if (this.#awaited[state] === this.#round) return;
    this.#awaited[state] = this.#round;
    this.#awaitedStates.push(state);
  }

  /** The boundary's operation, out of sight. */
  #gatherHidden(): void {
    const { boundary, state, hiddenUntil } = this.#situation;
    const { kinds, nexts, binding, states } = this.#problem;
    if (!isHideable(this.#problem, this.#remaining, boundary, hiddenUntil)) return;
    // At the end of what is lost, an append is as well hidden.
    if (kinds[boundary] === APPEND && state === states.lost) return;
    const value = nexts[boundary] ?? NO_STATE;
    if (value !== state && this.#demand?.isStranded(value, this.#from, -1, boundary) === true) return;
    this.#choices.push(boundary + binding.length);
  }

  #gatherBinding(): void {
    const { next, operationOf, isReturn, end } = this.#remaining;
    const { kinds, needs, nexts, pieces, states } = this.#problem;
    const { boundary, state, isOwing } = this.#situation;
    const isPressed = kinds[boundary] === WRITE || kinds[boundary] === APPEND;
    for (let mark = next[end] ?? end; mark !== end && isReturn[mark] === 0; mark = next[mark] ?? end) {
      const operation = operationOf[mark] ?? 0;
      const kind = kinds[operation];
      if (kind === READ || kind === NOT || (kind === WRITE && isOwing)) continue;
      if (kind === SWAP && needs[operation] !== state) continue;
      let target = nexts[operation] ?? NO_STATE;
      if (kind === APPEND) {
        const longer = states.append(state, pieces[operation] ?? '');
        if (longer === NO_STATE || (target !== NO_STATE && longer !== target)) continue;
        target = longer;
      }
      if (kind !== SWAP && operation !== boundary && !this.#isAwaited(target, isPressed)) continue;
      if (this.#mayBecome(target, operation)) this.#add(operation);
    }
  }

  #gatherOptional(): void {
    const { kinds, optional, states } = this.#problem;
    const { boundary, state, isOwing } = this.#situation;
    const isPressed = kinds[boundary] === APPEND || (this.#demand === undefined && kinds[boundary] === WRITE);
    for (let group = 0; group < optional.length; group += 1) {
      const step = optional[group];
      if (step === undefined || !this.#isOpen(group)) continue;
      // Who must return goes before who need not.
      const symbol = 2 * step.symbol;
      if (this.#symbolRound[symbol] === this.#round || this.#symbolRound[symbol + 1] === this.#round) continue;
      if (step.kind === SWAP && step.need !== state) continue;
      if (step.kind === WRITE && isOwing) continue;
      const target = step.kind === APPEND ? states.append(state, step.piece) : step.next;
      if (target === NO_STATE) continue;
      // To write again what is there already lets other writes be hidden before it; nothing else does.
      if (target === state && step.kind !== WRITE) continue;
      if (!this.#isAwaited(target, isPressed) || !this.#mayBecome(target, -1)) continue;
      this.#choices.push(-1 - group);
    }
  }

  /** Whether somebody who is open waits for the state, or for what can be made of it by appending. */
  #isAwaited(target: number, isPressed: boolean): boolean {
    // Where texts grow, the way to another state may lead through a write of this one.
    if (this.#isOtherAwaited && (target !== this.#situation.state || this.#demand === undefined)) return true;
    if (this.#demand !== undefined) return this.#awaited[target] === this.#round;
    // Where an append or a write must find its place now, others may have come before it, unseen as yet.
    if (isPressed) return this.#isInView(target);
    return this.#awaitedStates.some((awaited) => this.#problem.states.isBeginning(target, awaited));
  }

  #isOpen(group: number): boolean {
    const first = this.#problem.optional[group]?.operations[this.#used[group] ?? 0];
    const until = this.#problem.binding[this.#situation.boundary];
    return first !== undefined && until !== undefined && first.invokedAt <= until.returnedAt;
  }

  /** Whether nothing is lost for good when the state becomes `target`, and `meeting` has met the present one. */
  #mayBecome(target: number, meeting: number): boolean {
    if (this.#isNextReadBinding) return this.#problem.states.isBeginning(target, this.#nextRead);
    const { state } = this.#situation;
    return target === state || this.#demand?.isStranded(state, this.#from, meeting, -1) !== true;
  }

  /** The mark before which all that return have a place. */
  get #from(): number {
    return this.#remaining.returns[this.#situation.boundary] ?? 0;
  }

  /**
   * Of operations that do the same, the one that returns first stands for all: another in its place could have changed
   * places with it. After a write all others can be hidden just before it, but an append hides nothing.
   */
  #add(operation: number): void {
    const { kinds, symbols } = this.#problem;
    const { hiddenUntil } = this.#situation;
    const isApart = kinds[operation] === APPEND && !isHideable(this.#problem, this.#remaining, operation, hiddenUntil);
    const symbol = 2 * (symbols[operation] ?? 0) + (isApart ? 1 : 0);
    const { returns } = this.#remaining;
    if (this.#symbolRound[symbol] !== this.#round) {
      this.#symbolRound[symbol] = this.#round;
      this.#symbolPosition[symbol] = this.#choices.push(operation) - 1;
      return;
    }
    const position = this.#symbolPosition[symbol] ?? 0;
    if ((returns[operation] ?? 0) < (returns[this.#choices[position] ?? 0] ?? 0)) this.#choices[position] = operation;
  }

  /** The read that returns first, if it is among so many marks; -1 otherwise. */
  #findNextRead(within: number): number {
    const { next, operationOf, isReturn, end } = this.#remaining;
    const { kinds, needs } = this.#problem;
    let looked = 0;
    for (let mark = next[end] ?? end; mark !== end && looked < within; mark = next[mark] ?? end) {
      const operation = operationOf[mark] ?? 0;
      looked += 1;
      if (isReturn[mark] === 0 || kinds[operation] !== READ) continue;
      this.#nextRead = needs[operation] ?? NO_STATE;
      return operation;
    }
    return -1;
  }

  #findViews(read: number): void {
    const { next, operationOf, isReturn, end, returns } = this.#remaining;
    const { kinds, needs, binding, optional } = this.#problem;
    const last = read === -1 ? end : (returns[read] ?? end);
    const untilAt = binding[read]?.returnedAt ?? Infinity;
    this.#views.length = 0;
    for (let mark = next[end] ?? end; mark !== last; mark = next[mark] ?? end) {
      const operation = operationOf[mark] ?? 0;
      const kind = kinds[operation];
      if (isReturn[mark] === 0 && (kind === READ || kind === SWAP || kind === NOT)) this.#view(needs[operation] ?? 0);
      const result = kind === APPEND ? this.#problem.nexts[operation] : NO_STATE;
      if (isReturn[mark] === 0 && result !== undefined && result !== NO_STATE) this.#view(result);
    }
    for (let group = 0; group < optional.length; group += 1) {
      const step = optional[group];
      const first = step?.operations[this.#used[group] ?? 0];
      if (step?.kind === SWAP && first !== undefined && first.invokedAt <= untilAt) this.#view(step.need);
    }
  }

  #view(state: number): void {
    if (this.#viewed[state] === this.#round) return;
    this.#viewed[state] = this.#round;
    this.#views.push(state);
  }

  /** Whether something could still be written from which the read can be reached. */
  #canRestart(read: number): boolean {
    const { next, operationOf, isReturn, end, returns } = this.#remaining;
    const { kinds, nexts, binding, optional, states } = this.#problem;
    const last = returns[read] ?? end;
    for (let mark = next[end] ?? end; mark !== last; mark = next[mark] ?? end) {
      const operation = operationOf[mark] ?? 0;
      if (isReturn[mark] === 1 || (kinds[operation] !== WRITE && kinds[operation] !== SWAP)) continue;
      if (states.isBeginning(nexts[operation] ?? 0, this.#nextRead)) return true;
    }
    const untilAt = binding[read]?.returnedAt ?? Infinity;
    return optional.some((step, group) => {
      const first = step.operations[this.#used[group] ?? 0];
      if (step.kind === APPEND || first === undefined || first.invokedAt > untilAt) return false;
      return states.isBeginning(step.next, this.#nextRead);
    });
  }

  /** Sorts the new choices by rank, and then by return. There are a few of them, so by insertion. */
  #sort(): void {
    const choices = this.#choices;
    const begin = this.#begin;
    this.#ranks.length = 0;
    for (let position = begin; position < choices.length; position += 1) {
      const choice = choices[position] ?? 0;
      const rank = this.#rankOf(choice);
      let hole = position;
      while (hole > begin && (this.#ranks[hole - 1 - begin] ?? 0) > rank) {
        choices[hole] = choices[hole - 1] ?? 0;
        this.#ranks[hole - begin] = this.#ranks[hole - 1 - begin] ?? 0;
        hole -= 1;
      }
      choices[hole] = choice;
      this.#ranks[hole - begin] = rank;
    }
  }

  #rankOf(choice: number): number {
    const { kinds, nexts, pieces, binding, optional, states } = this.#problem;
    const { state } = this.#situation;
    const marks = 2 * binding.length + 1;
    if (choice >= binding.length) return (this.#fitsNextRead(state) ? FITS_NEXT_READ : HIDDEN) * marks;
    const step = choice < 0 ? optional[-1 - choice] : undefined;
    const kind = step === undefined ? kinds[choice] : step.kind;
    const piece = step === undefined ? pieces[choice] : step.piece;
    const next = step === undefined ? nexts[choice] : step.next;
    const target = kind === APPEND ? states.append(state, piece ?? '') : (next ?? NO_STATE);
    const isAwaited = this.#awaited[target] === this.#round;
    if (choice < 0) return (isAwaited ? OPTIONAL_ASKED_FOR : OPTIONAL) * marks;
    const rank = this.#fitsNextRead(target) ? FITS_NEXT_READ : isAwaited ? ASKED_FOR : BINDING;
    return rank * marks + (this.#remaining.returns[choice] ?? 0);
  }

  #fitsNextRead(target: number): boolean {
    if (this.#nextRead === NO_STATE || target === this.#nextRead) return target === this.#nextRead;
    return this.#demand === undefined && this.#problem.states.isBeginning(target, this.#nextRead);
  }
}

/** Whether the operation can have its place just before the last write, of those invoked before the mark. */
export function isHideable(problem: Problem, remaining: Remaining, operation: number, hiddenUntil: number): boolean {
  const kind = problem.kinds[operation];
  if (kind !== WRITE && (kind !== APPEND || problem.nexts[operation] !== NO_STATE)) return false;
  return (remaining.calls[operation] ?? 0) < hiddenUntil;
}
