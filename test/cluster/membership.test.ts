import { describe, expect, it } from 'vitest';
import { ClusterError, type ClusterControl, type ClusterStatus } from '../../src/cluster/cluster-control.ts';
import { parseCommandLine } from '../../src/cluster/command-language.ts';
import { runCommand } from '../../src/cluster/run-command.ts';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import { parseRun, formatRun } from '../../src/timeline/run-file.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { openPage } from '../support/simulated-page.ts';

async function refusal(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClusterError)) throw new Error(`No refusal but ${String(error)}`, { cause: error });
  return error.message;
}

/** A cluster of three whose leader has committed in its term. */
async function settled(): Promise<{ readonly cluster: ClusterControl; readonly leader: string }> {
  const cluster = createSimulatedCluster();
  await cluster.reset({ nodes: 3, seed: 3 });
  await cluster.advanceTo(1_000);
  const { leader, nodes } = await cluster.status();
  if (leader === undefined || nodes.every(({ commitIndex }) => commitIndex === 0)) throw new Error('Nobody leads.');
  return { cluster, leader };
}

async function goOn(cluster: ClusterControl, ms = 400): Promise<ClusterStatus> {
  const { clock } = await cluster.status();
  await cluster.advanceTo(clock.nowUs / 1_000 + ms);
  return cluster.status();
}

const memberships = ({ nodes }: ClusterStatus): string =>
  nodes.map(({ id, membership }) => `${id} ${membership}`).join();

describe('A cluster whose members change', () => {
  it('takes in a new node, which catches up and votes', async () => {
    const { cluster } = await settled();
    expect(await cluster.addNode()).toBe('n4');
    const status = await goOn(cluster);
    expect(memberships(status)).toBe('n1 voter,n2 voter,n3 voter,n4 voter');
    expect(status.configuration.voters).toEqual(['n1', 'n2', 'n3', 'n4']);
    expect(new Set(status.nodes.map(({ lastApplied }) => lastApplied)).size).toBe(1);
  });

  it('takes in a learner, promotes it when it has caught up, and not before', async () => {
    const { cluster, leader } = await settled();
    expect(await cluster.addNode({ voter: false })).toBe('n4');
    expect(await refusal(cluster.promote('n4'))).toBe('The change before it is not committed yet.');
    expect(await refusal(cluster.addNode())).toBe('The change before it is not committed yet.');
    await cluster.isolate('n4');
    expect(memberships(await goOn(cluster))).toContain('n4 learner');
    expect(await refusal(cluster.promote('n4'))).toBe('n4 lacks committed entries, or is silent.');
    await cluster.heal();
    await goOn(cluster);
    await cluster.kill('n4');
    await goOn(cluster);
    // That it is silent only the leader can say: by then the action stands in the run.
    expect(await refusal(cluster.promote('n4'))).toBe('n4 lacks committed entries, or is silent.');
    await cluster.revive('n4');
    await goOn(cluster);
    await cluster.addNode({ node: 'n4' });
    expect(memberships(await goOn(cluster))).toContain('n4 voter');
    expect((await cluster.status()).leader).toBe(leader);
  });

  it('goes on when its leader is removed: that one steps down, and another leads', async () => {
    const { cluster, leader } = await settled();
    await cluster.removeNode(leader);
    const status = await goOn(cluster, 1_000);
    expect(status.configuration.voters).not.toContain(leader);
    expect(status.leader).not.toBe(leader);
    expect(status.leader).toBeDefined();
    const removed = status.nodes.find(({ id }) => id === leader);
    expect([removed?.role, removed?.membership]).toEqual(['follower', 'outsider']);
  });

  it('replaces two of three by way of a joint configuration, and starts who is not there', async () => {
    const { cluster, leader } = await settled();
    await cluster.changeMembers([leader, 'n7', 'n8']);
    const joint = await cluster.status();
    expect(joint.configuration.outgoing).toEqual(['n1', 'n2', 'n3']);
    expect(joint.nodes.map(({ membership }) => membership).sort()).toEqual([
      'incoming',
      'incoming',
      'outgoing',
      'outgoing',
      'voter',
    ]);
    const { configuration } = await goOn(cluster);
    expect(configuration).toEqual({ voters: [leader, 'n7', 'n8'], outgoing: [], learners: [], leavesByItself: false });
  });

  it('stays in a joint configuration until it is told to leave it', async () => {
    const { cluster } = await settled();
    expect(await refusal(cluster.leaveJoint())).toBe('No two configurations hold jointly.');
    await cluster.changeMembers(['n1', 'n2'], { leavesByItself: false });
    await goOn(cluster);
    expect(await refusal(cluster.demote('n2'))).toBe('Two configurations hold jointly, and have to be left first.');
    expect((await cluster.status()).configuration.outgoing).toHaveLength(3);
    await cluster.leaveJoint();
    expect((await cluster.status()).configuration.outgoing).toEqual([]);
  });

  it('refuses with a sentence, and starts no machine for nothing', async () => {
    const young = createSimulatedCluster();
    expect(await refusal(young.addNode())).toBe('Nobody leads, and only a leader changes who belongs to the cluster.');
    const { cluster } = await settled();
    expect(await refusal(cluster.addNode({ node: 'n2' }))).toBe('n2 is that already.');
    expect(await refusal(cluster.removeNode('n9'))).toBe('n9 is not a node of this cluster: it has n1 to n3.');
    expect(await refusal(cluster.addNode({ node: 'x' }))).toMatch(/must be a node such as n1/);
    expect(await refusal(cluster.changeMembers([]))).toBe('Nobody would be left to vote.');
    expect(await refusal(cluster.changeMembers(['n1', 'n2', 'n3']))).toBe('They are the voters already.');
    await cluster.changeMembers(['n1', 'n2'], { leavesByItself: false });
    expect(await refusal(cluster.changeMembers(['n1', 'n2', 'n5']))).toBe(
      'Two configurations hold jointly, and have to be left first.',
    );
    const { nodes } = await cluster.status();
    expect(nodes.map(({ id }) => id)).toEqual(['n1', 'n2', 'n3']);
  });

  it(`holds 64 machines, and refuses one more`, async () => {
    const { cluster } = await settled();
    for (let number = 4; number <= 64; number += 1) await cluster.act({ type: 'start-node', node: `n${number}` });
    expect(await refusal(cluster.addNode())).toBe('There are 64 nodes, which is the most.');
    expect(await cluster.addNode({ node: 'n64' })).toBe('n64');
  });

  it('undoes: what came in goes, who was promoted is demoted, and else it goes back', async () => {
    const { cluster } = await settled();
    await cluster.addNode({ voter: false });
    expect(await refusal(cluster.undo())).toBe('The change before it is not committed yet.');
    await goOn(cluster);
    expect(await cluster.undo()).toMatchObject({ type: 'change-membership', change: { type: 'add-learner' } });
    expect(memberships(await goOn(cluster))).toContain('n4 outsider');
    expect(await cluster.undo()).toEqual({ type: 'start-node', node: 'n4' });
    expect((await cluster.status()).nodes.at(-1)?.status).toBe('down');
    await cluster.removeNode('n2');
    await goOn(cluster);
    expect(await cluster.undo()).toMatchObject({ change: { type: 'remove', node: 'n2' } });
    expect(memberships(await cluster.status())).toBe('n1 voter,n2 voter,n3 voter,n4 outsider');
  });

  it('undoes with whoever leads by then', async () => {
    const { cluster, leader } = await settled();
    await cluster.addNode();
    await goOn(cluster);
    await cluster.kill(leader);
    await goOn(cluster, 1_500);
    await cluster.revive(leader);
    await goOn(cluster);
    const asked = (await cluster.status()).leader;
    expect(asked).not.toBe(leader);
    await cluster.undo();
    expect((await cluster.undo())?.type).toBe('kill');
    expect((await cluster.undo())?.type).toBe('change-membership');
    const { actions } = await cluster.run();
    expect(actions.at(-1)?.action).toEqual({
      type: 'change-membership',
      from: (await cluster.status()).leader,
      change: { type: 'remove', node: 'n4' },
    });
  });

  it('comes back after its page was lost, with the machines that were started', async () => {
    const journal = new MemoryJournal();
    const before = await openPage(journal);
    await before.cluster.advanceTo(1_000);
    await before.cluster.addNode();
    await goOn(before.cluster);
    // The page is brought back to its last action.
    await before.cluster.setDisk({ meanMs: 4, spreadMs: 1 });
    const expected = await before.cluster.status();
    const { cluster, notices } = await openPage(journal);
    const status = await cluster.status();
    expect(notices).toEqual([]);
    expect(status.nodes.map(({ id, status: machine }) => `${id} ${machine}`).join()).toBe(
      'n1 up,n2 up,n3 up,n4 up,n5 up,n6 up',
    );
    expect(status.configuration).toEqual(expected.configuration);
    expect((await goOn(cluster, 1_500)).leader).toBeDefined();
  });

  it('leaves a run that is read, and plays again the same', async () => {
    const { cluster, leader } = await settled();
    await cluster.changeMembers([leader, 'n7', 'n8']);
    await goOn(cluster, 150);
    // They are not told that they are out, and would stand for election.
    for (const node of ['n1', 'n2', 'n3']) if (node !== leader) await cluster.kill(node);
    await goOn(cluster, 1_500);
    await cluster.addNode({ voter: false });
    await goOn(cluster);
    const run = await cluster.run();
    expect(parseRun(formatRun(run))).toEqual({ run });
    expect(playRun(run)).toEqual(await cluster.events());
  });
});

