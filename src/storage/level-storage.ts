import { StorageError, type NodeStorage, type Recovered, type StorageWrite } from '../host/ports.ts';
import { encodeEntry, encodeHardState, encodeIdentity, type Identity } from './codec.ts';
import { entryKey, HARD_STATE_KEY, IDENTITY_KEY } from './record-keys.ts';
import { recover } from './recover.ts';
import { corruptMessage, toStorageError, type DiskTask } from './storage-failure.ts';

type RecordOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string };

/** Handed to every write. `sync` is LevelDB's: wait until the bytes are on the platter. */
interface WriteOptions {
  readonly sync?: boolean;
}

/**
 * A database of bytes by name: what is used of an `AbstractLevel` that was made with `valueEncoding: 'view'`. Written out
 * because the classes for LevelDB, IndexedDB and memory share no one type: each also names the format that it keeps.
 */
export interface RecordDatabase {
  open(): Promise<void>;
  close(): Promise<void>;
  iterator(): { all(): Promise<[key: string, record: Uint8Array][]> };
  /** All of it or nothing. */
  batch(operations: RecordOperation[], options: WriteOptions): Promise<void>;
  put(key: string, record: Uint8Array): Promise<void>;
  del(key: string): Promise<void>;
}

/**
 * A node's disk in a database: one record for whose it is, one for the term and vote, one for each entry of the log. Every
 * write is one atomic batch, and writes are done in the order in which they are asked for. When one has failed, no other
 * is tried: nobody knows what the disk still holds.
 */
export class LevelStorage implements NodeStorage {
  readonly #database: RecordDatabase;
  readonly #identity: Identity;
  readonly #options: WriteOptions;
  /** Where the log on the disk ends; undefined until it was loaded. */
  #lastIndex: number | undefined;
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
    const records = await this.#try('read', () => this.#database.iterator().all());
    if (records.length === 0) {
      const { node } = this.#identity;
      if (begun) throw new StorageError('corrupt', corruptMessage(node, `it is empty, and ${node} had begun already`));
      await this.#begin();
      this.#lastIndex = 0;
      return { term: 0, votedFor: undefined, entries: [], atUs: -1 };
    }
    const recovered = recover(this.#identity, records);
    this.#lastIndex = recovered.entries.length;
    return recovered;
  }

  async write(write: StorageWrite): Promise<void> {
    const done = this.#idle.then(() => this.#writeNow(write));
    // Whoever asked learns of the failure; the next in line finds it noted.
    this.#idle = done.catch(() => undefined);
    return done;
  }

  /** Waits for the writes under way, then lets go of the database. */
  async close(): Promise<void> {
    await this.#idle;
    await this.#try('close', () => this.#database.close());
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
    const lastIndex = this.#lastIndex;
    if (lastIndex === undefined) throw this.#fail(`${node}'s disk was written to before it was read.`);
    const keep = Math.min(lastIndex, (write.truncateFrom ?? Infinity) - 1);
    const problem = problemOf(write, keep);
    if (problem !== undefined) throw this.#fail(`${node}'s disk was asked ${problem}.`);
    await this.#commit(() => operationsOf(write, keep, lastIndex));
    this.#lastIndex = keep + write.entries.length;
  }

  async #commit(operations: () => RecordOperation[]): Promise<void> {
    try {
      await this.#database.batch(operations(), this.#options);
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

/** A log has no gaps: it keeps its entries up to `keep`, and the new ones follow one by one. */
function problemOf({ truncateFrom, entries }: StorageWrite, keep: number): string | undefined {
  if (!(keep >= 0)) return `to forget its log from entry ${truncateFrom} on`;
  const stray = entries.find((entry, position) => entry.index !== keep + 1 + position);
  return stray === undefined ? undefined : `for entry ${stray.index}, which does not follow its log's end at ${keep}`;
}

function operationsOf(write: StorageWrite, keep: number, lastIndex: number): RecordOperation[] {
  const { term, votedFor, atUs, entries } = write;
  const end = keep + entries.length;
  const operations: RecordOperation[] = [];
  for (let index = end + 1; index <= lastIndex; index++) operations.push({ type: 'del', key: entryKey(index) });
  for (const entry of entries) operations.push({ type: 'put', key: entryKey(entry.index), value: encodeEntry(entry) });
  const state = encodeHardState({ term, votedFor, atUs, lastIndex: end });
  operations.push({ type: 'put', key: HARD_STATE_KEY, value: state });
  return operations;
}
