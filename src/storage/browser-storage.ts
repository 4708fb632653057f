import { BrowserLevel } from 'browser-level';
import { StorageError } from '../host/ports.ts';
import type { Identity } from './codec.ts';
import { LevelStorage } from './level-storage.ts';
import { toStorageError } from './storage-failure.ts';

/** How long the browser may take to open a database, in real milliseconds, before it counts as blocked. */
const OPEN_PATIENCE_MS = 5_000;

/**
 * A node's disk in an IndexedDB database of that name. What was written outlives the worker and the page; whether it also
 * outlives a power cut of the machine is the browser's own promise. IndexedDB lets several pages write to one
 * database, so whoever opens it sees to it that nobody else does. Rejects with a StorageError where it cannot be opened.
 */
export function openBrowserStorage(databaseName: string, identity: Identity): Promise<LevelStorage> {
  const database = new BrowserLevel<string, Uint8Array>(databaseName, { prefix: '', valueEncoding: 'view' });
  return withPatience(LevelStorage.open(database, identity), identity.node);
}

/** Removes the IndexedDB database of that name; one that does not exist counts as removed. It waits until nobody has it open. */
export async function deleteBrowserStorage(databaseName: string): Promise<void> {
  try {
    await BrowserLevel.destroy(databaseName, '');
  } catch (error) {
    throw toStorageError(databaseName, 'delete', error);
  }
}

/** IndexedDB lets an opening wait for ever while another page upgrades or deletes the database. */
function withPatience(opening: Promise<LevelStorage>, node: string): Promise<LevelStorage> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => {
      const held = `${node}'s database is blocked: another page or tab holds it. Close that one, then revive ${node}.`;
      reject(new StorageError('blocked', held));
      // Should it open after all, it is let go of, so that the next attempt finds it free.
      opening.then((storage) => storage.close()).catch(() => undefined);
    }, OPEN_PATIENCE_MS);
    opening.then(resolve, reject).finally(() => clearTimeout(patience));
  });
}
