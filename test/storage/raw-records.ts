import type { RecordDatabase } from '../../src/storage/level-storage.ts';
import type { Records } from './acceptance.ts';

/** The raw bytes of a database that is closed between uses. `database` gives a handle; it is opened and closed each time. */
export function rawRecords(database: () => RecordDatabase): Records {
  const whileOpen = async <T>(work: (open: RecordDatabase) => Promise<T>): Promise<T> => {
    const open = database();
    await open.open();
    try {
      return await work(open);
    } finally {
      await open.close();
    }
  };
  return {
    read: () =>
      whileOpen(async (open) => new Map(await open.iterator({ highWaterMarkBytes: 16_777_216 }).nextv(10_000))),
    put: (key, record) => whileOpen((open) => open.put(key, record)),
    remove: (key) => whileOpen((open) => open.del(key)),
  };
}
