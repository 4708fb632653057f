/** How many of the last round trips are kept: the quickest of them is believed. */
const KEPT = 16;

interface Sample {
  readonly roundTripUs: number;
  readonly aheadUs: number;
}

/**
 * How far a node's clock is ahead of the page's, as far as can be told from how long an answer takes: a round trip of two
 * milliseconds leaves a doubt of one. Clocks of two machines may differ by more than that, and then this says so.
 */
export class ClockOffset {
  #samples: readonly Sample[] = [];

  /** The node's clock read `nodeUs` between the two moments of the page's clock. */
  note(sentUs: number, nodeUs: number, receivedUs: number): void {
    const sample = { roundTripUs: receivedUs - sentUs, aheadUs: nodeUs - (sentUs + receivedUs) / 2 };
    this.#samples = [...this.#samples, sample].slice(-KEPT);
  }

  /** Undefined before the first answer. */
  get aheadUs(): number | undefined {
    return this.#best?.aheadUs;
  }

  /** By how much `aheadUs` may be wrong, either way. */
  get doubtUs(): number | undefined {
    return this.#best === undefined ? undefined : this.#best.roundTripUs / 2;
  }

  /** The last round trip. */
  get roundTripUs(): number | undefined {
    return this.#samples.at(-1)?.roundTripUs;
  }

  get #best(): Sample | undefined {
    return this.#samples.reduce<Sample | undefined>(
      (best, sample) => (best === undefined || sample.roundTripUs < best.roundTripUs ? sample : best),
      undefined,
    );
  }
}
