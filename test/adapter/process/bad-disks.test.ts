import { cp, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT_STOPPED } from '../../../src/adapter/exit-codes.ts';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster } from './process-cluster.ts';

const PATIENCE_MS = 60_000;
const ids = ['n1', 'n2', 'n3'];

describe('a node whose disk was damaged while it was down', () => {
  let cluster: ProcessCluster;
  let clients: ProcessClients;
  beforeEach(async () => {
    cluster = new ProcessCluster(ids);
    await cluster.begin();
    clients = new ProcessClients(cluster);
    clients.start(4, 11, ids);
    await clients.progress(60);
  }, PATIENCE_MS);
  afterEach(() => cluster.end());

  it(
    'stays down with a sentence that says why and what to do, while the others go on and nothing is lost',
    async () => {
      await cluster.kill('n2');
      const folder = cluster.folderOf('n2');
      const kept = `${folder}-kept`;
      await cp(folder, kept, { recursive: true });
      const [log] = (await readdir(join(folder, 'disk'))).filter((name) => /^\d+\.log$/.test(name));
      const path = join(folder, 'disk', log ?? '');
      await truncate(path, (await stat(path)).size >> 1);
      const { code, said } = await (await cluster.launch('n2')).ended;
      expect(code).toBe(EXIT_STOPPED);
      expect(said).toMatch(
        /^n2's disk is corrupt: its last writes are gone\. n2 stays down, .*Its folder is \/.*\.\n$/,
      );
      await clients.progress(60);
      await rm(folder, { recursive: true, force: true });
      await rename(kept, folder);
      await cluster.start('n2');
      await clients.check(ids);
      await cluster.agreement();
      clients.report('3 processes, one of them with half of its log cut off');
    },
    PATIENCE_MS,
  );

  it(
    'is refused while another process has its folder, and starts when that has ended',
    async () => {
      const first = cluster.node('n2');
      const second = await cluster.launch('n2', { port: 0 });
      const { code, said } = await second.ended;
      expect(code).toBe(EXIT_STOPPED);
      expect(said).toContain(`n2's disk is in use by process ${first.pid}`);
      await first.kill();
      await cluster.start('n2');
      await clients.check(ids);
    },
    PATIENCE_MS,
  );
});
