import { NOT, READ, SWAP, WRITE, type Problem } from './problem.ts';
import type { Remaining } from './remaining.ts';

/**
 * What the operations without a place still ask of each state: who must meet it, who might, who must not, and who can bring
 * it about. Only for problems whose states are all known.
 */
export class Demand {
  readonly #problem: Problem;
  readonly #returns: Int32Array;
  readonly #calls: Int32Array;
  /** By operation: 1 where it has a place. */
  readonly #isPlaced: Uint8Array;
  /** By optional group: how many have happened. */
  readonly #used: Int32Array;
  /** By state: who must meet it, and who would bring it about, in order of return. */
  readonly #needers: readonly number[][];
  readonly #offerers: readonly number[][];
  /** By state: the groups of optional operations that would bring it about. */
  readonly #optionalOfferers: readonly number[][];
  /** By state: how many operations, binding or not, could still meet it. */
  readonly #wanted: Int32Array;
  /** By state: how many operations must meet any other. */
  readonly #avoided: Int32Array;
  /** By state: how many operations would still bring it about. */
  readonly #offered: Int32Array;
  /** How many states are both avoided by somebody and offered by somebody. */
  #disputed = 0;

  constructor(problem: Problem, remaining: Remaining) {
    this.#problem = problem;
    this.#returns = remaining.returns;
    this.#calls = remaining.calls;
    const lists = (): number[][] => Array.from({ length: problem.states.size }, () => []);
    this.#isPlaced = new Uint8Array(problem.binding.length);
    this.#used = new Int32Array(problem.optional.length);
    this.#needers = lists();
    this.#offerers = lists();
    this.#optionalOfferers = lists();
    this.#wanted = new Int32Array(problem.states.size);
    this.#avoided = new Int32Array(problem.states.size);
    this.#offered = new Int32Array(problem.states.size);
    for (const operation of byReturn(remaining)) {
      const kind = problem.kinds[operation];
      if (kind === READ || kind === SWAP) this.#needers[problem.needs[operation] ?? 0]?.push(operation);
      if (kind === WRITE || kind === SWAP) this.#offerers[problem.nexts[operation] ?? 0]?.push(operation);
      this.#change(operation, 1);
    }
    for (const [group, { next, operations }] of problem.optional.entries()) {
      this.#optionalOfferers[next]?.push(group);
      this.#changeOptional(group, operations.length);
    }
  }

  placed(operation: number): void {
    this.#isPlaced[operation] = 1;
    this.#change(operation, -1);
  }

  putBack(operation: number): void {
    this.#isPlaced[operation] = 0;
    this.#change(operation, 1);
  }

  used(group: number): void {
    this.#used[group] = (this.#used[group] ?? 0) + 1;
    this.#changeOptional(group, -1);
  }

  unused(group: number): void {
    this.#used[group] = (this.#used[group] ?? 0) - 1;
    this.#changeOptional(group, 1);
  }

  isWanted(state: number): boolean {
    return (this.#wanted[state] ?? 0) > 0;
  }

  isAvoided(state: number): boolean {
    return (this.#avoided[state] ?? 0) > 0;
  }

  /** Whether nobody who is left could be helped by having, or not having, any state just before a write. */
  get isCalm(): boolean {
    return this.#disputed === 0;
  }

  /**
   * Whether somebody must still meet the state, and nobody is left to bring it about in time, once `meeting` has met it and
   * `offering` is no longer there to offer it (-1: nobody). All that return before the mark `from` have a place.
   */
  isStranded(state: number, from: number, meeting: number, offering: number): boolean {
    const needers = this.#needers[state] ?? [];
    let first = -1;
    for (let place = this.#from(needers, from); place < needers.length && first === -1; place += 1) {
      const needer = needers[place] ?? 0;
      if (this.#isPlaced[needer] === 0 && needer !== meeting) first = needer;
    }
    if (first === -1) return false;
    const until = this.#returns[first] ?? 0;
    const offerers = this.#offerers[state] ?? [];
    for (let place = this.#from(offerers, from); place < offerers.length; place += 1) {
      const offerer = offerers[place] ?? 0;
      if (this.#isPlaced[offerer] === 0 && offerer !== offering && (this.#calls[offerer] ?? 0) < until) return false;
    }
    const untilAt = this.#problem.binding[first]?.returnedAt ?? Infinity;
    return !(this.#optionalOfferers[state] ?? []).some((group) => {
      const next = this.#problem.optional[group]?.operations[this.#used[group] ?? 0];
      return next !== undefined && next.invokedAt <= untilAt;
    });
  }

  /** The first place in the list whose operation returns at the mark or later. */
  #from(list: readonly number[], mark: number): number {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#returns[list[middle] ?? 0] ?? 0) < mark) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #change(operation: number, by: number): void {
    const { kinds, needs, nexts } = this.#problem;
    const kind = kinds[operation];
    const need = needs[operation] ?? 0;
    if (kind === NOT) this.#avoid(need, by);
    if (kind === READ || kind === SWAP) this.#wanted[need] = (this.#wanted[need] ?? 0) + by;
    if (kind === WRITE || kind === SWAP) this.#offer(nexts[operation] ?? 0, by);
  }

  #changeOptional(group: number, by: number): void {
    const step = this.#problem.optional[group];
    if (step === undefined) return;
    this.#offer(step.next, by);
    if (step.kind === SWAP) this.#wanted[step.need] = (this.#wanted[step.need] ?? 0) + by;
  }

  #avoid(state: number, by: number): void {
    const before = this.#isDisputed(state);
    this.#avoided[state] = (this.#avoided[state] ?? 0) + by;
    this.#disputed += this.#isDisputed(state) - before;
  }

  #offer(state: number, by: number): void {
    const before = this.#isDisputed(state);
    this.#offered[state] = (this.#offered[state] ?? 0) + by;
    this.#disputed += this.#isDisputed(state) - before;
  }

  #isDisputed(state: number): number {
    return (this.#avoided[state] ?? 0) > 0 && (this.#offered[state] ?? 0) > 0 ? 1 : 0;
  }
}

function byReturn({ returns }: Remaining): number[] {
  return Array.from(returns.keys()).sort((one, other) => (returns[one] ?? 0) - (returns[other] ?? 0));
}
