import type { Entry, NodeId } from '../raft/entry.ts';
import { StorageError, type NodeStorage, type Recovered, type StorageWrite } from '../host/ports.ts';

/**
 * A disk that is an object in memory and answers at once, for the simulator. It outlives its node: the object is the
 * platter, and the node's next incarnation loads what the last one wrote. Entries are kept as they are, being immutable.
 */
export class MemoryDisk implements NodeStorage {
  #term = 0;
  #votedFor: NodeId | undefined = undefined;
  #atUs = -1;
  readonly #entries: Entry[] = [];
  #failed = false;

  load(): Recovered {
    this.#failed = false;
    return { term: this.#term, votedFor: this.#votedFor, entries: this.#entries.slice(), atUs: this.#atUs };
  }

  write(write: StorageWrite): void {
    if (this.#failed) throw new StorageError('failed', 'The disk has failed before and takes no more writes.');
    const keep = Math.min(this.#entries.length, (write.truncateFrom ?? Infinity) - 1);
    const problem = problemOf(write.entries, keep);
    if (problem !== undefined) {
      this.#failed = true;
      throw new StorageError('failed', problem);
    }
    this.#term = write.term;
    this.#votedFor = write.votedFor;
    this.#atUs = write.atUs;
    this.#entries.length = keep;
    for (const entry of write.entries) this.#entries.push(entry);
  }

  close(): void {
    // Nothing is held open.
  }
}

/** A log has no gaps: entries follow what is kept, one by one. */
function problemOf(entries: readonly Entry[], keep: number): string | undefined {
  if (!(keep >= 0)) return 'The disk was asked to forget the log from before its first entry on.';
  const stray = entries.find((entry, position) => entry.index !== keep + 1 + position);
  if (stray === undefined) return undefined;
  return `The disk was asked to write entry ${stray.index}, which does not follow its log's end at ${keep}.`;
}
