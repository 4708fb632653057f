import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { PlayedWorkers } from '../support/played-workers.ts';
import { anyRun } from '../support/random-run.ts';

describe('A disk that fails a write', () => {
  it('stops its node at that moment, before all else, and once only', async () => {
    const cluster = createSimulatedCluster({ seed: 5 });
    await cluster.advanceTo(800);
    const { leader = 'n1' } = await cluster.status();
    await cluster.setWrites('fail-next', [leader]);
    const writing = cluster.set('x', '5').catch(() => undefined);
    await cluster.advanceTo(2_000);
    const { actions, untilUs } = await cluster.run();
    const crash = actions.find(({ action }) => action.type === 'crash');
    expect(crash?.action).toEqual({
      type: 'crash',
      node: leader,
      reason: `${leader}'s disk could not write: that write is lost, and is not tried again.`,
    });
    const events = await cluster.events();
    const atThatMoment = events.filter(({ atUs }) => atUs === crash?.atUs);
    expect(atThatMoment[0]?.event.type).toBe('action');
    expect(atThatMoment.filter(({ actor }) => actor === leader)).toEqual([]);
    await cluster.revive(leader);
    await cluster.advanceTo(untilUs / 1_000 + 2_000);
    expect((await cluster.status()).nodes.every(({ status }) => status === 'up')).toBe(true);
    await writing;
  });

  it('that is full stops its node again and again, until there is room', async () => {
    const cluster = createSimulatedCluster({ seed: 5 });
    await cluster.advanceTo(800);
    const { leader = 'n1', nodes } = await cluster.status();
    const follower = nodes.find(({ id }) => id !== leader)?.id ?? 'n2';
    await cluster.setWrites('full', [follower]);
    const statusOf = async (): Promise<string | undefined> =>
      (await cluster.status()).nodes.find(({ id }) => id === follower)?.status;
    void cluster.set('x', '5');
    await cluster.advanceTo(1_200);
    expect(await statusOf()).toBe('down');
    await cluster.revive(follower);
    await cluster.advanceTo(1_600);
    expect(await statusOf()).toBe('down');
    await cluster.setWrites('kept', [follower]);
    await cluster.revive(follower);
    await cluster.advanceTo(2_400);
    expect(await statusOf()).toBe('up');
  });

  it('gives the same run and timeline in workers, in the simulator, and when the run is played again', async () => {
    const workers = await PlayedWorkers.start({ seed: 5 });
    await workers.advance(800);
    await workers.act({ type: 'set-disk', nodes: ['n1', 'n3'], writes: 'fail-next' });
    const operation = { type: 'set', key: 'x', value: '5' } as const;
    await workers.act({ type: 'request', client: 'c1', requestId: 'r1', operation });
    await workers.advance(2_000);
    const run = workers.run();
    expect(workers.crashes.map(({ node }) => node).sort()).toEqual(['n1', 'n3']);
    expect(playRun(run)).toEqual(workers.events);
    const asked = { ...run, actions: run.actions.filter(({ action }) => action.type !== 'crash') };
    expect(playRun(asked)).toEqual(workers.events);
  });

  it('does so among all other faults, in random runs', { timeout: 60_000 }, async () => {
    let crashes = 0;
    const runs = fc.sample(anyRun(24), { numRuns: 12, seed: 20_261_126 });
    for (const run of runs) {
      const workers = await PlayedWorkers.start({ seed: run.seed, config: run.config });
      await workers.play(run);
      expect(workers.events).toEqual(playRun(run));
      crashes += workers.crashes.length;
    }
    expect(crashes).toBeGreaterThan(0);
  });
});
