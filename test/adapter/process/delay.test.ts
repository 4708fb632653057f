import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultRun } from '../../../src/adapter/config/cluster-config.ts';
import { eventually } from '../../support/eventually.ts';
import { NetworkNamespaces, whyNoNamespaces } from './network-namespaces.ts';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster } from './process-cluster.ts';
import { RelayProcess } from './relay-process.ts';

const PATIENCE_MS = 60_000;
const ids = ['n1', 'n2', 'n3'];
/** Whose network has the relay in it, and no node. */
const between = 'n9';
const latency = { minMs: 20, maxMs: 60 };
const why = whyNoNamespaces();
if (why !== undefined) {
  process.stdout.write(`The test of a slow network is skipped: no network namespaces can be made here (${why}).\n`);
}

describe.skipIf(why !== undefined)('three processes with a long way between them, 20 to 60 ms each way', () => {
  let networks: NetworkNamespaces;
  let cluster: ProcessCluster;
  let relay: RelayProcess | undefined;

  beforeEach(async () => {
    networks = new NetworkNamespaces([...ids, between]);
    networks.isolate(ids);
    cluster = new ProcessCluster(ids, {
      config: { ...defaultRun, nodes: ids.length },
      token: 'of the tests',
      hostsOf: (id) => networks.addressesOf(id),
      addressesOf: (_id, port) => [`${networks.addressOf(between)}:${port}`],
      prefixOf: (id) => networks.prefixOf(id),
    });
    await cluster.begin();
    const routes = ids.map((id) => {
      const { port } = cluster.node(id).options;
      return { port, toHost: networks.addressOf(id), toPort: port };
    });
    const options = { host: networks.addressOf(between), routes, latency, seed: 71 };
    relay = await RelayProcess.start(options, networks.prefixOf(between));
  }, PATIENCE_MS);

  afterEach(async () => {
    await cluster.end();
    await relay?.end();
    networks.end();
  });

  it(
    'elect a leader and another when it is killed, with the timeouts that nobody has changed, and lose nothing',
    async () => {
      const clients = new ProcessClients(cluster);
      clients.start(8, 72, ids);
      await clients.progress(60);
      const roundTrips = await eventually('every pair has been pinged', async () => {
        const peers = (await cluster.statuses()).flatMap((status) => status.peers);
        const known = peers.flatMap(({ roundTripMs }) => (roundTripMs === undefined ? [] : [roundTripMs]));
        return known.length === ids.length * (ids.length - 1) ? known : undefined;
      });
      expect(Math.min(...roundTrips)).toBeGreaterThanOrEqual(2 * latency.minMs - 1);
      const { id: leader } = await cluster.leader();
      const killedMs = performance.now();
      await cluster.kill(leader);
      await cluster.leader(leader);
      const failoverMs = Math.round(performance.now() - killedMs);
      await clients.progress(40);
      await cluster.start(leader);
      await clients.progress(20);
      await clients.check(ids);
      await cluster.agreement();
      const { pieces, heldMs } = (await relay?.relayed()) ?? { pieces: 0, heldMs: 0 };
      clients.report(
        `3 processes, ${pieces} pieces of what they said held back by ${Math.round(heldMs / pieces)} ms on average, another leader ${failoverMs} ms after the first was killed`,
      );
      expect(pieces).toBeGreaterThan(200);
      expect(heldMs / pieces).toBeGreaterThanOrEqual(latency.minMs);
      expect(clients.tally.committed).toBeGreaterThan(120);
    },
    PATIENCE_MS,
  );
});
