import type { FailingSeed, SeedsPlayed } from './play-seeds.ts';
import { addCounts, type FaultCounts } from './fault-counts.ts';

/** Some seeds that one worker plays one after the other. */
export interface SeedShare {
  readonly from: number;
  readonly count: number;
}

/**
 * Deals seeds to workers, share by share, and gathers what came of them. Where one fails, only what is below it is still
 * dealt and waited for, so that what is found is the lowest seed that fails, however many workers there are.
 */
export class SeedPlan {
  readonly #end: number;
  readonly #shareSize: number;
  readonly #faults: FaultCounts = {};
  #next: number;
  #out = 0;
  #seeds = 0;
  #playedUs = 0;
  #events = 0;
  #found: FailingSeed | undefined;

  constructor(from: number, count: number, shareSize: number) {
    this.#next = from;
    this.#end = from + count;
    this.#shareSize = shareSize;
  }

  /** The next share; undefined where no more is to be dealt. */
  deal(): SeedShare | undefined {
    const end = Math.min(this.#end, this.#found?.seed ?? Infinity);
    const count = Math.min(this.#shareSize, end - this.#next);
    if (count <= 0) return undefined;
    const from = this.#next;
    this.#next += count;
    this.#out += 1;
    return { from, count };
  }

  /** A share that was dealt has been played. */
  gather({ seeds, playedUs, events, faults, found }: SeedsPlayed): void {
    this.#out -= 1;
    this.#seeds += seeds;
    this.#playedUs += playedUs;
    this.#events += events;
    addCounts(this.#faults, faults);
    if (found !== undefined && found.seed < (this.#found?.seed ?? Infinity)) this.#found = found;
  }

  /** Whether nothing is left to deal or to wait for. */
  get isDone(): boolean {
    return this.#out === 0 && this.#next >= Math.min(this.#end, this.#found?.seed ?? Infinity);
  }

  /** The sum of what was gathered so far. */
  get sum(): SeedsPlayed {
    return {
      seeds: this.#seeds,
      playedUs: this.#playedUs,
      events: this.#events,
      faults: this.#faults,
      found: this.#found,
    };
  }
}
