import { describe, expect, it } from 'vitest';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import type { Operation } from '../../src/kv/command.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { defaultRunConfig, type RunConfig } from '../../src/timeline/run-config.ts';
import { Checks } from '../../src/ui/checks/checks.ts';
import { RunChecks } from '../../src/ui/checks/run-checks.ts';
import { createFrameScheduler } from '../../src/ui/scheduler.ts';
import { Timeline } from '../../src/timeline/timeline.ts';

/** Checks over a simulated cluster, whose frames come when the test says so; what they say and do is written down. */
function open(config: Partial<RunConfig> = {}) {
  const control = createSimulatedCluster({ seed: 3 });
  const asked: FrameRequestCallback[] = [];
  const said: string[] = [];
  let nowMs = 0;
  const begin = async (): Promise<Checks> => {
    await control.reset({ nodes: 3, seed: 3, config });
    return new Checks({
      control,
      scheduler: createFrameScheduler((callback) => asked.push(callback)),
      wallMs: () => nowMs,
      hand: {
        attempt: (work) => {
          said.push('attempt');
          void work();
        },
        show: (request) => said.push(`show ${request}`),
      },
    });
  };
  const frame = (): void => {
    nowMs += 1_000;
    asked.shift()?.(0);
  };
  return { control, begin, said, frame };
}

describe('The checks of the run on the screen', () => {
  it('see every event as it comes, and have nothing to say of a run by the rules', async () => {
    const { control, begin, said, frame } = open();
    const checks = await begin();
    await control.advanceTo(2_000);
    frame();
    const run = checks.run;
    expect(run?.report).toMatchObject({ from: 0, breach: undefined, verdict: { type: 'linearizable' } });
    expect(run?.report.events).toBe((await control.events()).length);
    expect(run?.isBehind).toBe(false);
    expect(run?.exercised('election-safety')).toBeGreaterThan(0);
    expect(said).toEqual([]);
  });

  it('stop the clock at the first breach and show themselves, once a run', async () => {
    const { control, begin, said, frame } = open({ sabotages: ['vote-before-disk'] });
    const checks = await begin();
    await control.advanceTo(2_000);
    frame();
    await control.advanceTo(3_000);
    frame();
    expect(checks.run?.report.breach?.invariant).toBe('on-disk-first');
    expect(said).toEqual(['attempt', 'show checks']);
  });

  it('go over to another cluster where that is shown, and judge it alone', async () => {
    const { begin, said, frame } = open();
    const checks = await begin();
    const other = createSimulatedCluster({
      seed: 3,
      config: { ...defaultRunConfig, nodes: 3, sabotages: ['vote-before-disk'] },
    });
    checks.watch(other);
    await other.advanceTo(2_000);
    frame();
    expect(checks.isBroken).toBe(true);
    expect(said).toEqual(['attempt', 'show checks']);
    expect((await other.status()).clock.playing).toBe(false);
  });

  it('catch up with a run that was there before them, a little at a time', async () => {
    const { control, begin, frame } = open({ sabotages: ['vote-before-disk'] });
    await begin();
    await control.advanceTo(5_000);
    const late = await control.status();
    expect(late.clock.nowUs).toBe(5_000_000);
    const timeline = new Timeline(late.config);
    timeline.append(await control.events());
    const run = new RunChecks(timeline, late.config);
    expect(run.isBehind).toBe(true);
    run.advance(0, () => 0);
    expect(run.report.events).toBe(512);
    while (run.isBehind) run.advance(0, () => 0);
    expect(run.report.breach?.events.at(-1)?.index).toBeLessThan(timeline.length);
    frame();
  });

  it('begin with the first event that is held, where earlier ones have been dropped', async () => {
    const { control, begin } = open();
    await begin();
    await control.advanceTo(3_000);
    const { config } = await control.status();
    const events = await control.events();
    const timeline = new Timeline(config, { maxEvents: 200 });
    timeline.append(events.slice(0, 300));
    const run = new RunChecks(timeline, config);
    expect(run.report.from).toBe(timeline.first);
    timeline.append(events.slice(300));
    while (run.isBehind) run.advance(0, () => 0);
    expect(run.report.from).toBe(timeline.first);
    expect(run.report.from + run.report.events).toBe(timeline.length);
    expect(run.report.breach).toBeUndefined();
  });

  it('say where what clients saw cannot be explained, and which request has no place, but for reads that may be stale', () => {
    for (const reads of ['log', 'stale'] as const) {
      const config = { ...defaultRunConfig, reads };
      const timeline = new Timeline(config);
      timeline.append([
        ...asked('r1', { type: 'set', key: 'x', value: '1' }, '1'),
        ...asked('r2', { type: 'set', key: 'x', value: '2' }, '2'),
        ...asked('r3', { type: 'get', key: 'x' }, '1'),
      ]);
      const run = new RunChecks(timeline, config);
      run.advance(1, () => 0);
      run.judge();
      const { verdict, culprit } = run.report;
      if (reads === 'stale') {
        expect(verdict.type).toBe('linearizable');
        continue;
      }
      expect(verdict).toMatchObject({ type: 'not-linearizable', key: 'x' });
      expect([culprit?.invokedAt, culprit?.returnedAt]).toEqual([4, 5]);
    }
  });

  it('do not judge what clients saw where their first requests have been dropped: nobody knows what a key held then', () => {
    const timeline = new Timeline(defaultRunConfig, { maxEvents: 4 });
    timeline.append([
      ...asked('r1', { type: 'set', key: 'x', value: '1' }, '1'),
      ...asked('r2', { type: 'get', key: 'y' }, ''),
      ...asked('r3', { type: 'get', key: 'x' }, '1'),
    ]);
    const run = new RunChecks(timeline, defaultRunConfig);
    run.advance(1, () => 0);
    run.judge();
    expect(run.report.from).toBeGreaterThan(0);
    expect(run.report.verdict.type).toBe('linearizable');
  });

  it('begin anew with each run', async () => {
    const { control, begin, frame } = open({ sabotages: ['vote-before-disk'] });
    const checks = await begin();
    frame();
    await control.advanceTo(2_000);
    expect(checks.run?.report.breach).toBeDefined();
    await control.reset({ nodes: 3, seed: 4 });
    expect(checks.run?.report).toMatchObject({ breach: undefined, from: 0 });
  });
});

/** A request that was answered with that value. */
function asked(requestId: string, operation: Operation, value: string): TimelineEvent[] {
  const result = { type: 'ok', value } as const;
  return [
    { atUs: 0, actor: 'c1', event: { type: 'request-submitted', requestId, operation } },
    {
      atUs: 0,
      actor: 'c1',
      event: { type: 'request-ended', requestId, fate: { type: 'committed', index: 1, result } },
    },
  ];
}
