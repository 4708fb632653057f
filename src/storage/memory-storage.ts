import { MemoryLevel } from 'memory-level';
import type { Identity } from './codec.ts';
import { LevelStorage, type RecordDatabase } from './level-storage.ts';

/** A database in memory, which keeps what it holds for as long as somebody holds it. */
export function createMemoryDatabase(): RecordDatabase {
  return new MemoryLevel<string, Uint8Array>({ storeEncoding: 'view', valueEncoding: 'view' });
}

/** A node's disk in memory, made of the same bytes as on a real one. Rejects with a StorageError where it cannot be opened. */
export function openMemoryStorage(identity: Identity, database = createMemoryDatabase()): Promise<LevelStorage> {
  return LevelStorage.open(database, identity);
}
