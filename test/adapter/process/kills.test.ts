import { afterEach, describe, expect, it } from 'vitest';
import { below, createRandom } from '../../../src/raft/random.ts';
import { ProcessClients } from './process-clients.ts';
import { processConfig, ProcessCluster } from './process-cluster.ts';

/** How often the leader is killed; many more with WHITEWATER_ROUNDS. */
const ROUNDS = Number(process.env['WHITEWATER_ROUNDS'] ?? 5);
const PATIENCE_MS = 60_000 + ROUNDS * 5_000;

let cluster: ProcessCluster;
afterEach(() => cluster.end());

/** All of them are dead before the first is back. */
async function killAndRevive(ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => cluster.kill(id)));
  await Promise.all(ids.map((id) => cluster.start(id)));
}

describe('processes', () => {
  it.each([3, 5])(
    `%i of them, whose leader is killed ${ROUNDS} times under load, lose nothing that was acknowledged`,
    async (size) => {
      const ids = Array.from({ length: size }, (_, at) => `n${at + 1}`);
      cluster = new ProcessCluster(ids);
      await cluster.begin();
      const clients = new ProcessClients(cluster);
      clients.start(8, 20_261_126 + size, ids);
      const leaders: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await clients.progress(100);
        const leader = await cluster.leader();
        leaders.push(leader.id);
        await cluster.kill(leader.id);
        await cluster.leader(leader.id);
        await clients.progress(20);
        await cluster.start(leader.id);
      }
      await clients.progress(100);
      await clients.check(ids);
      await cluster.agreement();
      clients.report(`${size} processes, leaders killed: ${leaders.join(' ')}`);
      expect(clients.tally.committed).toBeGreaterThan(ROUNDS * 120);
    },
    PATIENCE_MS,
  );

  it(
    `three of them, of which one, two or all are killed ${ROUNDS} times while leads go from hand to hand and snapshots are taken all the time, lose nothing`,
    async () => {
      const ids = ['n1', 'n2', 'n3'];
      const random = createRandom(3, 0);
      cluster = new ProcessCluster(ids, {
        config: { ...processConfig, snapshot: { everyEntries: 10, keepEntries: 3 } },
      });
      await cluster.begin();
      const clients = new ProcessClients(cluster);
      clients.start(8, 83, ids);
      const killed: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await clients.progress(40);
        // Whether the lead has gone over is for nobody to wait for: the processes die meanwhile.
        const leader = await cluster.leader();
        void leader.call({ type: 'transfer', to: ids[below(random, ids.length)] ?? 'n1' });
        const begin = below(random, ids.length);
        const victims = [...ids, ...ids].slice(begin, begin + 1 + below(random, ids.length));
        killed.push(victims.join(' and '));
        await killAndRevive(victims);
      }
      await clients.progress(40);
      await clients.check(ids);
      await cluster.agreement();
      const snapshots = (await cluster.statuses()).map(({ firstIndex }) => firstIndex);
      expect(Math.min(...snapshots)).toBeGreaterThan(ROUNDS * 20);
      clients.report(`3 processes, snapshots all the time, killed: ${killed.join(', ')}`);
    },
    PATIENCE_MS,
  );
});
