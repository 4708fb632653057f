import type { Entry, NodeId } from '../raft/entry.ts';
import type { LogPlace, Snapshot } from '../raft/snapshot.ts';
import { StorageError, type NodeStorage, type Recovered, type StorageWrite } from '../host/ports.ts';

/**
 * A disk that is an object in memory and answers at once, for the simulator. It outlives its node: the object is the
 * platter, and the node's next incarnation loads what the last one wrote. Entries are kept as they are, being immutable.
 */
export class MemoryDisk implements NodeStorage {
  #term = 0;
  #votedFor: NodeId | undefined = undefined;
  #atUs = -1;
  #base: LogPlace = { index: 0, term: 0 };
  #snapshot: Snapshot | undefined = undefined;
  /** What follows the base. */
  #entries: Entry[] = [];
  #failed = false;

  load(): Recovered {
    this.#failed = false;
    const recovered = { term: this.#term, votedFor: this.#votedFor, entries: this.#entries.slice(), atUs: this.#atUs };
    return {
      ...recovered,
      ...(this.#base.index > 0 && { base: this.#base }),
      ...(this.#snapshot && { snapshot: this.#snapshot }),
    };
  }

  write(write: StorageWrite): void {
    if (this.#failed) throw new StorageError('failed', 'The disk has failed before and takes no more writes.');
    const { truncateFrom, compactTo = this.#base } = write;
    const before = this.#base.index;
    const kept = Math.min(before + this.#entries.length, (truncateFrom ?? Infinity) - 1);
    const end = Math.max(kept, compactTo.index);
    const problem = kept < before || compactTo.index < before ? FORGOTTEN : problemOf(write.entries, end);
    if (problem !== undefined) {
      this.#failed = true;
      throw new StorageError('failed', problem);
    }
    this.#term = write.term;
    this.#votedFor = write.votedFor;
    this.#atUs = write.atUs;
    if (write.snapshot !== undefined) this.#snapshot = write.snapshot;
    // Even to set a length to what it is costs something, and this is the simulator's innermost loop.
    if (this.#entries.length !== kept - before) this.#entries.length = kept - before;
    if (compactTo.index > before) {
      this.#entries = this.#entries.slice(compactTo.index - before);
      this.#base = compactTo;
    }
    for (const entry of write.entries) this.#entries.push(entry);
  }

  close(): void {
    // Nothing is held open.
  }
}

const FORGOTTEN = 'The disk was asked to forget what it has forgotten before: its log begins later.';

/** A log has no gaps: entries follow what is kept, one by one. */
function problemOf(entries: readonly Entry[], keep: number): string | undefined {
  const stray = entries.find((entry, position) => entry.index !== keep + 1 + position);
  if (stray === undefined) return undefined;
  return `The disk was asked to write entry ${stray.index}, which does not follow its log's end at ${keep}.`;
}
