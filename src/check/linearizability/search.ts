import { Candidates, isHideable } from './candidates.ts';
import { ChoiceStack } from './choice-stack.ts';
import { ConfigurationCache } from './configuration-cache.ts';
import { Demand } from './demand.ts';
import { orderOf } from './found-order.ts';
import type { HistoryOperation } from './history.ts';
import { haveConflict } from './hold-times.ts';
import { APPEND, NEVER, NOT, READ, SWAP, WRITE, type Problem } from './problem.ts';
import { Remaining } from './remaining.ts';
import { NO_STATE } from './state-table.ts';

/** How much a search may cost before it gives up. */
export interface SearchLimits {
  /** How many configurations it may look at. */
  readonly maxConfigurations: number;
  /** How many words of 4 bytes it may remember them in. */
  readonly maxCacheWords: number;
  /** How many different texts it may make by appending. */
  readonly maxStates: number;
}

export type SearchResult =
  /** An order that explains everything; optional operations that need not have happened are left out. */
  | { readonly type: 'placed'; readonly order: readonly HistoryOperation[]; readonly configurations: number }
  | { readonly type: 'impossible'; readonly configurations: number }
  /** A limit was reached first: nothing is known. */
  | { readonly type: 'exhausted'; readonly configurations: number };

/** Looks for one order of all binding operations, and of as many optional ones as it needs, that explains every answer. */
export function search(problem: Problem, limits: SearchLimits): SearchResult {
  return new Search(problem, limits).run();
}

/**
 * The search of Wing and Gong ("Testing and verifying concurrent objects", 1993), with Lowe's memory of configurations
 * ("Testing for linearizability", 2017), and with less to try wherever one choice is as good as all:
 *
 * - What meets its state and leaves it is placed at once: later it could only be harder.
 * - Of operations that do the same, the one that must return first goes first.
 * - A write that nobody sees is placed when it returns, just before a later write that was placed before that.
 * - Who leaves a state that somebody must still meet, and that nobody can bring about again, has gone wrong already.
 * - Where nobody is left who could tell what states there were since an earlier choice, that choice was as good as any.
 * - An optional operation happens only where somebody meets what it brought about.
 */
class Search {
  readonly #problem: Problem;
  readonly #limits: SearchLimits;
  readonly #remaining: Remaining;
  readonly #demand: Demand | undefined;
  readonly #cache: ConfigurationCache;
  readonly #candidates: Candidates;
  /** One bit for each binding operation that has a place. */
  readonly #placedBits: Uint32Array;
  /** How many of each group of optional operations have happened. */
  readonly #used: Int32Array;
  #key = new Uint32Array(64);
  #state: number;
  /** Whether what was brought about last, without need, has not been met by anybody yet. */
  #isOwing = false;
  /** The mark before which an operation must have been invoked to have its place just before the last write. */
  #hiddenUntil = -1;
  /** The operation that returns first of those that are left. */
  #boundary = -1;
  #configurations = 0;

  /** The choices made, in order (see {@link Candidates}), with what was so before each. */
  readonly #trail: number[] = [];
  readonly #trailStates: number[] = [];
  readonly #trailOwing: boolean[] = [];
  readonly #trailHidden: number[] = [];

  readonly #stack = new ChoiceStack();

  constructor(problem: Problem, limits: SearchLimits) {
    this.#problem = problem;
    this.#limits = limits;
    this.#remaining = new Remaining(problem.binding);
    this.#demand = problem.isPlain ? new Demand(problem, this.#remaining) : undefined;
    this.#cache = new ConfigurationCache(limits.maxCacheWords);
    this.#placedBits = new Uint32Array((problem.binding.length >> 5) + 1);
    this.#used = new Int32Array(problem.optional.length);
    this.#candidates = new Candidates(problem, this.#remaining, this.#demand, this.#used);
    this.#state = problem.initial;
  }

