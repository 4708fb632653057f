import { BrowserLevel } from 'browser-level';
import type { Identity } from './codec.ts';
import { LevelStorage } from './level-storage.ts';
import { toStorageError } from './storage-failure.ts';

/** What is used of IndexedDB: written out because the rooms below the workers know nothing of a browser. */
interface Connection {
  transaction(store: string, mode: 'readwrite'): Transaction;
}

interface Transaction {
  readonly error: Error | null;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  objectStore(name: string): { put(value: Uint8Array, key: Uint8Array): unknown; delete(key: Uint8Array): unknown };
  commit(): void;
  abort(): void;
}

/** One operation of a batch, as abstract-level hands it on. */
type EncodedOperation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/**
 * browser-level waits for each operation of a batch before it asks for the next, which is a round trip to another process:
 * for sixty entries that takes longer than the writing. Here all are asked for at once; the transaction is as atomic.
 */
class BatchingBrowserLevel extends BrowserLevel<string, Uint8Array> {
  declare readonly db: Connection;

  /** What abstract-level has an implementation write: all of it or, where it rejects, nothing. */
  _batch(operations: readonly EncodedOperation[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.db.transaction(this.location, 'readwrite');
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('The browser gave the write up.'));
      const store = transaction.objectStore(this.location);
      try {
        for (const operation of operations) {
          if (operation.type === 'del') store.delete(operation.key);
          else store.put(operation.value, operation.key);
        }
        transaction.commit();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error), { cause: error }));
        transaction.abort();
      }
    });
  }
}

/**
 * A node's disk in an IndexedDB database of that name. What was written outlives the worker and the page; whether it also
 * outlives a power cut of the machine is the browser's own promise. IndexedDB lets several pages write to one
 * database, so whoever opens it sees to it that nobody else does. Rejects with a StorageError where it cannot be opened.
 */
export function openBrowserStorage(databaseName: string, identity: Identity): Promise<LevelStorage> {
  const database = new BatchingBrowserLevel(databaseName, { prefix: '', valueEncoding: 'view' });
  return LevelStorage.open(database, identity);
}

/** Removes the IndexedDB database of that name; one that does not exist counts as removed. It waits until nobody has it open. */
export async function deleteBrowserStorage(databaseName: string): Promise<void> {
  try {
    await BrowserLevel.destroy(databaseName, '');
  } catch (error) {
    throw toStorageError(databaseName, 'delete', error);
  }
}
