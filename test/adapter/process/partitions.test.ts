import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeId } from '../../../src/raft/entry.ts';
import { eventually } from '../../support/eventually.ts';
import { NetworkNamespaces, whyNoNamespaces } from './network-namespaces.ts';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster } from './process-cluster.ts';

const PATIENCE_MS = 60_000;
const ids = ['n1', 'n2', 'n3', 'n4', 'n5'];
const why = whyNoNamespaces();
if (why !== undefined) {
  process.stdout.write(`The tests of real partitions are skipped: no network namespaces can be made here (${why}).\n`);
}

describe.skipIf(why !== undefined)('five processes, each in a network of its own', () => {
  let networks: NetworkNamespaces;
  let cluster: ProcessCluster;
  let clients: ProcessClients;

  beforeEach(async () => {
    networks = new NetworkNamespaces(ids);
    cluster = new ProcessCluster(ids, {
      faults: true,
      token: 'of the tests',
      hostsOf: (id) => networks.addressesOf(id),
      prefixOf: (id) => networks.prefixOf(id),
    });
    await cluster.begin();
    clients = new ProcessClients(cluster);
    clients.start(8, 41, ids);
    await clients.progress(40);
  }, PATIENCE_MS);

  afterEach(async () => {
    await cluster.end();
    networks.end();
  });

  /** Waits until one of these leads a later term than `term`. */
  async function elected(among: readonly NodeId[], term: number): Promise<void> {
    await eventually('another leader', async () => {
      const statuses = await cluster.statuses();
      const leads = statuses.some(({ id, role, term: its }) => role === 'leader' && its > term && among.includes(id));
      return leads ? true : undefined;
    });
  }

  async function termOf(id: NodeId): Promise<number> {
    return (await cluster.node(id).status())?.term ?? 0;
  }

  it(
    'go on in the majority when a switch fails, and agree when it is back',
    async () => {
      const { id: leader } = await cluster.leader();
      const others = ids.filter((id) => id !== leader);
      const term = await termOf(leader);
      networks.split([[leader, ...others.slice(0, 1)], others.slice(1)]);
      await elected(others.slice(1), term);
      await clients.progress(40);
      // Who leads no majority any more finds that out by itself.
      await eventually('it steps down', async () =>
        (await cluster.node(leader).status())?.role === 'leader' ? undefined : true,
      );
      networks.heal();
      await clients.progress(40);
      await clients.check(ids);
      await cluster.agreement();
      clients.report('5 processes, the leader and one more cut off');
    },
    PATIENCE_MS,
  );

  it(
    'go on when nothing that the leader sends arrives any more, though it hears everyone',
    async () => {
      const { id: leader } = await cluster.leader();
      const others = ids.filter((id) => id !== leader);
      const term = await termOf(leader);
      for (const id of others) networks.loseOneWay(leader, id);
      await elected(others, term);
      await clients.progress(40);
      networks.heal();
      await clients.progress(40);
      await clients.check(ids);
      await cluster.agreement();
      clients.report('5 processes, all that the leader sends lost');
    },
    PATIENCE_MS,
  );

  it(
    'go on over links that are slow, lossy and cut one way by their own fault layer',
    async () => {
      const quality = { latency: { meanMs: 15, spreadMs: 10 }, loss: 0.05, duplication: 0.05 };
      for (const id of ids) await cluster.node(id).call({ type: 'set-quality', to: undefined, quality });
      await clients.progress(40);
      const { id: leader } = await cluster.leader();
      const others = ids.filter((id) => id !== leader);
      const term = await termOf(leader);
      for (const to of others) await cluster.node(leader).call({ type: 'cut', to });
      await elected(others, term);
      await clients.progress(40);
      await cluster.node(leader).call({ type: 'heal' });
      await clients.progress(40);
      const calm = { latency: { meanMs: 0, spreadMs: 0 }, loss: 0, duplication: 0 };
      for (const id of ids) await cluster.node(id).call({ type: 'set-quality', to: undefined, quality: calm });
      await clients.check(ids);
      await cluster.agreement();
      clients.report('5 processes, slow and lossy links, the leader cut off one way');
      expect(clients.tally.committed).toBeGreaterThan(160);
    },
    PATIENCE_MS,
  );
});