  run(): SearchResult {
    const { kinds, states, initial } = this.#problem;
    if (kinds.includes(NEVER)) return this.#result('impossible');
    if (this.#problem.isPlain && haveConflict(this.#problem)) return this.#result('impossible');
    for (let state = 0; this.#demand !== undefined && state < states.size; state += 1) {
      if (state !== initial && this.#demand.isStranded(state, 0, -1, -1)) return this.#result('impossible');
    }
    for (;;) {
      const arrival = this.#arrive();
      if (arrival === 'done') {
        return { type: 'placed', order: orderOf(this.#problem, this.#trail), configurations: this.#configurations };
      }
      if (arrival === 'full') return this.#result('exhausted');
      const choice = this.#nextChoice();
      if (choice === undefined) return this.#result('impossible');
      this.#place(choice);
    }
  }

  #result(type: 'impossible' | 'exhausted'): SearchResult {
    return { type, configurations: this.#configurations };
  }

  /** Looks at the configuration that the last choice has led to, and keeps a frame with what can be done from there. */
  #arrive(): 'open' | 'dead' | 'done' | 'full' {
    const isSound = this.#settle();
    if (this.#boundary === -1) return 'done';
    this.#configurations += 1;
    const { maxConfigurations, maxStates } = this.#limits;
    if (this.#configurations > maxConfigurations || this.#problem.states.made > maxStates) return 'full';
    if (!isSound) return 'dead';
    const { choices } = this.#stack;
    const begin = choices.length;
    this.#candidates.gather(choices, {
      boundary: this.#boundary,
      state: this.#state,
      isOwing: this.#isOwing,
      hiddenUntil: this.#hiddenUntil,
    });
    if (choices.length === begin) return 'dead';
    const added = this.#remember();
    if (added !== 'added') {
      choices.length = begin;
      return added === 'full' ? 'full' : 'dead';
    }
    this.#commit();
    this.#stack.push(begin, this.#trail.length, this.#state, this.#boundary);
    return 'open';
  }

  /**
   * Places whatever can be placed without loss, and finds the operation that returns first of those that are left. Tells
   * whether there can be a way on.
   */
  #settle(): boolean {
    this.#placeWhatFits();
    if (this.#boundary === -1) return true;
    const seen = this.#candidates.see(this.#state);
    if (seen === NO_STATE) return false;
    this.#state = seen;
    return true;
  }

  #placeWhatFits(): void {
    const { next, operationOf, isReturn, end } = this.#remaining;
    const { kinds, needs, binding } = this.#problem;
    let before = end;
    let mark = next[end] ?? end;
    this.#boundary = -1;
    while (mark !== end) {
      const operation = operationOf[mark] ?? 0;
      if (isReturn[mark] === 1) {
        this.#boundary = operation;
        if (!this.#isBetterHidden(operation)) return;
        this.#boundary = -1;
        this.#place(operation + binding.length);
        // Its invocation may stand right before: the list is walked again from its begin.
        before = end;
      } else {
        const kind = kinds[operation];
        const isMet = needs[operation] === this.#state;
        if ((kind === READ && isMet) || (kind === NOT && !isMet)) this.#place(operation);
        else before = mark;
      }
      mark = next[before] ?? end;
    }
  }

  #canHide(operation: number): boolean {
    return isHideable(this.#problem, this.#remaining, operation, this.#hiddenUntil);
  }

  /**
   * Whether nobody could be helped by seeing the operation: none who waits for it; none who must not meet the present
   * state; and none who must not meet another write, which this one would let be hidden.
   */
  #isBetterHidden(operation: number): boolean {
    const demand = this.#demand;
    if (demand === undefined || !this.#canHide(operation)) return false;
    const { nexts, kinds } = this.#problem;
    if (demand.isWanted(nexts[operation] ?? 0) || demand.isAvoided(this.#state)) return false;
    if (demand.isCalm) return true;
    const { next, operationOf, isReturn, end } = this.#remaining;
    for (let mark = next[end] ?? end; mark !== end && isReturn[mark] === 0; mark = next[mark] ?? end) {
      const other = operationOf[mark] ?? 0;
      if (other !== operation && kinds[other] === WRITE && demand.isAvoided(nexts[other] ?? 0)) return false;
    }
    return true;
  }

  /** The next choice that has not been tried, with everything after it undone; undefined where there is none left. */
  #nextChoice(): number | undefined {
    const stack = this.#stack;
    while (stack.size > 0) {
      while (this.#trail.length > stack.trail) this.#undo();
      const choice = stack.next();
      if (choice !== undefined) {
        this.#boundary = stack.boundary;
        return choice;
      }
      stack.pop();
    }
    return undefined;
  }

  /** Gives up the other choices of earlier frames where this one was as good as any (see {@link Search}). */
  #commit(): void {
    const demand = this.#demand;
    if (demand === undefined || this.#isOwing || !demand.isCalm) return;
    if (demand.isWanted(this.#state) || demand.isAvoided(this.#state)) return;
    const { binding, nexts } = this.#problem;
    for (let frame = this.#stack.size - 1; frame >= 0; frame -= 1) {
      if (demand.isWanted(this.#stack.stateOf(frame))) return;
      // What was hidden there has been used up: that must not have mattered either.
      const hidden = this.#stack.triedOf(frame) - binding.length;
      if (hidden >= 0 && demand.isWanted(nexts[hidden] ?? 0)) return;
      this.#stack.giveUpOthersOf(frame);
    }
  }

  #place(choice: number): void {
    this.#trail.push(choice);
    this.#trailStates.push(this.#state);
    this.#trailOwing.push(this.#isOwing);
    this.#trailHidden.push(this.#hiddenUntil);
    if (choice < 0) this.#placeOptional(-1 - choice);
    else this.#placeBinding(choice);
  }

  #placeBinding(choice: number): void {
    const { binding, kinds, nexts, pieces, states } = this.#problem;
    const isHidden = choice >= binding.length;
    const operation = isHidden ? choice - binding.length : choice;
    this.#remaining.take(operation);
    this.#demand?.placed(operation);
    const word = operation >> 5;
    this.#placedBits[word] = (this.#placedBits[word] ?? 0) | (1 << (operation & 31));
    if (isHidden) return;
    const next = nexts[operation] ?? NO_STATE;
    switch (kinds[operation]) {
      case WRITE:
        this.#state = next;
        this.#hiddenUntil = this.#remaining.returns[this.#boundary] ?? 0;
        // Without need, it is placed for somebody to meet it.
        this.#isOwing = operation !== this.#boundary;
        break;
      case APPEND:
        this.#state = states.append(this.#state, pieces[operation] ?? '');
        // A blind append meets nothing: what it makes longer may still be lost unseen.
        if (next !== NO_STATE) this.#isOwing = false;
        break;
      case SWAP:
        this.#state = next;
        this.#isOwing = false;
        break;
      default:
        this.#isOwing = false;
    }
  }

  #placeOptional(group: number): void {
    const step = this.#problem.optional[group];
    if (step === undefined) return;
    this.#used[group] = (this.#used[group] ?? 0) + 1;
    this.#demand?.used(group);
    this.#state = step.kind === APPEND ? this.#problem.states.append(this.#state, step.piece) : step.next;
    if (step.kind === WRITE) this.#hiddenUntil = this.#remaining.returns[this.#boundary] ?? 0;
    this.#isOwing = true;
  }

  #undo(): void {
    const choice = this.#trail.pop() ?? 0;
    this.#state = this.#trailStates.pop() ?? 0;
    this.#isOwing = this.#trailOwing.pop() ?? false;
    this.#hiddenUntil = this.#trailHidden.pop() ?? -1;
    if (choice < 0) {
      const group = -1 - choice;
      this.#used[group] = (this.#used[group] ?? 0) - 1;
      this.#demand?.unused(group);
      return;
    }
    const count = this.#problem.binding.length;
    const operation = choice >= count ? choice - count : choice;
    this.#remaining.putBack(operation);
    this.#demand?.putBack(operation);
    const word = operation >> 5;
    this.#placedBits[word] = (this.#placedBits[word] ?? 0) & ~(1 << (operation & 31));
  }

  /**
   * Remembers the present configuration. All operations before the first one left have a place, and none has one that was
   * invoked after what is open now; only the bits between are written down.
   */
  #remember(): 'added' | 'covered' | 'full' {
    const { next, isReturn, operationOf, returns, end, first } = this.#remaining;
    let mark = returns[this.#boundary] ?? end;
    while (mark !== end && isReturn[mark] === 1) mark = next[mark] ?? end;
    const limit = mark === end ? this.#problem.binding.length : (operationOf[mark] ?? 0);
    const firstWord = first >> 5;
    const lastWord = (limit - 1) >> 5;
    const { optional } = this.#problem;
    const most = 3 + Math.max(0, lastWord - firstWord + 1) + 2 * optional.length;
    if (this.#key.length < most) this.#key = new Uint32Array(most * 2);
    const key = this.#key;
    let length = 0;
    key[length++] = first;
    key[length++] = this.#state * 2 + (this.#isOwing ? 1 : 0);
    key[length++] = this.#lastThatCanHide() + 1;
    for (let word = firstWord; word <= lastWord; word += 1) key[length++] = this.#placedBits[word] ?? 0;
    const core = length;
    for (let group = 0; group < optional.length; group += 1) {
      const used = this.#used[group] ?? 0;
      if (used === 0 || this.#demand?.isWanted(optional[group]?.next ?? 0) === false) continue;
      key[length++] = group;
      key[length++] = used;
    }
    return this.#cache.add(key, core, length - core);
  }

  /** What the last write can hide, told by the last operation that it can: between two invocations it makes no difference. */
  #lastThatCanHide(): number {
    const { next, operationOf, isReturn, end } = this.#remaining;
    let last = -1;
    for (let mark = next[end] ?? end; mark !== end && mark < this.#hiddenUntil; mark = next[mark] ?? end) {
      const operation = operationOf[mark] ?? 0;
      if (isReturn[mark] === 0 && this.#canHide(operation)) last = operation;
    }
    return last;
  }
}
