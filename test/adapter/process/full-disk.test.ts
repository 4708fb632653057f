import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { EXIT_STOPPED } from '../../../src/adapter/exit-codes.ts';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster } from './process-cluster.ts';

const PATIENCE_MS = 60_000;
const ids = ['n1', 'n2', 'n3'];

/** A file system of so little room, or why there is none. */
function smallDisk(bytes: number): { readonly path: string } | { readonly reason: string } {
  const path = mkdtempSync(join(tmpdir(), 'whitewater-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path], { stdio: 'pipe' });
    return { path };
  } catch (error) {
    rmSync(path, { recursive: true });
    return { reason: String(error).split('\n')[0] ?? '' };
  }
}

const small = smallDisk(1_048_576);
if ('reason' in small) {
  process.stdout.write(`The test of a full disk is skipped: nothing can be mounted here (${small.reason}).\n`);
}

let cluster: ProcessCluster | undefined;
afterEach(async () => {
  await cluster?.end();
  if ('reason' in small) return;
  execFileSync('umount', [small.path]);
  rmSync(small.path, { recursive: true });
});

it.skipIf('reason' in small)(
  'a process whose disk is full stops for good and says so; the others go on; with room again it comes back and nothing is lost',
  async () => {
    const path = 'path' in small ? small.path : '';
    cluster = new ProcessCluster(ids, {
      folderOf: (id) => (id === 'n3' ? join(path, id) : `${path}-${id}`),
    });
    await cluster.begin();
    const clients = new ProcessClients(cluster);
    clients.start(6, 31, ids);
    await clients.progress(30);
    const filling = join(path, 'filling');
    await writeFile(filling, new Uint8Array(2_097_152)).catch(() => undefined);
    const { code, said } = await cluster.node('n3').ended;
    expect({ code, said }).toEqual({
      code: EXIT_STOPPED,
      said: expect.stringMatching(/^n3's disk is full: nothing of the last write was kept\. .*\n$/) as string,
    });
    await clients.progress(100);
    // Nothing has changed: it says the same, and does no harm.
    expect((await (await cluster.launch('n3')).ended).code).toBe(EXIT_STOPPED);
    await rm(filling);
    await cluster.start('n3');
    await clients.progress(30);
    await clients.check(ids);
    await cluster.agreement();
    clients.report('3 processes, the disk of one full');
    for (const id of ids.slice(0, 2)) await rm(cluster.folderOf(id), { recursive: true, force: true });
  },
  PATIENCE_MS,
);
