import { StorageError, type Recovered } from '../host/ports.ts';
import type { Decoded } from '../kv/record.ts';
import type { Entry } from '../raft/entry.ts';
import type { LogPlace } from '../raft/snapshot.ts';
import { decodeEntry, decodeHardState, decodeIdentity, type HardState, type Identity } from './codec.ts';
import { HARD_STATE_KEY, IDENTITY_KEY, indexOfKey, partOfKey } from './record-keys.ts';
import { SnapshotParts } from './snapshot-parts.ts';
import { corruptMessage } from './storage-failure.ts';

/** A record of a database, as it stands there. */
type RawRecord = readonly [key: string, record: Uint8Array];

/** What the records of a database say that the node knew; see {@link Recovery}. */
export function recover(owner: Identity, records: Iterable<RawRecord>): Recovered {
  const recovery = new Recovery(owner);
  for (const [key, record] of records) recovery.add(key, record);
  return recovery.finish();
}

/**
 * What a database's records, in order of their keys, say that the node knew. Nothing is repaired, and nothing else is skipped:
 * a node that forgets a vote or an entry it has acknowledged can undo what was committed, so it is better off dead.
 * One thing is dropped: an entry that was never written to its end. Throws a StorageError where a record is damaged, missing, misplaced or another node's.
 */
export class Recovery {
  readonly #owner: Identity;
  readonly #entries: Entry[] = [];
  readonly #parts: SnapshotParts;
  #identity: Identity | undefined;
  #state: HardState | undefined;
  /** An entry of which only a part stands there; whether it was ever promised is told by the record of the term and vote. */
  #damaged: { readonly index: number; readonly error: StorageError } | undefined;
  #records = 0;

  constructor(owner: Identity) {
    this.#owner = owner;
    this.#parts = new SnapshotParts(owner.node);
  }

  /** Whether there was no record at all. */
  get isEmpty(): boolean {
    return this.#records === 0;
  }

  /** The next record. */
  add(key: string, record: Uint8Array): void {
    this.#records += 1;
    const index = indexOfKey(key);
    if (index !== undefined) return this.#addEntry(index, record);
    const part = partOfKey(key);
    if (part !== undefined) {
      this.#parts.add(part, record);
    } else if (key === IDENTITY_KEY) {
      this.#identity = believed(this.#owner, 'the record of its identity', decodeIdentity(record));
      checkOwner(this.#owner, this.#identity);
    } else if (key === HARD_STATE_KEY) {
      this.#state = believed(this.#owner, 'the record of its term and vote', decodeHardState(record));
    } else {
      const { node } = this.#owner;
      throw corrupt(node, `it holds a record ${JSON.stringify(key)}, which is none of this program's`);
    }
  }

  /** There is no other record. */
  finish(): Recovered {
    const { node } = this.#owner;
    const entries = this.#entries;
    const torn = this.#tornEntry();
    if (this.#identity === undefined) throw corrupt(node, 'the record of its identity is missing');
    if (this.#state === undefined) throw corrupt(node, 'the record of its term and vote is missing');
    const { term, votedFor, atUs, base } = this.#state;
    checkEnds(node, this.#state, entries);
    const snapshot = this.#parts.join(this.#state.snapshot);
    const recovered = { term, votedFor, entries, atUs, ...(base && { base }), ...(snapshot && { snapshot }) };
    return torn === undefined ? recovered : { ...recovered, torn };
  }

  #addEntry(index: number, record: Uint8Array): void {
    if (this.#damaged !== undefined) throw this.#damaged.error;
    const before = this.#entries.at(-1);
    // Where the log begins is told by the record of the term and vote.
    const expected = before === undefined ? index : before.index + 1;
    const { node } = this.#owner;
    if (index !== expected) throw corrupt(node, missing(expected, index - 1));
    const decoded = decodeEntry(record);
    if (decoded.type === 'damaged') {
      this.#damaged = { index, error: corrupt(node, `log entry ${index} ${decoded.problem}`) };
      return;
    }
    const entry = believed(this.#owner, `log entry ${index}`, decoded);
    if (entry.index !== index) throw corrupt(node, `log entry ${entry.index} stands in the place of entry ${index}`);
    if (before !== undefined && entry.term < before.term) {
      throw corrupt(node, `log entry ${index} has term ${entry.term}, but the one before it has term ${before.term}`);
    }
    this.#entries.push(entry);
  }

  /**
   * The entry right behind the log's end of which only a part stands there. The record of the term and vote, which tells where
   * the log ends, is the last of a write: so that write had not come to its end, and nothing was promised that rests on it.
   * An entry that is whole there is no such thing: then it is that record which is out of date.
   */
  #tornEntry(): number | undefined {
    if (this.#damaged === undefined) return undefined;
    const { index, error } = this.#damaged;
    if (this.#state === undefined || index !== this.#state.lastIndex + 1) throw error;
    return index;
  }
}

const beginning: LogPlace = { index: 0, term: 0 };

function checkOwner(owner: Identity, found: Identity): void {
  if (found.cluster === owner.cluster && found.node === owner.node) return;
  throw foreignError(owner, found);
}

function missing(first: number, last: number): string {
  return first === last ? `log entry ${first} is missing` : `log entries ${first} to ${last} are missing`;
}

function checkEnds(node: string, { lastIndex, term, base = beginning }: HardState, entries: readonly Entry[]): void {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first !== undefined && first.index > base.index + 1) {
    throw corrupt(node, missing(base.index + 1, first.index - 1));
  }
  if (first !== undefined && first.index <= base.index) {
    throw corrupt(node, `its log begins at entry ${first.index}, but should begin behind entry ${base.index}`);
  }
  if (first !== undefined && first.term < base.term) {
    throw corrupt(node, `log entry ${first.index} has term ${first.term}, but the one before it has term ${base.term}`);
  }
  const found = last?.index ?? base.index;
  if (found < lastIndex) throw corrupt(node, `its log ends at entry ${found}, but should go on to entry ${lastIndex}`);
  if (found > lastIndex) throw corrupt(node, `its log goes on to entry ${found}, but should end at entry ${lastIndex}`);
  if (last !== undefined && last.term > term) {
    throw corrupt(node, `log entry ${found} has term ${last.term}, but the node had only come to term ${term}`);
  }
}

function believed<T>({ node }: Identity, what: string, decoded: Decoded<T>): T {
  if (decoded.type === 'ok') return decoded.value;
  if (decoded.type === 'damaged') throw corrupt(node, `${what} ${decoded.problem}`);
  throw new StorageError(
    'foreign',
    `${node}'s disk was written by another version of this program: ${what} has format ${decoded.version}, which this one does not read.`,
  );
}

function corrupt(node: string, problem: string): StorageError {
  return new StorageError('corrupt', corruptMessage(node, problem));
}

/** What a node says of a disk that is another's. */
export function foreignError(owner: Identity, found: Identity): StorageError {
  const whose =
    found.cluster === owner.cluster
      ? `${owner.node}'s disk belongs to ${found.node}`
      : `${owner.node}'s disk belongs to ${found.node} of cluster ${JSON.stringify(found.cluster)}, and this is ${owner.node} of cluster ${JSON.stringify(owner.cluster)}`;
  return new StorageError('foreign', `${whose}: give each node its own.`);
}
