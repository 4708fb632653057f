import type { EventBody } from '../../timeline/event.ts';
import type { SnapshotOrder } from './order.ts';

interface Waiting {
  readonly resolve: (order: SnapshotOrder) => void;
  readonly reject: (error: Error) => void;
}

/** Who waits for a snapshot that the node was told to take. It makes one at a time, so the next that is there is everyone's. */
export class SnapshotOrders {
  #waiting: Waiting[] = [];

  /** Settles with what comes of it. `begin` has the node take one, and may say that it never will. */
  add(begin: (abandon: (error: Error) => void) => void): Promise<SnapshotOrder> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      begin(reject);
    });
  }

  note(event: EventBody): void {
    if (event.type === 'snapshot-taken') this.#end({ type: 'taken', index: event.index });
    else if (event.type === 'snapshot-refused') this.#end({ type: 'refused', reason: event.reason });
    // The leader's snapshot took the place of the one that was being made.
    else if (event.type === 'store-restored') this.#end({ type: 'taken', index: event.index });
  }

  /** None is taken any more. */
  abandon(error: Error): void {
    for (const { reject } of this.#takeAll()) reject(error);
  }

  #end(order: SnapshotOrder): void {
    for (const { resolve } of this.#takeAll()) resolve(order);
  }

  #takeAll(): readonly Waiting[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
