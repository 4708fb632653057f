import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NodeDisk } from '../../../src/adapter/node/node-disk.ts';
import type { StorageWrite } from '../../../src/host/ports.ts';
import type { Entry } from '../../../src/raft/entry.ts';
import { damages } from './damages.ts';

// Disks and sockets are as slow as the machine is busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const owner = { cluster: 'ours', node: 'n2' };

const entryAt = (index: number): Entry => ({ type: 'command', index, term: 1, command: 'x'.repeat(200) });
const writeOf = (index: number): StorageWrite => ({
  term: 1,
  votedFor: 'n1',
  truncateFrom: undefined,
  entries: [entryAt(index)],
  atUs: index,
});

/** Writes entries from a clean start, so that LevelDB has both tables and a log. */
async function used(folder: string, node: string): Promise<void> {
  for (const [first, last] of [
    [1, 10],
    [11, 20],
  ] as const) {
    const disk = await NodeDisk.open(folder, { ...owner, node });
    for (let index = first; index <= last; index++) await disk.write(writeOf(index));
    await disk.close();
  }
}

async function emptyDatabase(folder: string): Promise<void> {
  for (const name of await readdir(join(folder, 'disk'))) await rm(join(folder, 'disk', name));
}

/** What a first start leaves behind that was killed on its way, by what it had come to. */
const cutShort: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  'before it had a database': async (folder) => {
    await rm(join(folder, 'disk'), { recursive: true });
    await rm(join(folder, 'witness'));
  },
  'while LevelDB made one': async (folder) => {
    await emptyDatabase(folder);
    await rm(join(folder, 'witness'));
    await writeFile(join(folder, 'disk', 'MANIFEST-000001'), 'half of it');
    await writeFile(join(folder, 'disk', '000001.dbtmp'), 'MANIFEST-00');
  },
  'while it made its witness': async (folder) => {
    await emptyDatabase(folder);
    await truncate(join(folder, 'witness'), 0);
  },
  'before it had said whose it is': async (folder) => {
    await emptyDatabase(folder);
    await writeFile(join(folder, 'witness'), Buffer.alloc(1_024));
  },
  'just after that': async (folder) => writeFile(join(folder, 'witness'), Buffer.alloc(1_024)),
};

/** What stands there, by its name; of files whose bytes matter, a digest of them. */
async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  if ((await stat(folder)).isFile()) return { '': await readFile(folder, 'utf8') };
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents: Record<string, string> = {};
  for (const entry of entries) {
    // LevelDB's diary, its lock, and a witness that was not there and is empty.
    if (/^(?:LOG|LOCK)/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = entry.isFile() ? await readFile(path) : undefined;
    if (bytes?.length === 0) continue;
    contents[relative(folder, path)] =
      bytes === undefined ? 'folder' : createHash('sha256').update(bytes).digest('hex');
  }
  return contents;
}

