import { afterEach, expect, it } from 'vitest';
import type { MembershipChange } from '../../../src/raft/membership-change.ts';
import { eventually } from '../../support/eventually.ts';
import { ProcessClients } from './process-clients.ts';
import { ProcessCluster } from './process-cluster.ts';

const PATIENCE_MS = 60_000;
const before = ['n1', 'n2', 'n3'];
const after = ['n4', 'n5', 'n6'];

let cluster: ProcessCluster;
afterEach(() => cluster.end());

/** Asks whoever leads until it has begun the change, or stands in the way no longer. */
async function change(wanted: MembershipChange): Promise<void> {
  await eventually(`a leader that takes on ${JSON.stringify(wanted)}`, async () => {
    const order = await (await cluster.leader()).changeMembership(wanted);
    if (order?.type === 'accepted') return true;
    // Asked again after the leader was lost, it may find that it was done already.
    return order?.reason === 'nothing-changes' || order?.reason === 'no-such-member' ? true : undefined;
  });
}

/** Waits until another leads, and the removal is committed. */
async function gone(leaving: string): Promise<void> {
  await eventually(`${leaving} is no longer a member`, async () => {
    const statuses = await cluster.statuses();
    const leader = statuses.find(({ role, id }) => role === 'leader' && id !== leaving);
    const isGone = leader && !leader.configuration.voters.includes(leaving) && leader.commitIndex === leader.lastIndex;
    return isGone === true ? true : undefined;
  });
}

it(
  'every member of a cluster of processes is replaced under load, one by one, and nothing is lost',
  async () => {
    cluster = new ProcessCluster(before);
    await cluster.begin();
    const clients = new ProcessClients(cluster);
    clients.start(6, 21, [...before, ...after]);
    for (const [at, id] of after.entries()) {
      // It is known to none of those that run: they learn of it when it dials them.
      await cluster.start(id);
      await change({ type: 'add-learner', node: id });
      await change({ type: 'promote', node: id });
      const leaving = before[at] ?? '';
      await change({ type: 'remove', node: leaving });
      await gone(leaving);
      await cluster.node(leaving).stop();
      await clients.progress(30);
    }
    await clients.check(after);
    await cluster.agreement();
    for (const { configuration } of await cluster.statuses()) {
      expect(configuration).toMatchObject({ voters: after, learners: [], outgoing: [] });
    }
    clients.report('3 processes, each replaced by a new one');
  },
  PATIENCE_MS,
);
