import { ClassicLevel } from 'classic-level';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDirectoryStorage } from '../../src/storage/directory-storage.ts';
import { describeNodeStorage } from './acceptance.ts';
import { rawRecords } from './raw-records.ts';

const owner = { cluster: 'test', node: 'n3' };

async function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'whitewater-storage-'));
}

describeNodeStorage(
  {
    name: 'LevelStorage in a directory (classic-level)',
    hasRecords: true,
    create: async () => {
      const path = await newDirectory();
      return {
        open: (identity) => openDirectoryStorage(path, identity),
        records: rawRecords(() => new ClassicLevel<string, Uint8Array>(path, { valueEncoding: 'view' })),
        dispose: () => rm(path, { recursive: true, force: true }),
      };
    },
  },
  { describe, it },
);

describe('a directory as a disk', () => {
  let path = '';
  beforeEach(async () => {
    path = await newDirectory();
  });
  afterEach(() => rm(path, { recursive: true, force: true }));

  it('is refused to a second one while it is open', async () => {
    const storage = await openDirectoryStorage(path, owner);
    await expect(openDirectoryStorage(path, owner)).rejects.toMatchObject({
      name: 'StorageError',
      reason: 'blocked',
      message: expect.stringContaining('something else uses it') as string,
    });
    await storage.close();
  });

  it('is synced at each write', async () => {
    const storage = await openDirectoryStorage(path, owner);
    await storage.load();
    const options: unknown[] = [];
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockImplementation(function (this: ClassicLevel) {
      batch.mockRestore();
      const begun = this.batch();
      const commit = begun.write.bind(begun);
      return Object.assign(begun, {
        write: (given: object) => {
          options.push(given);
          return commit(given);
        },
      }) as never;
    });
    await storage.write({ term: 1, votedFor: 'n1', truncateFrom: undefined, entries: [], atUs: 1 });
    expect(options).toEqual([{ sync: true }]);
    await storage.close();
  });

  it('cannot stand inside a file', async () => {
    const file = join(path, 'file');
    await writeFile(file, '');
    await expect(openDirectoryStorage(join(file, 'disk'), owner)).rejects.toMatchObject({
      name: 'StorageError',
      reason: 'failed',
      message: expect.stringContaining("n3's disk could not open") as string,
    });
  });

  it('whose database says itself that it is damaged is called corrupt', async () => {
    const storage = await openDirectoryStorage(path, owner);
    await storage.load();
    await storage.close();
    const manifest = (await readdir(path)).find((name) => name.startsWith('MANIFEST'));
    const file = join(path, manifest ?? '');
    const bytes = await readFile(file);
    bytes.fill(0xff, 0, 20);
    await writeFile(file, bytes);
    await expect(openDirectoryStorage(path, owner)).rejects.toMatchObject({ name: 'StorageError', reason: 'corrupt' });
  });
});
