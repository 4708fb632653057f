import { afterEach, describe, expect, it } from 'vitest';
import type { NodeId } from '../../../src/raft/entry.ts';
import type { RunConfig } from '../../../src/timeline/run-config.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClocks, whyNoFakeClocks, type FakedClocks } from './fake-clocks.ts';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster, processConfig } from './process-cluster.ts';
import type { ProcessStatus } from './process-messages.ts';

const PATIENCE_MS = 60_000;
const ids = ['n1', 'n2', 'n3'];
/** Long, so that an election is due to a clock, and not to a machine that is busy. */
const patient: RunConfig = {
  ...processConfig,
  electionTimeoutMs: { min: 600, max: 1_200 },
  leases: { durationMs: 600, driftPpm: 10_000 },
};
if (whyNoFakeClocks !== undefined) {
  process.stdout.write(`The tests of clocks that go wrong are skipped: ${whyNoFakeClocks}.\n`);
}

describe.skipIf(whyNoFakeClocks !== undefined)('three processes with leader leases, under load', () => {
  let clocks: FakeClocks;
  let cluster: ProcessCluster;

  async function begin(
    faked: FakedClocks,
    config: RunConfig,
    rates: Readonly<Record<NodeId, number>> = {},
  ): Promise<void> {
    clocks = new FakeClocks(faked);
    cluster = new ProcessCluster(ids, {
      config,
      faults: true,
      envOf: (id) => clocks.environmentOf(id, rates[id]),
    });
    await cluster.begin();
  }

  afterEach(async () => {
    await cluster.end();
    clocks.end();
  });

  async function statusOf(id: NodeId): Promise<ProcessStatus> {
    const status = await cluster.node(id).status();
    if (status === undefined) throw new Error(`${id} says nothing.`);
    return status;
  }

  async function makeLeader(id: NodeId): Promise<void> {
    await eventually(`${id} leads`, async () => {
      const leader = await cluster.leader();
      if (leader.id === id) return true;
      await leader.call({ type: 'transfer', to: id });
      return undefined;
    });
  }

  it(
    'do not notice that the date of their leader’s machine jumps ahead by an hour, and back again',
    async () => {
      await begin('wall', patient);
      const clients = new ProcessClients(cluster);
      clients.start(4, 61, ids);
      clients.readByLease(2, 61, ids);
      await clients.progress(40);
      const { id: leader } = await cluster.leader();
      const { term, wallMs, nowUs } = await statusOf(leader);
      clocks.jump(leader, 3_600);
      await clients.progress(60);
      const ahead = await statusOf(leader);
      expect(ahead.wallMs - wallMs).toBeGreaterThan(3_600_000);
      expect(ahead.nowUs - nowUs).toBeLessThan(60_000_000);
      clocks.jump(leader, 0);
      await clients.progress(60);
      expect((await statusOf(leader)).wallMs - wallMs).toBeLessThan(60_000);
      for (const status of await cluster.statuses()) expect(status).toMatchObject({ term, leader });
      await clients.check(ids);
      await cluster.agreement();
      clients.report(`3 processes, the date of ${leader}, which leads, an hour ahead and back`);
      expect(clients.tally).toMatchObject({ failed: 0, unknown: 0 });
    },
    PATIENCE_MS,
  );

  it(
    'answer no read from a lease that has ended, though a slow leader is cut off from fast followers, within the drift that is allowed for',
    async () => {
      const rates = { n1: 0.7, n2: 1.3, n3: 1.3 };
      // The lease alone is to end the lead.
      const leases = { durationMs: 600, driftPpm: 400_000 };
      await begin('wall-and-monotonic', { ...processConfig, checkQuorum: false, leases }, rates);
      const clients = new ProcessClients(cluster);
      await makeLeader('n1');
      clients.start(6, 62, ids);
      clients.readByLease(2, 62, ['n1']);
      await clients.progress(60);
      const before = await Promise.all(ids.map(statusOf));
      const { term } = await statusOf('n1');
      const others = ids.filter((id) => id !== 'n1');
      for (const to of others) {
        await cluster.node('n1').call({ type: 'cut', to });
        await cluster.node(to).call({ type: 'cut', to: 'n1' });
      }
      await eventually('another leads', async () => {
        const statuses = await cluster.statuses();
        return statuses.some((status) => status.role === 'leader' && status.term > term) ? true : undefined;
      });
      await clients.progress(60);
      const [slow = 0, ...fast] = (await Promise.all(ids.map(statusOf))).map(
        ({ nowUs }, at) => nowUs - (before[at]?.nowUs ?? 0),
      );
      for (const us of fast) expect(us / slow, 'their clocks are as far apart as they are to be').toBeGreaterThan(1.7);
      for (const id of ids) await cluster.node(id).call({ type: 'heal' });
      await clients.progress(20);
      await clients.check(ids);
      await cluster.agreement();
      clients.report('3 processes, a leader at 0.7 of the time cut off from followers at 1.3');
    },
    PATIENCE_MS,
  );

  it(
    'go on and lose nothing when a clock that nobody can set jumps further than is allowed for, a follower’s and the leader’s',
    async () => {
      await begin('wall-and-monotonic', patient);
      // Reads by lease are not asked for: they are promised within the drift alone.
      const clients = new ProcessClients(cluster);
      clients.start(6, 63, ids);
      await clients.progress(40);
      const { id: leader } = await cluster.leader();
      const { term } = await statusOf(leader);
      const follower = ids.find((id) => id !== leader) ?? '';
      for (const [seconds, id] of [
        [5, follower],
        [5, leader],
      ] as const) {
        const { nowUs } = await statusOf(id);
        clocks.jump(id, seconds);
        await clients.progress(60);
        expect((await statusOf(id)).nowUs - nowUs).toBeGreaterThan(seconds * 1_000_000);
        const { id: next } = await cluster.leader();
        // Who has heard of no leader for long, for all that it knows, disturbs none; a leader gives up a lease that is over.
        if (id === follower) expect(await statusOf(leader)).toMatchObject({ role: 'leader', term });
        else expect((await statusOf(next)).term).toBeGreaterThan(term);
      }
      await clients.progress(20);
      await clients.check(ids);
      await cluster.agreement();
      clients.report(`3 processes, the clock of ${follower}, which follows, and of ${leader}, which leads, 5 s ahead`);
    },
    PATIENCE_MS,
  );
});
