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
    'come together over the second when the first fails, and over the first when the second does, and lose nothing',
    async () => {
      const clients = new ProcessClients(cluster);
      clients.start(6, 51, ids);
      await clients.progress(40);
      networks.cut(0);
      const overSecondMs = await connectedOver(1);
      expect(overSecondMs).toBeLessThan(BACK_WITHIN_MS);
      await cluster.leader();
      await clients.progress(40);
      networks.heal();
      networks.cut(1);
      const overFirstMs = await connectedOver(0);
      expect(overFirstMs).toBeLessThan(BACK_WITHIN_MS);
      await clients.progress(40);
      await clients.check(ids);
      await cluster.agreement();
      clients.report(
        `3 processes in two networks, each cut once, all pairs connected over the other after ${overSecondMs} and ${overFirstMs} ms`,
      );
      expect(clients.tally.committed).toBeGreaterThan(120);
    },
    PATIENCE_MS,
  );
});
