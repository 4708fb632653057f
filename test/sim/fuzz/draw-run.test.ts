import { describe, expect, it, test } from 'vitest';
import { sabotageNames } from '../../../src/raft/sabotage-name.ts';
import { drawRun } from '../../../src/sim/fuzz/draw-run.ts';
import { faultBook } from '../../../src/sim/fuzz/fault-book.ts';
import { demandOf, isFairDemand } from '../../../src/sim/fuzz/progress.ts';
import { formatRun, parseRun } from '../../../src/timeline/run-file.ts';
import type { Run } from '../../../src/timeline/run.ts';

const drawn = Array.from({ length: 300 }, (_, seed) => drawRun(seed));

describe('A run that is drawn from a seed', { timeout: 30_000 }, () => {
  it('is the same for the same seed and options, and another for another seed', () => {
    expect(drawRun(7)).toEqual(drawRun(7));
    expect(drawRun(7, { nodes: 3 })).toEqual(drawRun(7, { nodes: 3 }));
    expect(new Set(drawn.map((run) => JSON.stringify(run))).size).toBe(drawn.length);
  });

  it('is a run file like any other, whatever rules are wrong in it', () => {
    const wrong = sabotageNames.map((name, place) => drawRun(place, { sabotages: [name] }));
    for (const run of [...drawn.slice(0, 100), ...wrong]) expect(parseRun(formatRun(run))).toEqual({ run });
  });

  it('demands nothing that a cluster may rightly fail to do, and mostly demands something', () => {
    for (const run of drawn) expect(isFairDemand(run), `seed ${run.seed}`).toBe(true);
    const demands = drawn.map((run) => demandOf(run)?.demand);
    for (const demand of ['write', 'read', 'transfer'] as const) expect(demands).toContain(demand);
    expect(demands.filter((demand) => demand !== undefined).length).toBeGreaterThan(drawn.length / 2);
  });

  it('has as many nodes as are asked for', () => {
    for (const nodes of [1, 3, 8]) expect(drawRun(1, { nodes }).config.nodes).toBe(nodes);
  });
});

test('every kind of fault is drawn, and none in every run', () => {
  /** What says of a run that it was drawn, where the name of the action alone does not. */
  const typesOf = (run: Run): Set<string> => new Set(run.actions.map(({ action }) => action.type));
  const runs = drawn.map(typesOf);
  const wanted = ['kill', 'restart', 'pause', 'power-failure', 'set-disk', 'set-clock', 'jump-clock', 'time-out-now'];
  wanted.push('set-handling', 'damage-disk', 'swap-disks', 'clog', 'flap');
  wanted.push('transfer', 'snapshot', 'change-membership', 'split', 'isolate', 'cut', 'set-links', 'start-node');
  for (const type of wanted) {
    expect(
      runs.some((types) => types.has(type)),
      type,
    ).toBe(true);
  }
  for (const { draw, name } of faultBook) expect(draw, name).toBeTypeOf('function');
  expect(runs.some((types) => !types.has('restart') && !types.has('cut'))).toBe(true);
});
