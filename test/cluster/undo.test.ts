import { describe, expect, it } from 'vitest';
import type { ClusterControl } from '../../src/cluster/cluster-control.ts';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import { MAX_UNDO } from '../../src/cluster/undo-stack.ts';
import type { TimedAction } from '../../src/timeline/action.ts';
import { checkRun } from '../../src/timeline/run-file.ts';
import { MAX_ACTIONS, type Run } from '../../src/timeline/run.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { openPage } from '../support/simulated-page.ts';

async function undoAll(cluster: ClusterControl): Promise<string[]> {
  const undone: string[] = [];
  for (let action = await cluster.undo(); action !== undefined; action = await cluster.undo()) {
    undone.push(`${action.type}${'node' in action ? ` ${action.node}` : ''}`);
  }
  return undone;
}

describe('Undo', () => {
  it('undoes after a reload what it would have undone before, the last action first', async () => {
    const journal = new MemoryJournal();
    const before = await openPage(journal);
    await before.cluster.advanceTo(100);
    await before.cluster.kill('n1');
    await before.cluster.isolate('n2');
    await before.cluster.kill('n3');
    await before.cluster.undo();
    await before.cluster.setDisk({ meanMs: 50, spreadMs: 0 });
    const { cluster } = await openPage(journal);
    const { clock, nodes } = await cluster.status();
    expect(clock.undoable).toMatchObject({ type: 'set-disk' });
    expect(nodes.map(({ status }) => status)).toEqual(['down', 'up', 'up', 'up', 'up']);
    expect(await undoAll(cluster)).toEqual(['set-disk', 'isolate n2', 'kill n1']);
    const after = await cluster.status();
    expect(after.nodes.map(({ status }) => status)).toEqual(Array(5).fill('up'));
    expect(after.cuts).toEqual([]);
  });

  it('leaves out after a reload what the power failure undid already', async () => {
    const journal = new MemoryJournal();
    const before = await openPage(journal);
    await before.cluster.kill('n1');
    await before.cluster.pauseNode('n2');
    const { cluster } = await openPage(journal);
    expect(await undoAll(cluster)).toEqual(['kill n1']);
  });

  it('goes back after a reload to the moment before a restart', async () => {
    const journal = new MemoryJournal();
    const before = await openPage(journal);
    await before.cluster.kill('n1');
    await before.cluster.undo();
    await before.cluster.advanceTo(100);
    await before.cluster.restart('n2');
    await before.cluster.advanceTo(200);
    const { cluster } = await openPage(journal);
    expect(await cluster.undo()).toEqual({ type: 'restart', node: 'n2' });
    expect((await cluster.status()).clock.nowUs).toBe(100_000);
    expect((await cluster.run()).actions.map(({ action }) => action.type)).toEqual(['kill', 'revive']);
    // What undo had done before is not to be undone, neither here nor after one more reload.
    expect((await cluster.status()).clock.undoable).toBeUndefined();
    expect(await undoAll((await openPage(journal)).cluster)).toEqual([]);
  });

  it('undoes the actions of a loaded run that has been played again', async () => {
    const recorded = createSimulatedCluster();
    await recorded.advanceTo(50);
    await recorded.kill('n1');
    await recorded.advanceTo(60);
    await recorded.cut([{ from: 'n2', to: 'n3' }]);
    const cluster = createSimulatedCluster();
    await cluster.load(await recorded.run());
    expect((await cluster.status()).clock.undoable).toBeUndefined();
    await cluster.advanceTo(100);
    expect(await undoAll(cluster)).toEqual(['cut', 'kill n1']);
  });

  it('remembers as many actions as it says, and then goes no further', async () => {
    const cluster = createSimulatedCluster({ seed: 3 });
    for (let count = 0; count <= MAX_UNDO; count += 1) {
      if (count % 2 === 0) await cluster.pauseNode('n1');
      else await cluster.resumeNode('n1');
    }
    expect(await undoAll(cluster)).toHaveLength(MAX_UNDO);
    expect((await cluster.status()).nodes[0]?.status).toBe('paused');
  });
});

describe('A run', () => {
  it('takes as many actions as a run may hold, and refuses one more with a sentence', { timeout: 60_000 }, async () => {
    const cluster = createSimulatedCluster();
    const { config, ...run } = await cluster.run();
    const actions = Array.from({ length: MAX_ACTIONS - 1 }, (_, count) => ({
      atUs: 0,
      action: { type: 'set-disk', nodes: undefined, latency: { meanMs: count % 2, spreadMs: 0 } } as const,
    }));
    const full: Run = { ...run, config: { ...config, nodes: 1 }, actions, untilUs: 0 };
    await cluster.load(full);
    await cluster.advanceTo(1);
    await cluster.pauseNode('n1');
    expect((await cluster.run()).actions).toHaveLength(MAX_ACTIONS);
    await expect(cluster.resumeNode('n1')).rejects.toThrow('This run holds 100,000 actions');
    await expect(cluster.undo()).rejects.toThrow('This run holds 100,000 actions');
    expect((await cluster.run()).actions).toHaveLength(MAX_ACTIONS);
  });

  it(
    'what the machine does to a full run is still written down, and the run read again',
    { timeout: 60_000 },
    async () => {
      const { config, ...run } = await createSimulatedCluster().run();
      const actions: TimedAction[] = Array.from({ length: MAX_ACTIONS }, (_, count) => ({
        atUs: 0,
        action: { type: 'set-disk', nodes: undefined, latency: { meanMs: count % 2, spreadMs: 0 } },
      }));
      actions.push({ atUs: 0, action: { type: 'power-failure', nodes: ['n1'], clients: true } });
      const full: Run = { ...run, config: { ...config, nodes: 1 }, actions, untilUs: 0 };
      expect(checkRun(full)).toHaveProperty('run');
    },
  );
});
