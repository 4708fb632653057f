import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { EXIT_STOPPED } from '../../../src/adapter/exit-codes.ts';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster } from './process-cluster.ts';

const PATIENCE_MS = 60_000;
const ids = ['n1', 'n2', 'n3'];

/** A program is let go on as it is, but that its syncs fail from the so manyth of a thread on; they are listed in that file. */
function failingSyncs(from: number, list: string): readonly string[] {
  return ['strace', '-f', '-qq', '-e', 'trace=fdatasync', '-e', `inject=fdatasync:error=EIO:when=${from}+`, '-o', list];
}

/** Why the kernel's answers cannot be changed here; undefined where they can. */
function whyNoFailingSyncs(): string | undefined {
  try {
    const [command = '', ...args] = failingSyncs(1, '/dev/null');
    execFileSync(command, [...args, 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return String(error).split('\n')[0];
  }
}

const reason = whyNoFailingSyncs();
if (reason !== undefined) {
  process.stdout.write(`The test of a sync that fails is skipped: strace does not run here (${reason}).\n`);
}

let cluster: ProcessCluster | undefined;
afterEach(() => cluster?.end());

it.skipIf(reason !== undefined)(
  'a process whose disk fails a sync stops for good and asks for no other; the others go on, and nothing is lost',
  async () => {
    let isFailing = true;
    const running = new ProcessCluster(ids, {
      prefixOf: (id) => (id === 'n3' && isFailing ? failingSyncs(25, join(running.folder, 'syncs')) : undefined),
    });
    cluster = running;
    await running.begin();
    const clients = new ProcessClients(running);
    clients.start(6, 47, ids);
    const { code, said } = await running.node('n3').ended;
    expect({ code, said }).toEqual({
      code: EXIT_STOPPED,
      said: expect.stringMatching(/^n3's disk could not write: .*\n$/) as string,
    });
    const syncs = (await readFile(join(running.folder, 'syncs'), 'utf8')).trim().split('\n');
    const failed = syncs.findIndex((line) => line.includes('EIO'));
    expect(failed).toBeGreaterThan(10);
    // The pages of a failed write count as clean from then on: another sync would say that all is well.
    expect(syncs.slice(failed + 1).filter((line) => line.includes('fdatasync('))).toEqual([]);
    await clients.progress(50);
    isFailing = false;
    await running.start('n3');
    await clients.progress(30);
    await clients.check(ids);
    await running.agreement();
    clients.report('3 processes, a sync of one failed');
  },
  PATIENCE_MS,
);
