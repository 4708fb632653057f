import { Map as ImmutableMap } from 'immutable';
import { describe, expect, test } from 'vitest';
import type { ClockStatus } from '../../src/cluster/cluster-control.ts';
import { initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import type { View } from '../../src/timeline/view.ts';
import { changeWorld } from '../../src/timeline/world.ts';
import { clockPhrase, neighbourSpeed, speedToStep, SPEED_STEPS, stepToSpeed } from '../../src/ui/clock-words.ts';
import { LeaderBands, MAX_BANDS } from '../../src/ui/panels/leader-bands.ts';
import { storeRows } from '../../src/ui/panels/store-rows.ts';
import { MAX_HISTORY, remembered } from '../../src/ui/panels/use-command-editing.ts';

test('the command line remembers the last hundred lines, each once', () => {
  let lines: readonly string[] = [];
  for (let count = 0; count <= MAX_HISTORY; count++) lines = remembered(lines, `get k${count}`);
  expect(lines).toHaveLength(100);
  expect([lines[0], lines.at(-1)]).toEqual(['get k1', 'get k100']);
  lines = remembered(lines, 'get k1');
  expect(lines).toHaveLength(100);
  expect([lines[0], lines.at(-1)]).toEqual(['get k2', 'get k1']);
});

describe('stores side by side', () => {
  const base = initialView(defaultRunConfig);
  function viewWith(stores: readonly Readonly<Record<string, string>>[], applied: readonly number[]): View {
    const nodes = { ...base.nodes };
    for (const [place, id] of base.world.nodes.entries()) {
      const node = nodes[id];
      if (node === undefined) continue;
      nodes[id] = { ...node, store: ImmutableMap(stores[place] ?? {}), lastApplied: applied[place] ?? 0 };
    }
    return { ...base, nodes };
  }

  test('keys stand in order, numbers in them as numbers', () => {
    const all = { k10: '1', k9: '1', a: '1' };
    expect(storeRows(viewWith([all, all, all, all, all], [3, 3, 3, 3, 3])).keys).toEqual(['a', 'k9', 'k10']);
  });

  test('nodes are compared with the one that has applied most: missing, other and extra keys count', () => {
    const view = viewWith(
      [{ a: '1', b: '1' }, { a: '2', c: '1' }, { a: '1', b: '1' }, {}, { a: '1', b: '1' }],
      [5, 4, 5, 0, 5],
    );
    const rows = storeRows(view);
    expect(rows.reference).toBe('n1');
    expect(rows.differing).toEqual([
      { node: 'n2', keys: 3 },
      { node: 'n4', keys: 2 },
    ]);
    expect(rows.keys).toEqual(['a', 'b', 'c']);
  });

  test('a dead node is not compared, and its keys are not listed', () => {
    const view = viewWith([{ a: '1' }, { z: '1' }, { a: '1' }, { a: '1' }, { a: '1' }], [1, 9, 1, 1, 1]);
    const world = changeWorld(view.world, { type: 'kill', node: 'n2' }, 0);
    expect(storeRows({ ...view, world })).toEqual({ keys: ['a'], reference: 'n1', differing: [] });
  });

  test('the list of keys stays the same object while no key comes or goes', () => {
    const before = storeRows(viewWith([{ a: '1' }], [1]));
    expect(storeRows(viewWith([{ a: '2' }], [2]), before).keys).toBe(before.keys);
    expect(storeRows(viewWith([{ b: '2' }], [2]), before).keys).toEqual(['b']);
  });
});

describe('the leaders’ bands', () => {
  function bandsOf(events: readonly TimelineEvent[]) {
    const bands = new LeaderBands();
    // In two parts, as events come.
    const part = { first: 0, length: 1, at: (position: number) => events[position] };
    bands.advance(part);
    bands.advance({ ...part, length: events.length });
    return bands.bands.map(({ node, term, fromUs, toUs }) => [node, term, fromUs, toUs]);
  }
  const lead = (atUs: number, actor: string, term: number): TimelineEvent => ({
    atUs,
    actor,
    event: { type: 'became-leader', term, lastIndex: 0, peers: [], rule: 'majority' },
  });

  test('a band ends when its leader steps down, dies, or another of a higher term leads', () => {
    const events: readonly TimelineEvent[] = [
      lead(10, 'n1', 1),
      { atUs: 20, actor: 'n1', event: { type: 'became-follower', term: 2, leader: undefined, rule: 'higher-term' } },
      lead(30, 'n2', 2),
      { atUs: 40, actor: 'cluster', event: { type: 'action', action: { type: 'kill', node: 'n2' } } },
      lead(50, 'n3', 3),
      lead(60, 'n4', 4),
    ];
    expect(bandsOf(events)).toEqual([
      ['n1', 1, 10, 20],
      ['n2', 2, 30, 40],
      ['n3', 3, 50, 60],
      ['n4', 4, 60, undefined],
    ]);
  });

  test(`the oldest of more than ${MAX_BANDS} bands are forgotten`, () => {
    const events = Array.from({ length: MAX_BANDS + 50 }, (_, number) => lead(number, 'n1', number + 1));
    const bands = bandsOf(events);
    expect(bands).toHaveLength(MAX_BANDS);
    expect(bands.at(-1)).toEqual(['n1', MAX_BANDS + 50, MAX_BANDS + 49, undefined]);
  });

  test('what happens to others ends nothing, nor does a leader of an older term', () => {
    const events: readonly TimelineEvent[] = [
      lead(10, 'n1', 5),
      { atUs: 20, actor: 'n2', event: { type: 'became-follower', term: 5, leader: 'n1', rule: 'leader-of-term' } },
      { atUs: 30, actor: 'cluster', event: { type: 'action', action: { type: 'kill', node: 'n3' } } },
      lead(40, 'n4', 4),
    ];
    expect(bandsOf(events)).toEqual([['n1', 5, 10, undefined]]);
  });
});

describe('the clock in words', () => {
  const clock: ClockStatus = {
    nowUs: 0,
    playing: true,
    speed: 1,
    pace: 1,
    replay: undefined,
    busy: undefined,
    undoable: undefined,
  };

  test('the slider reaches from 1/1000 to 20 and snaps to round speeds', () => {
    expect(stepToSpeed(0)).toBe(0.001);
    expect(stepToSpeed(SPEED_STEPS)).toBe(20);
    for (const speed of [0.001, 0.01, 0.1, 1, 20]) expect(stepToSpeed(speedToStep(speed))).toBe(speed);
    expect(stepToSpeed(speedToStep(1) + 3)).toBe(1);
  });

  test('every place of the slider is a speed within bounds, and none is slower than the one before', () => {
    let last = 0;
    for (let step = 0; step <= SPEED_STEPS; step++) {
      const speed = stepToSpeed(step);
      expect(speed).toBeGreaterThanOrEqual(Math.max(last, 0.001));
      expect(speed).toBeLessThanOrEqual(20);
      last = speed;
    }
  });

  test('the speed beside the present one is the next round one', () => {
    expect(neighbourSpeed(0.1, 1)).toBe(0.2);
    expect(neighbourSpeed(0.15, -1)).toBe(0.1);
    expect(neighbourSpeed(20, 1)).toBe(20);
    expect(neighbourSpeed(0.001, -1)).toBe(0.001);
  });

  test('it says what a person needs to know, and nothing when all is as wished', () => {
    expect(clockPhrase(clock, false)).toBe('');
    expect(clockPhrase({ ...clock, pace: 0.95 }, false)).toBe('');
    expect(clockPhrase({ ...clock, pace: 0.4 }, false)).toBe('slower than asked: this machine manages 0.4×');
    expect(clockPhrase({ ...clock, playing: false }, false)).toBe('paused');
    expect(clockPhrase({ ...clock, busy: 'starting' }, true)).toBe('starting…');
    const progress = { share: 0.417, canStop: true };
    expect(clockPhrase({ ...clock, busy: 'playing ahead', progress }, false)).toBe('playing ahead: 42 %');
    expect(clockPhrase(clock, true)).toBe('shown as it was');
    expect(clockPhrase({ ...clock, replay: { untilUs: 1, actionsLeft: 3 } }, false)).toBe(
      'replaying: 3 actions to come',
    );
    expect(clockPhrase({ ...clock, replay: { untilUs: 1, actionsLeft: 1 } }, false)).toBe(
      'replaying: 1 action to come',
    );
  });
});
