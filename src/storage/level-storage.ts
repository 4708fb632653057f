import { StorageError, type DiskDamage, type NodeStorage, type Recovered, type StorageWrite } from '../host/ports.ts';
import type { LogPlace } from '../raft/snapshot.ts';
import { encodeEntry, encodeHardState, encodeIdentity, type Identity, type SnapshotRecord } from './codec.ts';
import { damageOperations, type RecordOperation } from './damage.ts';
import { entryKey, HARD_STATE_KEY, IDENTITY_KEY, partKey } from './record-keys.ts';
import { Recovery } from './recover.ts';
import { partsOf } from './snapshot-parts.ts';
import { corruptMessage, toStorageError, type DiskTask } from './storage-failure.ts';

/** Handed to every write. `sync` is LevelDB's: wait until the bytes are on the platter. */
interface WriteOptions {
  readonly sync?: boolean;
}

/** Handed to what reads. `highWaterMarkBytes` is LevelDB's: how much it fetches ahead. */
interface IteratorOptions {
  readonly highWaterMarkBytes?: number;
}

/** Where the log on a disk begins and ends, and the snapshot beside it. */
interface Held {
  readonly base: LogPlace;
  readonly lastIndex: number;
  readonly snapshot: SnapshotRecord | undefined;
  /** The key of an entry that was never written to its end: it goes with the next write. */
  readonly torn?: string;
}

/** How many records are read at once. */
const RECORDS_AT_ONCE = 4_096;
/** Or so many bytes, if that is less. */
const BYTES_AT_ONCE = 1_048_576;

const beginning: LogPlace = { index: 0, term: 0 };

/**
 * A database of bytes by name: what is used of an `AbstractLevel` that was made with `valueEncoding: 'view'`. Written out
 * because the classes for LevelDB, IndexedDB and memory share no one type: each also names the format that it keeps.
 */
export interface RecordDatabase {
  open(): Promise<void>;
  close(): Promise<void>;
  iterator(options: IteratorOptions): {
    /** The next so many, in order of their keys; none at the end. */
    nextv(size: number): Promise<[key: string, record: Uint8Array][]>;
    close(): Promise<void>;
  };
  /** Operations that are written together, all of them or nothing. */
  batch(): {
    put(key: string, record: Uint8Array): unknown;
    del(key: string): unknown;
    write(options: WriteOptions): Promise<void>;
  };
  put(key: string, record: Uint8Array): Promise<void>;
  del(key: string): Promise<void>;
}

/**
 * A node's disk in a database: one record for whose it is, one for the term and vote, one for each entry of the log, and
 * some for the snapshot that takes the place of what was compacted. Every
 * write is one atomic batch, and writes are done in the order in which they are asked for. When one has failed, no other
 * is tried: nobody knows what the disk still holds.
 */
export class LevelStorage implements NodeStorage {
  readonly #database: RecordDatabase;
  readonly #identity: Identity;
  readonly #options: WriteOptions;
  /** What stands on the disk beside the term and vote; undefined until it was loaded. */
  #held: Held | undefined;
  #failure: StorageError | undefined;
  /** Settles, always well, when all that was asked for so far has been done. */
  #idle: Promise<unknown> = Promise.resolve();

  /** The database is open, and nobody else writes to it. */
  constructor(database: RecordDatabase, identity: Identity, options: WriteOptions = {}) {
    this.#database = database;
    this.#identity = identity;
    this.#options = options;
  }

  /** Opens the database; rejects with a StorageError where that cannot be. */
  static async open(database: RecordDatabase, identity: Identity, options: WriteOptions = {}): Promise<LevelStorage> {
    try {
      await database.open();
    } catch (error) {
      throw toStorageError(identity.node, 'open', error);
    }
    return new LevelStorage(database, identity, options);
  }

