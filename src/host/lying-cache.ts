import type { StorageWrite } from './ports.ts';
import { joinPersists } from './write-queue.ts';

/**
 * The cache of a disk that lies: it says of a write that it is durable while the write still stands here, and with the node's
 * power all that stands here is lost. It holds no more than it is told, which is at most `MAX_UNSYNCED`.
 */
export class LyingCache {
  readonly #writes: StorageWrite[] = [];

  /**
   * Takes one more write, and gives what has to go to the platter for it, as one write of that moment: the oldest, so that no
   * more than `most` stay. Undefined where all may stay.
   */
  add(write: StorageWrite, most: number): StorageWrite | undefined {
    if (most === 0 && this.#writes.length === 0) return write;
    this.#writes.push(write);
    const going = this.#writes.splice(0, Math.max(0, this.#writes.length - most));
    const joined = joinPersists(going.map((one) => ({ type: 'persist', sequence: 0, ...one })));
    if (joined === undefined) return undefined;
    const { sequence: _, ...whole } = joined;
    return { ...whole, atUs: write.atUs };
  }
}
