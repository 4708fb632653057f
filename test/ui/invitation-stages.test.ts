import { describe, expect, it } from 'vitest';
import type { ClusterControl } from '../../src/cluster/cluster-control.ts';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { halves } from '../../src/ui/actions/cluster-actions.ts';
import {
  advanceStages,
  allOffered,
  sidesOf,
  splitStory,
  type Stages,
  storyOf,
} from '../../src/ui/invitation-stages.ts';

/** A cluster with a leader, and how the invitations stand after each thing that is told. */
async function open() {
  const control = createSimulatedCluster({ seed: 3 });
  let timeline: Timeline | undefined;
  let stages: Stages = allOffered;
  control.subscribe((update) => {
    if (update.type === 'started') timeline = new Timeline(update.config);
    if (update.type !== 'events' || timeline === undefined) return;
    const before = timeline.view;
    timeline.append(update.events);
    stages = advanceStages(stages, before, timeline.view);
  });
  const leader = await untilLeader(control, 0);
  const view = () => {
    if (timeline === undefined) throw new Error('nothing started');
    return timeline.view;
  };
  return { control, leader, view, stages: () => stages };
}

async function untilLeader(control: ClusterControl, above: number): Promise<string> {
  const { clock } = await control.status();
  for (let ms = clock.nowUs / 1_000; ms < 30_000; ms += 10) {
    await control.advanceTo(ms);
    const { leader, nodes } = await control.status();
    const term = nodes.find(({ id }) => id === leader)?.term ?? 0;
    if (leader !== undefined && term > above) return leader;
  }
  throw new Error('nobody was elected');
}

describe('the invitation', () => {
  it('to write is happening while the write is pending, and done when it is committed', async () => {
    const { control, stages } = await open();
    expect(stages().write.type).toBe('offered');
    void control.set('x', '5');
    const { clock } = await control.status();
    expect(stages().write.type).toBe('happening');
    await control.advanceTo(clock.nowUs / 1_000 + 500);
    expect(stages().write).toMatchObject({ type: 'done' });
    expect(JSON.stringify(stages().write)).toMatch(/index 2/);
  });

  it('to kill the leader is not taken up by the death of a follower', async () => {
    const { control, leader, stages } = await open();
    await control.kill(leader === 'n1' ? 'n2' : 'n1');
    expect(stages().kill.type).toBe('offered');
  });

  it('to kill the leader is done when another leads a later term', async () => {
    const { control, leader, stages } = await open();
    const { term } = await control.status();
    await control.kill(leader);
    expect(stages().kill).toEqual({ type: 'happening', sinceTerm: term });
    const next = await untilLeader(control, term);
    expect(next).not.toBe(leader);
    expect(stages().kill).toMatchObject({ type: 'done' });
  });

  it('to cut the ring is happening until the cut is healed, whoever cuts and heals', async () => {
    const { control, leader, view, stages } = await open();
    const groups = halves(view());
    await control.split(groups);
    expect(stages().split.type).toBe('happening');
    expect(
      sidesOf(view())
        .map((side) => [...side].sort().join(' '))
        .sort(),
    ).toEqual(groups.map((side) => [...side].sort().join(' ')).sort());
    expect(groups.find((side) => side.length === 2)).toContain(leader);
    const { term } = await control.status();
    await untilLeader(control, term);
    expect(splitStory(view())).toContain(`${leader} still believes it leads`);
    await control.heal();
    expect(stages().split.type).toBe('done');
  });

  it('to cut the ring leaves a majority that runs on one side, where one of five is down', async () => {
    const { control, leader, view } = await open();
    const { term } = await control.status();
    await control.kill(leader);
    const next = await untilLeader(control, term);
    const groups = halves(view());
    const [few = [], many = []] = groups;
    expect(new Set(few)).toEqual(new Set([leader, next]));
    expect(many).toHaveLength(3);
    await control.split(groups);
    expect(storyOf('split', view())).not.toContain(`${leader},`);
    await untilLeader(control, term + 1);
    expect(splitStory(view())).toContain('leads the majority');
  });

  it('to kill the leader says that nobody can win where too few run', async () => {
    const { control, view } = await open();
    for (const node of ['n1', 'n2', 'n3']) await control.kill(node);
    expect(storyOf('kill', view())).toContain('Only 2 run');
    await control.split(halves(view()));
    expect(splitStory(view())).toContain('No side has 3 running nodes');
  });

  it('to cut the ring is not taken up by a single cut link', async () => {
    const { control, stages } = await open();
    await control.cut([{ from: 'n1', to: 'n2' }]);
    expect(stages().split.type).toBe('offered');
  });
});
