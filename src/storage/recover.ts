import { StorageError, type Recovered } from '../host/ports.ts';
import type { Decoded } from '../kv/record.ts';
import type { Entry } from '../raft/entry.ts';
import type { LogPlace } from '../raft/snapshot.ts';
import { decodeEntry, decodeHardState, decodeIdentity, type HardState, type Identity } from './codec.ts';
import { entryKey, HARD_STATE_KEY, IDENTITY_KEY, indexOfKey, partOfKey } from './record-keys.ts';
import { SnapshotParts } from './snapshot-parts.ts';
import { corruptMessage } from './storage-failure.ts';

/**
 * What a database's records, in order of their keys, say that the node knew. Nothing is repaired, and nothing else is skipped:
 * a node that forgets a vote or an entry it has acknowledged can undo what was committed, so it is better off dead.
 * One thing is dropped: an entry that was never written to its end. Throws a StorageError where a record is damaged, missing, misplaced or another node's.
 */
export function recover(owner: Identity, records: readonly (readonly [key: string, record: Uint8Array])[]): Recovered {
  const { node } = owner;
  let identity: Identity | undefined;
  let state: HardState | undefined;
  const entries: Entry[] = [];
  const parts = new SnapshotParts(node);
  const torn = tornEntry(records);
  for (const [key, record] of records) {
    const index = indexOfKey(key);
    const part = partOfKey(key);
    if (index !== undefined && index === torn) continue;
    if (index !== undefined) {
      entries.push(nextEntry(owner, index, record, entries.at(-1)));
    } else if (part !== undefined) {
      parts.add(part, record);
    } else if (key === IDENTITY_KEY) {
      identity = believed(owner, 'the record of its identity', decodeIdentity(record));
      checkOwner(owner, identity);
    } else if (key === HARD_STATE_KEY) {
      state = believed(owner, 'the record of its term and vote', decodeHardState(record));
    } else {
      throw corrupt(node, `it holds a record ${JSON.stringify(key)}, which is none of this program's`);
    }
  }
  if (identity === undefined) throw corrupt(node, 'the record of its identity is missing');
  if (state === undefined) throw corrupt(node, 'the record of its term and vote is missing');
  const { term, votedFor, atUs, base } = state;
  checkEnds(node, state, entries);
  const snapshot = parts.join(state.snapshot);
  const recovered = { term, votedFor, entries, atUs, ...(base && { base }), ...(snapshot && { snapshot }) };
  return torn === undefined ? recovered : { ...recovered, torn };
}

/**
 * The entry right behind the log's end of which only a part stands there. The record of the term and vote, which tells where
 * the log ends, is the last of a write: so that write had not come to its end, and nothing was promised that rests on it.
 * An entry that is whole there is no such thing: then it is that record which is out of date.
 */
function tornEntry(records: readonly (readonly [key: string, record: Uint8Array])[]): number | undefined {
  const state = records.find(([key]) => key === HARD_STATE_KEY)?.[1];
  const decoded = state && decodeHardState(state);
  if (decoded?.type !== 'ok') return undefined;
  const index = decoded.value.lastIndex + 1;
  const key = entryKey(index);
  const record = records.find(([name]) => name === key)?.[1];
  return record !== undefined && decodeEntry(record).type === 'damaged' ? index : undefined;
}

const beginning: LogPlace = { index: 0, term: 0 };

function checkOwner(owner: Identity, found: Identity): void {
  if (found.cluster === owner.cluster && found.node === owner.node) return;
  throw foreignError(owner, found);
}

function nextEntry({ node, cluster }: Identity, index: number, record: Uint8Array, previous: Entry | undefined): Entry {
  // Where the log begins is told by the record of the term and vote.
  const expected = previous === undefined ? index : previous.index + 1;
  if (index !== expected) throw corrupt(node, missing(expected, index - 1));
  const entry = believed({ node, cluster }, `log entry ${index}`, decodeEntry(record));
  if (entry.index !== index) throw corrupt(node, `log entry ${entry.index} stands in the place of entry ${index}`);
  if (previous !== undefined && entry.term < previous.term) {
    throw corrupt(node, `log entry ${index} has term ${entry.term}, but the one before it has term ${previous.term}`);
  }
  return entry;
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
