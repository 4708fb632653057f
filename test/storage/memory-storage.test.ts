import { describe, it } from 'vitest';
import { createMemoryDatabase, openMemoryStorage } from '../../src/storage/memory-storage.ts';
import { describeNodeStorage } from './acceptance.ts';
import { rawRecords } from './raw-records.ts';

describeNodeStorage(
  {
    name: 'LevelStorage in memory (memory-level)',
    hasRecords: true,
    create: async () => {
      const database = createMemoryDatabase();
      return {
        open: (identity) => openMemoryStorage(identity, database),
        records: rawRecords(() => database),
        dispose: () => database.close(),
      };
    },
  },
  { describe, it },
);
