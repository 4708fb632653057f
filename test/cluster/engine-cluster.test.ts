import { describe, expect, it } from 'vitest';
import { ClusterError, type ClusterControl } from '../../src/cluster/cluster-control.ts';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import type { Action } from '../../src/timeline/action.ts';
import { parseRun, formatRun } from '../../src/timeline/run-file.ts';
import type { Run } from '../../src/timeline/run.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { openPage as open, revive } from '../support/simulated-page.ts';

async function standing(cluster: ClusterControl): Promise<readonly string[]> {
  const { nodes } = await cluster.status();
  return nodes.map(({ status }) => status);
}

/** Why it was refused; it throws where it was not, or not by the cluster. */
async function refusal(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClusterError)) throw new Error(`No refusal but ${String(error)}`, { cause: error });
  return error.message;
}

const allUp = Array<string>(5).fill('up');

describe('A page that comes back', () => {
  it('goes on where every node had been killed: they stay down, the clock goes and one can be revived', async () => {
    const journal = new MemoryJournal();
    const before = await open(journal);
    for (const node of ['n1', 'n2', 'n3', 'n4', 'n5']) await before.cluster.kill(node);
    const { cluster, frame, notices } = await open(journal);
    expect(await standing(cluster)).toEqual(Array(5).fill('down'));
    const { nowUs } = (await cluster.status()).clock;
    await frame(100);
    expect((await cluster.status()).clock.nowUs).toBeGreaterThan(nowUs);
    await cluster.revive('n3');
    expect(notices).toEqual([]);
  });

  it('brings its nodes back also when it went away again before they were', async () => {
    const journal = new MemoryJournal();
    const before = await open(journal);
    await before.cluster.advanceTo(100);
    await before.cluster.kill('n2');
    // The second page has written down that the power failed, and goes away.
    const { saved } = await journal.load();
    if (saved === undefined) throw new Error('Nothing was saved.');
    const { actions } = await revive(saved);
    await journal.write(0, actions);
    expect(journal.actions.at(-1)?.action.type).toBe('power-failure');
    const { cluster } = await open(journal);
    expect(await standing(cluster)).toEqual(['up', 'down', 'up', 'up', 'up']);
  });

  it('goes on without a node whose disk cannot be read', async () => {
    const journal = new MemoryJournal();
    await (await open(journal)).cluster.advanceTo(100);
    const { cluster, frame, notices } = await open(journal, async (saved) => {
      const revival = await revive(saved);
      const act = revival.engine.act.bind(revival.engine);
      revival.engine.act = async (action: Action) => {
        if (action.type !== 'power-return') return act(action);
        const crashed = await act({ type: 'crash', node: 'n1', reason: "n1's disk is corrupt." });
        const others = await act({ ...action, nodes: action.nodes.filter((node) => node !== 'n1') });
        return {
          events: [...crashed.events, ...others.events],
          performed: [...crashed.performed, ...others.performed],
        };
      };
      return { ...revival, verify: () => undefined };
    });
    expect(notices).toEqual(["n1's disk is corrupt."]);
    expect(await standing(cluster)).toEqual(['down', 'up', 'up', 'up', 'up']);
    await frame(100);
    await frame(100);
    expect((await cluster.status()).clock.nowUs).toBeGreaterThan(0);
  });

  it('begins a new cluster where the old one cannot be brought back', async () => {
    const journal = new MemoryJournal();
    await open(journal);
    const { cluster, notices } = await open(journal, () => Promise.reject(new Error('It is beyond help.')));
    expect(notices).toEqual(['The saved cluster cannot be brought back, so a new one begins: It is beyond help.']);
    expect(await standing(cluster)).toEqual(allUp);
  });
});

describe('A cluster that is asked for nonsense', () => {
  it('refuses a run that is none with a sentence, and is as it was', async () => {
    const cluster = createSimulatedCluster();
    await cluster.advanceTo(400);
    const run = await cluster.run();
    const wrong: readonly unknown[] = [
      undefined,
      null,
      'a text',
      {},
      { ...run, config: undefined },
      { ...run, actions: [{ atUs: 3 }] },
      { ...run, actions: [{ atUs: 3, action: { type: 'kill', node: 'n77' } }] },
      { ...run, untilUs: Infinity },
    ];
    for (const given of wrong) expect(await refusal(cluster.load(given as Run))).toMatch(/^\S.*\.$/);
    expect(await cluster.run()).toEqual(run);
  });

  it('refuses keys and values that are no texts', async () => {
    const cluster = createSimulatedCluster();
    expect(await refusal(cluster.set('x', 5 as unknown as string))).toMatch(/value.*must be a text/);
    expect(await refusal(cluster.get(undefined as unknown as string))).toMatch(/key is missing/);
    expect(await refusal(cluster.speed('5' as unknown as number))).toMatch(/speed/);
    expect((await cluster.run()).actions).toEqual([]);
  });

  it('refuses everything once it was closed', async () => {
    const cluster = createSimulatedCluster();
    const asked = cluster.set('x', '5');
    await cluster.dispose();
    expect(await refusal(asked)).toBe('The cluster was closed.');
    expect(await refusal(cluster.set('x', '6'))).toBe('The cluster was closed.');
    expect(await refusal(cluster.step())).toBe('The cluster was closed.');
  });

  it('keeps the run as it was when the object that was handed in is changed', async () => {
    const cluster = createSimulatedCluster();
    const groups = [['n1', 'n2']];
    await cluster.split(groups);
    groups[0]?.push('n3');
    expect((await cluster.run()).actions[0]?.action).toEqual({ type: 'split', groups: [['n1', 'n2']] });
  });
});

describe('The name of a request', () => {
  it('is used once, so that every run can be loaded again', async () => {
    const cluster = createSimulatedCluster();
    const named = (requestId: string): Action => ({
      type: 'request',
      client: 'c1',
      requestId,
      operation: { type: 'get', key: 'x' },
    });
    await cluster.act(named('r2'));
    expect(await refusal(cluster.act(named('r2')))).toContain('r2');
    void cluster.set('x', '1').catch(() => undefined);
    void cluster.set('x', '2').catch(() => undefined);
    const run = await cluster.run();
    expect(run.actions.map(({ action }) => 'requestId' in action && action.requestId)).toEqual(['r2', 'r3', 'r4']);
    expect(parseRun(formatRun(run))).toHaveProperty('run');
    await cluster.load(run);
    await cluster.advanceTo(1);
    expect(await refusal(cluster.act(named('r4')))).toContain('r4');
  });
});