describe('The command line', () => {
  it('changes who belongs to the cluster, and says so', async () => {
    const { cluster } = await settled();
    const say = async (line: string): Promise<string> => {
      const { nodes, leader } = await cluster.status();
      const parsed = parseCommandLine(
        line,
        nodes.map(({ id }) => id),
        leader,
      );
      if ('error' in parsed) return `? ${parsed.error}`;
      const said = await runCommand(cluster, parsed.command).catch((error: unknown) => `! ${String(error)}`);
      await goOn(cluster);
      return said;
    };
    expect(await say('add learner')).toBe('The leader takes n4 into the cluster, as a learner.');
    expect(await say('promote 4')).toBe('The leader is to promote n4, and goes by that at once.');
    expect(await say('add n5')).toBe('The leader takes n5 into the cluster, with a vote.');
    expect(await say('demote 5')).toBe('The leader is to demote n5, and goes by that at once.');
    expect(await say('remove 5')).toBe('The leader is to remove n5, and goes by that at once.');
    expect(await say('members 1 2 3 joint')).toBe(
      'The leader is to make n1, n2 and n3 the voters, jointly until told to leave, and goes by that at once.',
    );
    expect(await say('remove 1')).toBe('! ClusterError: Two configurations hold jointly, and have to be left first.');
    expect(await say('leave')).toBe('The leader is to leave the joint configuration, and goes by that at once.');
    expect((await cluster.status()).configuration.voters).toEqual(['n1', 'n2', 'n3']);
  });
});