describe('a node’s folder', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'whitewater-disk-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('gives back what was written to it, however often it is opened', async () => {
    const folder = join(root, 'not', 'there', 'yet');
    await used(folder, 'n2');
    const disk = await NodeDisk.open(folder, owner);
    expect(disk.recovered).toMatchObject({ term: 1, votedFor: 'n1', atUs: 20 });
    expect(disk.recovered.entries).toHaveLength(20);
    await disk.close();
  });

  it('is believed where the clock was put back since', async () => {
    const disk = await NodeDisk.open(root, owner);
    await disk.write({ ...writeOf(1), atUs: 1_000_000 });
    await disk.write({ ...writeOf(2), atUs: 5 });
    await disk.close();
    const again = await NodeDisk.open(root, owner);
    expect(again.recovered.entries).toHaveLength(2);
    await again.close();
  });

  it.each(Object.entries(damages))('is refused with %s', async (_what, damage) => {
    const folder = join(root, 'n2');
    const other = join(root, 'n3');
    await used(folder, 'n2');
    await used(other, 'n3');
    await damage(folder, other);
    const found = await contentsOf(folder);
    await expect(NodeDisk.open(folder, owner)).rejects.toMatchObject({
      name: 'StorageError',
      reason: expect.stringMatching(/^(?:corrupt|foreign)$/) as string,
      message: expect.stringMatching(/^n2('s (?:disk|folder)| can have no folder) .*Its folder is .*\.$/) as string,
    });
    // All that was found is still there: nothing is thrown away that might be of use to somebody. Nor was anything begun anew.
    expect(await contentsOf(folder)).toMatchObject(found);
    await expect(NodeDisk.open(folder, owner)).rejects.toMatchObject({ name: 'StorageError' });
  });

  it('holds nothing but database and witness once it is open, whatever an earlier start left there', async () => {
    const folder = join(root, 'n2');
    await used(folder, 'n2');
    const left = join(folder, 'as-found-0');
    await cp(join(folder, 'disk'), left, { recursive: true });
    const disk = await NodeDisk.open(folder, owner);
    expect((await readdir(folder)).sort()).toEqual(['disk', 'witness']);
    // Somebody else who tries in vain leaves nothing behind.
    await expect(NodeDisk.open(folder, owner)).rejects.toMatchObject({ reason: 'blocked' });
    expect((await readdir(folder)).sort()).toEqual(['disk', 'witness']);
    await disk.write(writeOf(21));
    await disk.close();
  });

  it('of another cluster is refused', async () => {
    await used(root, 'n2');
    await expect(NodeDisk.open(root, { ...owner, cluster: 'theirs' })).rejects.toMatchObject({ reason: 'foreign' });
  });

  it('that was put back to an older state is refused where its witness is the newer', async () => {
    const folder = join(root, 'n2');
    await used(folder, 'n2');
    await cp(join(folder, 'disk'), join(root, 'old'), { recursive: true });
    const disk = await NodeDisk.open(folder, owner);
    await disk.write(writeOf(21));
    await disk.close();
    await rm(join(folder, 'disk'), { recursive: true });
    await cp(join(root, 'old'), join(folder, 'disk'), { recursive: true });
    await expect(NodeDisk.open(folder, owner)).rejects.toMatchObject({
      reason: 'corrupt',
      message: expect.stringContaining('its last writes are gone') as string,
    });
  });

  it('without CURRENT is left as it is: with CURRENT put back the node starts', async () => {
    await used(root, 'n2');
    await rename(join(root, 'disk', 'CURRENT'), join(root, 'current'));
    await expect(NodeDisk.open(root, owner)).rejects.toMatchObject({ reason: 'corrupt' });
    await rename(join(root, 'current'), join(root, 'disk', 'CURRENT'));
    const disk = await NodeDisk.open(root, owner);
    expect(disk.recovered.entries).toHaveLength(20);
    await disk.close();
  });

  it.each(Object.entries(cutShort))('begins where its first start was cut short, %s', async (_when, cut) => {
    await (await NodeDisk.open(root, owner)).close();
    await cut(root);
    const disk = await NodeDisk.open(root, owner);
    expect(disk.recovered).toMatchObject({ term: 0, entries: [], atUs: -1 });
    await disk.write(writeOf(1));
    await disk.close();
    const again = await NodeDisk.open(root, owner);
    expect(again.recovered.entries).toHaveLength(1);
    await again.close();
  });

  it('with a witness of zeros, or half of one, is refused where something was written', async () => {
    await used(root, 'n2');
    await writeFile(join(root, 'witness'), Buffer.alloc(1_024));
    await expect(NodeDisk.open(root, owner)).rejects.toMatchObject({ reason: 'corrupt' });
    await truncate(join(root, 'witness'), 600);
    await expect(NodeDisk.open(root, owner)).rejects.toMatchObject({ reason: 'corrupt' });
  });
});
