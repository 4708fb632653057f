import type { Entry, NodeId } from '../raft/entry.ts';
import type { LogPlace, Snapshot } from '../raft/snapshot.ts';
import { StorageError, type DiskDamage, type NodeStorage, type Recovered, type StorageWrite } from '../host/ports.ts';
import { decodeIdentity, encodeIdentity, type Identity } from './codec.ts';
import { damageOperations } from './damage.ts';
import { IDENTITY_KEY } from './record-keys.ts';
import { foreignError, recover } from './recover.ts';
import { recordsOf } from './records-of.ts';

/**
 * A disk that is an object in memory and answers at once, for the simulator. It outlives its node: the object is the
 * platter, and the node's next incarnation loads what the last one wrote. Entries are kept as they are, being immutable.
 * Only what is damaged becomes records, as on a real disk, so that the same is found there in the same words.
 */
export class MemoryDisk implements NodeStorage {
  readonly #owner: NodeId;
  #term = 0;
  #votedFor: NodeId | undefined = undefined;
  #atUs = -1;
  #base: LogPlace = { index: 0, term: 0 };
  #snapshot: Snapshot | undefined = undefined;
  /** What follows the base. */
  #entries: Entry[] = [];
  #failed = false;
  /** What a database would hold, from its damage to the next write. */
  #damaged: ReadonlyMap<string, Uint8Array> | undefined;

  /** Whose disk it is. */
  constructor(owner: NodeId = 'n1') {
    this.#owner = owner;
  }

  /** The virtual moment of the last write, microseconds; -1 if there was none. */
  get lastWriteUs(): number {
    return this.#atUs;
  }

  /** What `node` finds there. Throws a StorageError where it is another's, or damaged. */
  load(node: NodeId = this.#owner): Recovered {
    this.#failed = false;
    if (this.#damaged !== undefined) {
      const { torn } = recover({ cluster: '', node }, inOrder(this.#damaged));
      return torn === undefined ? this.#held() : { ...this.#held(), torn };
    }
    if (node !== this.#owner) throw foreignError({ cluster: '', node }, { cluster: '', node: this.#owner });
    return this.#held();
  }

  damage(damage: DiskDamage): void {
    const records = new Map(this.#damaged ?? recordsOf({ cluster: '', node: this.#owner }, this.#held()));
    for (const operation of damageOperations(records, damage)) {
      if (operation.type === 'put') records.set(operation.key, operation.value);
      else records.delete(operation.key);
    }
    this.#damaged = records;
  }

  /** It holds from now on what the other does. No node may use it meanwhile. */
  takeFrom(other: MemoryDisk): void {
    this.#term = other.#term;
    this.#votedFor = other.#votedFor;
    this.#atUs = other.#atUs;
    this.#base = other.#base;
    this.#snapshot = other.#snapshot;
    this.#entries = other.#entries.slice();
    this.#failed = false;
    this.#damaged = other.#damaged;
  }

  /** The records of a database that holds the same and is of that identity. */
  records(identity: Identity): ReadonlyMap<string, Uint8Array> {
    if (this.#damaged === undefined) return recordsOf(identity, this.#held());
    const records = new Map(this.#damaged);
    const written = records.get(IDENTITY_KEY);
    // What is damaged stays so.
    if (written !== undefined && decodeIdentity(written).type === 'ok') {
      records.set(IDENTITY_KEY, encodeIdentity(identity));
    }
    return records;
  }

  #held(): Recovered {
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
    // Whoever writes has read it, so what was damaged was an unfinished write at most.
    this.#damaged = undefined;
    this.#term = write.term;
    this.#votedFor = write.votedFor;
    this.#atUs = write.atUs;
    if (write.snapshot !== undefined) this.#snapshot = write.snapshot;
    this.#entries.length = kept - before;
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

function inOrder(records: ReadonlyMap<string, Uint8Array>): readonly (readonly [string, Uint8Array])[] {
  return [...records].sort(([one], [other]) => (one < other ? -1 : 1));
}

const FORGOTTEN = 'The disk was asked to forget what it has forgotten before: its log begins later.';

/** A log has no gaps: entries follow what is kept, one by one. */
function problemOf(entries: readonly Entry[], keep: number): string | undefined {
  const stray = entries.find((entry, position) => entry.index !== keep + 1 + position);
  if (stray === undefined) return undefined;
  return `The disk was asked to write entry ${stray.index}, which does not follow its log's end at ${keep}.`;
}
