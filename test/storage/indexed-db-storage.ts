import { BrowserLevel } from 'browser-level';
import { deleteBrowserStorage, openBrowserStorage } from '../../src/storage/browser-storage.ts';
import type { StorageUnderTest } from './acceptance.ts';
import { rawRecords } from './raw-records.ts';

let made = 0;

/** The disk of a node in the browser. Only a browser can run the suite on it: `casesFor` and `runStorageCase` need no test runner. */
export const indexedDbStorage: StorageUnderTest = {
  name: 'LevelStorage in IndexedDB (browser-level)',
  hasRecords: true,
  create: async () => {
    made += 1;
    const databaseName = `storage-acceptance-${made}`;
    await deleteBrowserStorage(databaseName);
    return {
      open: (identity) => openBrowserStorage(databaseName, identity),
      records: rawRecords(
        () => new BrowserLevel<string, Uint8Array>(databaseName, { prefix: '', valueEncoding: 'view' }),
      ),
      dispose: () => deleteBrowserStorage(databaseName),
    };
  },
};
