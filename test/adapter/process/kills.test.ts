import { afterEach, describe, expect, it } from 'vitest';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster } from './process-cluster.ts';

/** How often the leader is killed; many more with WHITEWATER_ROUNDS. */
const ROUNDS = Number(process.env['WHITEWATER_ROUNDS'] ?? 5);
const PATIENCE_MS = 60_000 + ROUNDS * 5_000;

let cluster: ProcessCluster;
afterEach(() => cluster.end());

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
});
