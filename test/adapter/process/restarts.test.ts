import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { NodeProcess } from './node-process.ts';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster, processConfig } from './process-cluster.ts';

const PATIENCE_MS = 60_000;
const ids = ['n1', 'n2', 'n3'];

let cluster: ProcessCluster;
afterEach(() => cluster.end());

async function underLoad(size = 6): Promise<ProcessClients> {
  await cluster.begin();
  const clients = new ProcessClients(cluster);
  clients.start(size, 7, ids);
  await clients.progress(50);
  return clients;
}

async function killAll(): Promise<void> {
  await Promise.all(ids.map((id) => cluster.kill(id)));
}

async function startAll(): Promise<void> {
  await Promise.all(ids.map((id) => cluster.start(id)));
}

async function follows(process: NodeProcess): Promise<void> {
  await eventually('it follows', async () => ((await process.status())?.role === 'follower' ? true : undefined));
}

describe('three processes under load', () => {
  it(
    'all killed at once and started again still hold all that was acknowledged',
    async () => {
      cluster = new ProcessCluster(ids);
      const clients = await underLoad();
      for (let round = 0; round < 2; round++) {
        await killAll();
        await startAll();
        await clients.progress(50);
      }
      await clients.check(ids);
      await cluster.agreement();
      clients.report('3 processes, all killed twice');
    },
    PATIENCE_MS,
  );

  it(
    'that are stopped one by one, as for a new version, hand the lead over and fail nobody',
    async () => {
      cluster = new ProcessCluster(ids);
      const clients = await underLoad();
      for (const id of ids) {
        const { id: leader } = await cluster.leader();
        await cluster.node(id).stop();
        const next = await cluster.leader();
        if (leader === id) expect(next.id).not.toBe(id);
        await cluster.start(id);
        await clients.progress(20);
      }
      await clients.check(ids);
      await cluster.agreement();
      clients.report('3 processes, each stopped and started');
      expect(clients.tally).toMatchObject({ failed: 0, unknown: 0 });
    },
    PATIENCE_MS,
  );

  it(
    'go on without a leader that stands still, which finds out that it leads no more when it goes on',
    async () => {
      cluster = new ProcessCluster(ids);
      const clients = await underLoad();
      for (let round = 0; round < 2; round++) {
        const still = await cluster.leader();
        still.signal('SIGSTOP');
        await cluster.leader(still.id);
        await clients.progress(20);
        still.signal('SIGCONT');
        await follows(still);
        await clients.progress(20);
      }
      await clients.check(ids);
      await cluster.agreement();
      clients.report('3 processes, the leader stopped with SIGSTOP twice');
    },
    PATIENCE_MS,
  );

  it(
    'take snapshots, and start from them',
    async () => {
      const config = { ...processConfig, snapshot: { everyEntries: 40, keepEntries: 5 } };
      cluster = new ProcessCluster(ids, { config });
      const clients = await underLoad();
      await clients.progress(200);
      // Who comes back finds that its entries are compacted away, and is given the snapshot.
      await cluster.kill('n3');
      await clients.progress(200);
      await cluster.start('n3');
      await clients.check(ids);
      await cluster.agreement();
      for (const { snapshot, firstIndex } of await cluster.statuses()) {
        expect(snapshot?.index ?? 0).toBeGreaterThan(0);
        expect(firstIndex).toBeGreaterThan(1);
      }
      await killAll();
      await startAll();
      await cluster.leader();
      await cluster.agreement();
    },
    PATIENCE_MS,
  );
});