  /**
   * What the disk holds. One that holds nothing becomes this node's from here on; but if the node has `begun` before, what
   * it had written is gone, and it rejects with a StorageError.
   */
  async load(begun = false): Promise<Recovered> {
    const recovery = new Recovery(this.#identity);
    await this.#try('read', () => this.#readAll((key, record) => recovery.add(key, record)));
    if (recovery.isEmpty) {
      const { node } = this.#identity;
      if (begun) throw new StorageError('corrupt', corruptMessage(node, `it is empty, and ${node} had begun already`));
      await this.#begin();
      this.#held = { base: beginning, lastIndex: 0, snapshot: undefined };
      return { term: 0, votedFor: undefined, entries: [], atUs: -1 };
    }
    const recovered = recovery.finish();
    const { base = beginning, entries, snapshot } = recovered;
    const held = { base, lastIndex: base.index + entries.length, snapshot: snapshot && partsOf(snapshot).record };
    this.#held = recovered.torn === undefined ? held : { ...held, torn: entryKey(recovered.torn) };
    return recovered;
  }

  async write(write: StorageWrite): Promise<void> {
    const done = this.#idle.then(() => this.#writeNow(write));
    // Whoever asked learns of the failure; the next in line finds it noted.
    this.#idle = done.catch(() => undefined);
    return done;
  }

  /** Damages what the disk holds, as rot or a fault of the machine would. Of a disk that no node uses. */
  async damage(damage: DiskDamage): Promise<void> {
    const records: [key: string, record: Uint8Array][] = [];
    await this.#try('read', () => this.#readAll((key, record) => records.push([key, record])));
    const operations = damageOperations(new Map(records), damage);
    if (operations.length > 0) await this.#commit(() => operations);
  }

  /** Puts these records on a disk that holds nothing yet, all of them or nothing. It is to be loaded before it is written to. */
  async fill(records: ReadonlyMap<string, Uint8Array>): Promise<void> {
    await this.#commit(() => [...records].map(([key, value]) => ({ type: 'put', key, value })));
  }

  /**
   * It holds from now on what the other does, record for record, all of it or nothing; rejects with a StorageError where
   * the other holds nothing at all. Of a disk that no node uses, which is to be loaded before it is written to.
   */
  async takeFrom(other: LevelStorage): Promise<void> {
    const { node } = this.#identity;
    const records = new Map<string, Uint8Array>();
    const gone: string[] = [];
    await this.#try('read', () => other.#readAll((key, record) => records.set(key, record)));
    if (records.size === 0) {
      throw new StorageError('corrupt', `${node}'s disk stays as it is: there is nothing in what was to be copied.`);
    }
    await this.#try('read', () => this.#readAll((key) => records.has(key) || gone.push(key)));
    this.#held = undefined;
    await this.#commit(() => [
      ...gone.map((key) => ({ type: 'del', key }) as const),
      ...[...records].map(([key, value]) => ({ type: 'put', key, value }) as const),
    ]);
  }

  /** Waits for the writes under way, then lets go of the database. */
  async close(): Promise<void> {
    await this.#idle;
    await this.#try('close', () => this.#database.close());
  }

  /** Takes all records, in order of their keys. A stretch at a time: a long log need not be in memory twice. */
  async #readAll(take: (key: string, record: Uint8Array) => void): Promise<void> {
    const iterator = this.#database.iterator({ highWaterMarkBytes: BYTES_AT_ONCE });
    try {
      for (;;) {
        const records = await iterator.nextv(RECORDS_AT_ONCE);
        if (records.length === 0) return;
        for (const [key, record] of records) take(key, record);
      }
    } finally {
      await iterator.close();
    }
  }

  async #begin(): Promise<void> {
    const state = encodeHardState({ term: 0, votedFor: undefined, atUs: -1, lastIndex: 0 });
    await this.#commit(() => [
      { type: 'put', key: IDENTITY_KEY, value: encodeIdentity(this.#identity) },
      { type: 'put', key: HARD_STATE_KEY, value: state },
    ]);
  }

  async #writeNow(write: StorageWrite): Promise<void> {
    const { node } = this.#identity;
    if (this.#failure !== undefined) {
      const message = `${node}'s disk takes no more writes since one failed: ${this.#failure.message}`;
      throw new StorageError('failed', message, { cause: this.#failure });
    }
    const held = this.#held;
    if (held === undefined) throw this.#fail(`${node}'s disk was written to before it was read.`);
    const problem = problemOf(write, held);
    if (problem !== undefined) throw this.#fail(`${node}'s disk was asked ${problem}.`);
    const snapshot = write.snapshot && partsOf(write.snapshot);
    const after: Held = {
      base: write.compactTo ?? held.base,
      lastIndex: keptBy(write, held) + write.entries.length,
      snapshot: snapshot?.record ?? held.snapshot,
    };
    const { torn } = held;
    await this.#commit(() => [
      ...(torn === undefined ? [] : [{ type: 'del', key: torn } as const]),
      ...replacedParts(held.snapshot, after.snapshot),
      ...(snapshot?.puts ?? []),
      ...operationsOf(write, held, after),
    ]);
    this.#held = after;
  }

  async #commit(operations: () => RecordOperation[]): Promise<void> {
    try {
      // A chained batch hands each operation over as it is; a list of them would be copied and looked through first.
      const batch = this.#database.batch();
      for (const operation of operations()) {
        if (operation.type === 'put') batch.put(operation.key, operation.value);
        else batch.del(operation.key);
      }
      await batch.write(this.#options);
    } catch (error) {
      this.#failure = toStorageError(this.#identity.node, 'write', error);
      throw this.#failure;
    }
  }

  #fail(message: string): StorageError {
    this.#failure = new StorageError('failed', message);
    return this.#failure;
  }

  async #try<T>(task: DiskTask, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toStorageError(this.#identity.node, task, error);
    }
  }
}

