import type { OperationResult } from './command.ts';

/** What a session remembers, as plain data. */
export interface SavedSession {
  readonly client: string;
  /** The index of the entry that opened it; left out of one that began with the client's first command. */
  readonly opened?: number;
  readonly lastUsed: number;
  /** By the log's clock, microseconds; left out where that never told the time. */
  readonly lastUsedUs?: number;
  readonly firstUnanswered: number;
  readonly results: readonly (readonly [sequence: number, result: OperationResult])[];
}

/**
 * What the store remembers of one client (§8, thesis 6.3): the results of the commands that the client may still ask for
 * again. All that is below `firstUnanswered` is forgotten, and the client has promised not to ask for it.
 */
export class Session {
  readonly client: string;
  /** The index of the entry that opened it; undefined if it began with the client's first command. */
  readonly opened: number | undefined;
  /** The index of the last entry that was this client's. */
  lastUsed = 0;
  /** When that was, by the log's clock, microseconds. */
  lastUsedUs = 0;
  #firstUnanswered = 1;
  readonly #results = new Map<number, OperationResult>();

  constructor(client: string, opened: number | undefined) {
    this.client = client;
    this.opened = opened;
  }

  get firstUnanswered(): number {
    return this.#firstUnanswered;
  }

  /** How many results it holds. */
  get size(): number {
    return this.#results.size;
  }

  resultOf(sequence: number): OperationResult | undefined {
    return this.#results.get(sequence);
  }

  remember(sequence: number, result: OperationResult): void {
    this.#results.set(sequence, result);
  }

  /** Forgets the results below `firstUnanswered`. A lower number than before changes nothing. */
  forgetBelow(firstUnanswered: number): void {
    const from = this.#firstUnanswered;
    if (firstUnanswered <= from) return;
    this.#firstUnanswered = firstUnanswered;
    // The number comes from outside, so the step must not be walked if it is longer than the memory.
    if (firstUnanswered - from <= this.#results.size) {
      for (let sequence = from; sequence < firstUnanswered; sequence++) this.#results.delete(sequence);
      return;
    }
    for (const sequence of this.#results.keys()) if (sequence < firstUnanswered) this.#results.delete(sequence);
  }

  save(): SavedSession {
    const { client, opened, lastUsed, lastUsedUs } = this;
    return {
      client,
      ...(opened === undefined ? {} : { opened }),
      lastUsed,
      ...(lastUsedUs === 0 ? {} : { lastUsedUs }),
      firstUnanswered: this.#firstUnanswered,
      results: [...this.#results],
    };
  }

  static restore(saved: SavedSession): Session {
    const session = new Session(saved.client, saved.opened);
    session.lastUsed = saved.lastUsed;
    session.lastUsedUs = saved.lastUsedUs ?? 0;
    session.forgetBelow(saved.firstUnanswered);
    for (const [sequence, result] of saved.results) session.remember(sequence, result);
    return session;
  }
}
