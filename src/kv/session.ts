import type { OperationResult } from './command.ts';

/** What a session remembers, as plain data. */
export interface SavedSession {
  readonly client: string;
  readonly lastUsed: number;
  readonly firstUnanswered: number;
  readonly results: readonly (readonly [sequence: number, result: OperationResult])[];
}

/**
 * What the store remembers of one client (§8, thesis 6.3): the results of the commands that the client may still ask for
 * again. All that is below `firstUnanswered` is forgotten, and the client has promised not to ask for it.
 */
export class Session {
  /** The index of the last entry that was this client's. */
  lastUsed = 0;
  #firstUnanswered = 1;
  readonly #results = new Map<number, OperationResult>();

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

  save(client: string): SavedSession {
    return { client, lastUsed: this.lastUsed, firstUnanswered: this.#firstUnanswered, results: [...this.#results] };
  }

  static restore(saved: SavedSession): Session {
    const session = new Session();
    session.lastUsed = saved.lastUsed;
    session.forgetBelow(saved.firstUnanswered);
    for (const [sequence, result] of saved.results) session.remember(sequence, result);
    return session;
  }
}
