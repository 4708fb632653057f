import { StorageError } from '../src/host/ports.ts';
import { openBrowserStorage } from '../src/storage/browser-storage.ts';
import type { LevelStorage } from '../src/storage/level-storage.ts';

/** How long the browser may take to open a database, in real milliseconds, before it counts as blocked. */
const OPEN_PATIENCE_MS = 5_000;

/**
 * Opens a node's database. IndexedDB lets an opening wait for ever while another page upgrades or deletes the database;
 * here it rejects after {@link OPEN_PATIENCE_MS} with a StorageError.
 */
export function openStorage(databaseName: string, cluster: string, node: string): Promise<LevelStorage> {
  const opening = openBrowserStorage(databaseName, { cluster, node });
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
