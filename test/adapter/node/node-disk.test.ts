import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    await expect(NodeDisk.open(folder, owner)).rejects.toMatchObject({
      name: 'StorageError',
      reason: expect.stringMatching(/^(?:corrupt|foreign)$/) as string,
      message: expect.stringMatching(/^n2's (?:disk|folder) .*Its folder is .*\.$/) as string,
    });
    // And it is as it was found: nothing was begun anew.
    await expect(NodeDisk.open(folder, owner)).rejects.toMatchObject({ name: 'StorageError' });
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
});