/** How much of the log the disk keeps, before the new entries. Of a log that is compacted past its end, nothing is left. */
function keptBy({ truncateFrom, compactTo }: StorageWrite, { lastIndex }: Held): number {
  return Math.max(Math.min(lastIndex, (truncateFrom ?? Infinity) - 1), compactTo?.index ?? 0);
}

/** A log has no gaps: the new entries follow what is kept of it, one by one. */
function problemOf(write: StorageWrite, held: Held): string | undefined {
  const { truncateFrom, compactTo, entries } = write;
  const { base } = held;
  if (truncateFrom !== undefined && !(truncateFrom > base.index)) {
    return `to forget its log from entry ${truncateFrom} on, which begins behind entry ${base.index}`;
  }
  if (compactTo !== undefined && !(compactTo.index >= base.index)) {
    return `to let its log begin behind entry ${compactTo.index}, and it begins behind entry ${base.index} already`;
  }
  const kept = keptBy(write, held);
  const stray = entries.find((entry, position) => entry.index !== kept + 1 + position);
  return stray === undefined ? undefined : `for entry ${stray.index}, which does not follow its log's end at ${kept}`;
}

function operationsOf(write: StorageWrite, before: Held, after: Held): RecordOperation[] {
  const { term, votedFor, atUs, entries } = write;
  const { base, lastIndex, snapshot } = after;
  const operations: RecordOperation[] = [];
  for (let index = before.base.index + 1; index <= Math.min(base.index, before.lastIndex); index++) {
    operations.push({ type: 'del', key: entryKey(index) });
  }
  for (let index = Math.max(lastIndex, base.index) + 1; index <= before.lastIndex; index++) {
    operations.push({ type: 'del', key: entryKey(index) });
  }
  for (const entry of entries) operations.push({ type: 'put', key: entryKey(entry.index), value: encodeEntry(entry) });
  const begins = base.index > 0 ? base : undefined;
  const state = encodeHardState({ term, votedFor, atUs, lastIndex, base: begins, snapshot });
  operations.push({ type: 'put', key: HARD_STATE_KEY, value: state });
  return operations;
}

/** The parts of a snapshot that another one takes the place of. Those of one up to the same entry are written over. */
function replacedParts(before: SnapshotRecord | undefined, after: SnapshotRecord | undefined): RecordOperation[] {
  if (before === undefined || after === undefined || before === after) return [];
  const first = before.index === after.index ? after.parts : 0;
  return Array.from({ length: Math.max(0, before.parts - first) }, (_, position) => ({
    type: 'del',
    key: partKey(before.index, first + position),
  }));
}
