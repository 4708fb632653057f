import { describe, expect, it } from 'vitest';
import type { ClusterControl } from '../../src/cluster/cluster-control.ts';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { isNoise } from '../../src/timeline/describe.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';

const listed = ({ event }: TimelineEvent): boolean => !isNoise(event, undefined);

/** Steps until that many events are listed; what each step showed. */
async function stepThrough(cluster: ClusterControl, wanted: number): Promise<(readonly TimelineEvent[])[]> {
  const steps: (readonly TimelineEvent[])[] = [];
  for (let seen = 0; seen < wanted;) {
    if (steps.length > 1_000) throw new Error(`Only ${seen} events were listed.`);
    const events = await cluster.step();
    steps.push(events);
    seen += events.filter(listed).length;
  }
  return steps;
}

/** A cluster in the middle of the moment at which its leader was elected: some of it has been shown. */
async function midMoment(): Promise<ClusterControl> {
  const cluster = createSimulatedCluster({ seed: 77 });
  await cluster.advanceTo(186);
  await stepThrough(cluster, 4);
  const { clock } = await cluster.status();
  const shown = await cluster.events();
  if (playRun({ ...(await cluster.run()), untilUs: clock.nowUs }).length <= shown.length) {
    throw new Error('The moment has been shown as a whole.');
  }
  return cluster;
}

describe('Stepping', () => {
  it('shows one listed event at a time and leaves none out', async () => {
    const cluster = createSimulatedCluster({ seed: 77 });
    await cluster.advanceTo(100);
    const before = await cluster.events();
    const steps = await stepThrough(cluster, 60);
    for (const step of steps) expect(step.filter(listed).length).toBeLessThanOrEqual(1);
    await cluster.advanceTo(0);
    const whole = playRun(await cluster.run());
    expect(whole.slice(0, before.length + steps.flat().length)).toEqual([...before, ...steps.flat()]);
    expect(await cluster.events()).toEqual(whole);
  });

  it('shows in the status and the events the fold up to there, and nothing beyond', async () => {
    const cluster = await midMoment();
    const events = await cluster.events();
    const view = events.reduce((now, event) => fold(now, [event]), initialView((await cluster.run()).config));
    const { nodes } = await cluster.status();
    for (const { id, role, term, lastLogIndex } of nodes) {
      expect({ role, term, lastLogIndex }).toEqual({
        role: view.nodes[id]?.role,
        term: view.nodes[id]?.term,
        lastLogIndex: view.nodes[id]?.log.size,
      });
    }
  });

  it('does not go on in time before all of a moment is shown', async () => {
    const cluster = await midMoment();
    const { nowUs } = (await cluster.status()).clock;
    const [next] = await cluster.step();
    expect(next?.atUs).toBe(nowUs - 1);
    expect((await cluster.status()).clock.nowUs).toBe(nowUs);
  });

  it.each<[string, (cluster: ClusterControl) => Promise<unknown>]>([
    ['an action', (cluster) => cluster.kill('n2')],
    ['a request', async (cluster) => void cluster.set('x', '1').catch(() => undefined)],
    ['playing', (cluster) => cluster.play()],
    ['going ahead', (cluster) => cluster.advanceTo(0)],
  ])('%s first shows what is left of the moment', async (_name, goOn) => {
    const cluster = await midMoment();
    await goOn(cluster);
    expect(await cluster.events()).toEqual(playRun(await cluster.run()));
  });

  it('lets nobody act upon half a moment: what is possible is told by all of it', async () => {
    const cluster = createSimulatedCluster({ seed: 77 });
    await cluster.advanceTo(186);
    const becomesLeader = ({ event }: TimelineEvent): boolean => event.type === 'became-leader';
    // A vote comes in, and is counted. That it was the last one needed has happened, but is not shown yet.
    await cluster.step();
    expect((await cluster.step()).map(({ event }) => event.type)).toEqual(['vote-counted']);
    expect((await cluster.events()).some(becomesLeader)).toBe(false);
    await expect(cluster.timeOutNow('n5')).rejects.toThrow('n5 leads, and a leader has no election timer.');
  });

  it('tells listeners of just what it shows', async () => {
    const cluster = await midMoment();
    const told: TimelineEvent[] = [];
    cluster.subscribe((update) => {
      if (update.type === 'events') told.push(...update.events);
    });
    const shown = [...(await cluster.step()), ...(await cluster.step())];
    expect(told).toEqual(shown);
  });

  it('does what a loaded run has to do on its way, one after the other', async () => {
    const recorded = createSimulatedCluster({ seed: 5 });
    await recorded.advanceTo(50);
    await recorded.kill('n1');
    await recorded.cut([{ from: 'n2', to: 'n3' }]);
    const run = await recorded.run();
    const cluster = createSimulatedCluster();
    await cluster.load(run);
    const steps = await stepThrough(cluster, 2);
    const actions = steps.flat().filter(({ event }) => event.type === 'action');
    expect(actions.map(({ event }) => 'action' in event && event.action.type)).toEqual(['kill', 'cut']);
    expect((await cluster.status()).cuts).toEqual(['n2>n3']);
  });

  it('shows nothing where nothing is due any more', async () => {
    const cluster = createSimulatedCluster({ seed: 5 });
    await cluster.advanceTo(1);
    for (const node of ['n1', 'n2', 'n3', 'n4', 'n5']) await cluster.kill(node);
    expect(await cluster.step()).toEqual([]);
  });
});
