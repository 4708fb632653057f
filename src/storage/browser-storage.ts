import { BrowserLevel } from 'browser-level';
import type { Identity } from './codec.ts';
import { LevelStorage } from './level-storage.ts';
import { toStorageError } from './storage-failure.ts';

/**
 * A node's disk in an IndexedDB database of that name. What was written outlives the worker and the page; whether it also
 * outlives a power cut of the machine is the browser's own promise. IndexedDB lets several pages write to one
 * database, so whoever opens it sees to it that nobody else does. Rejects with a StorageError where it cannot be opened.
 */
export function openBrowserStorage(databaseName: string, identity: Identity): Promise<LevelStorage> {
  const database = new BrowserLevel<string, Uint8Array>(databaseName, { prefix: '', valueEncoding: 'view' });
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
