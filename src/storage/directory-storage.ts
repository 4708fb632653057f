import { ClassicLevel } from 'classic-level';
import type { Identity } from './codec.ts';
import { LevelStorage } from './level-storage.ts';

/**
 * A node's disk in a directory (LevelDB), which is made if it is not there; what stands above it must be. Only one process
 * can have it open. A write is durable when the operating system says that it has reached the platter. Rejects with a
 * StorageError where it cannot be opened.
 */
export function openDirectoryStorage(path: string, identity: Identity): Promise<LevelStorage> {
  const database = new ClassicLevel<string, Uint8Array>(path, { valueEncoding: 'view' });
  return LevelStorage.open(database, identity, { sync: true });
}
