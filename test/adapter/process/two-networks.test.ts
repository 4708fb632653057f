import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_SILENT_PINGS, PING_MS } from '../../../src/adapter/transport/peer-connection.ts';
import { eventually } from '../../support/eventually.ts';
import { NetworkNamespaces, whyNoNamespaces } from './network-namespaces.ts';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster } from './process-cluster.ts';

const PATIENCE_MS = 60_000;
const ids = ['n1', 'n2', 'n3'];
/** Until a silent peer counts as gone, a dead address has been waited for, and an election is over; on a machine that is busy. */
const BACK_WITHIN_MS = MAX_SILENT_PINGS * PING_MS + 8_000;
const why = whyNoNamespaces();
if (why !== undefined) {
  process.stdout.write(`The test of two networks is skipped: no network namespaces can be made here (${why}).\n`);
}

describe.skipIf(why !== undefined)('three processes that each have an address in two networks', () => {
  let networks: NetworkNamespaces;
  let cluster: ProcessCluster;

  beforeEach(async () => {
    networks = new NetworkNamespaces(ids, 2);
    cluster = new ProcessCluster(ids, {
      token: 'of the tests',
      hostsOf: (id) => networks.addressesOf(id),
      prefixOf: (id) => networks.prefixOf(id),
    });
    await cluster.begin();
  }, PATIENCE_MS);

  afterEach(async () => {
    await cluster.end();
    networks.end();
  });

  /** Waits until every pair is connected, each over that network; gives how long that took, milliseconds. */
  async function connectedOver(network: number): Promise<number> {
    const beganMs = performance.now();
    await eventually(`all are connected over network ${network}`, async () => {
      const statuses = await cluster.statuses();
      const remotes = statuses.flatMap(({ peers }) =>
        peers.map(({ id, connected, remote }) => ({ id, connected, remote })),
      );
      const isAll =
        remotes.length === 6 && remotes.every(({ id, remote }) => remote === networks.addressOf(id, network));
      return isAll && remotes.every(({ connected }) => connected) ? true : undefined;
    });
    return Math.round(performance.now() - beganMs);
  }

  it(
    'come together over the other when one fails without a word, and lose nothing',
    async () => {
      const clients = new ProcessClients(cluster);
      clients.start(6, 51, ids);
      await clients.progress(40);
      // Who dialled before a peer listened at its first address may be connected over the second.
      const leader = await cluster.leader();
      const remotes = (await leader.status())?.peers.map(({ remote }) => remote) ?? [];
      const failing = remotes.some((remote) => ids.some((id) => remote === networks.addressOf(id, 0))) ? 0 : 1;
      networks.cut(failing);
      const overOtherMs = await connectedOver(1 - failing);
      expect(overOtherMs).toBeLessThan(BACK_WITHIN_MS);
      await cluster.leader();
      await clients.progress(40);
      await clients.check(ids);
      await cluster.agreement();
      clients.report(
        `3 processes in two networks, all pairs connected over the other ${overOtherMs} ms after one failed`,
      );
      expect(clients.tally.committed).toBeGreaterThan(80);
    },
    PATIENCE_MS,
  );
});
