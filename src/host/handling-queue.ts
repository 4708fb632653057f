import { MAX_BACKLOG } from './inbox.ts';
import type { Envelope } from './ports.ts';

/**
 * What has arrived at a slow node: it takes its time over one message after the other, and the others wait. At most
 * {@link MAX_BACKLOG} do; beyond, the oldest are thrown away.
 */
export class HandlingQueue {
  #current: { readonly envelope: Envelope; readonly dueUs: number } | undefined;
  readonly #waiting: Envelope[] = [];

  /** When the message in hand has been handled, microseconds; Infinity where there is none. */
  get dueUs(): number {
    return this.#current?.dueUs ?? Infinity;
  }

  get isEmpty(): boolean {
    return this.#current === undefined;
  }

  /** One more has arrived. Gives how many had to make room for it: 0 or 1. */
  add(nowUs: number, envelope: Envelope, drawDelayUs: () => number): number {
    if (this.#current === undefined) {
      this.#current = { envelope, dueUs: nowUs + drawDelayUs() };
      return 0;
    }
    this.#waiting.push(envelope);
    if (this.#waiting.length <= MAX_BACKLOG) return 0;
    this.#waiting.shift();
    return 1;
  }

  /** The message in hand, if it has been handled by `nowUs`; the next one is taken up. */
  takeDone(nowUs: number, drawDelayUs: () => number): Envelope | undefined {
    if (this.#current === undefined || this.#current.dueUs > nowUs) return undefined;
    const { envelope } = this.#current;
    const next = this.#waiting.shift();
    this.#current = next && { envelope: next, dueUs: nowUs + drawDelayUs() };
    return envelope;
  }
}
