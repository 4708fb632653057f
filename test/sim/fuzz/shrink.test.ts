import { describe, expect, it } from 'vitest';
import type { SabotageName } from '../../../src/raft/sabotage-name.ts';
import { isSameFailure } from '../../../src/sim/fuzz/failure.ts';
import { playChecked } from '../../../src/sim/fuzz/play-checked.ts';
import { playSeeds, type FailingSeed } from '../../../src/sim/fuzz/play-seeds.ts';
import { isFairDemand } from '../../../src/sim/fuzz/progress.ts';
import { shrink } from '../../../src/sim/fuzz/shrink.ts';
import { playRun } from '../../../src/sim/simulator.ts';
import { formatRun, parseRun } from '../../../src/timeline/run-file.ts';

function failing(sabotage: SabotageName, from = 1): FailingSeed {
  const { found } = playSeeds(from, 200, { sabotages: [sabotage] });
  if (found === undefined) throw new Error(`${sabotage} was not found.`);
  return found;
}

describe('A run that fails, made small', { timeout: 60_000 }, () => {
  const sabotages = ['half-is-majority', 'retry-applied-twice', 'lease-ignores-drift'] as const;
  it.each(sabotages)('still fails for the same reason, as a run file of its own that plays alike: %s', (sabotage) => {
    const { run, failure } = failing(sabotage);
    const small = shrink(run, failure, isSameFailure, 800);
    const read = parseRun(formatRun(small.run));
    if ('error' in read) throw new Error(read.error);
    const again = playChecked(read.run);
    expect(again.failure).toEqual(small.failure);
    expect(isSameFailure(small.failure, failure)).toBe(true);
    expect(playRun(read.run)).toEqual(playRun(small.run));
    expect(small.run.actions.length).toBeLessThan(run.actions.length / 4);
    expect(small.run.config.nodes).toBeLessThanOrEqual(run.config.nodes);
    expect(small.run.untilUs).toBeLessThanOrEqual(run.untilUs);
    expect(small.plays).toBeLessThanOrEqual(800);
  });

  it('goes on demanding no more than is fair, where nothing came about', () => {
    const { run, failure } = failing('timeout-now-asks-first');
    expect(failure.kind).toBe('progress');
    const small = shrink(run, failure, isSameFailure, 60);
    expect(isFairDemand(small.run)).toBe(true);
    expect(playChecked(small.run).failure?.kind).toBe('progress');
    expect(small.run.actions.length).toBeLessThan(run.actions.length);
  });

  it('is the same every time', () => {
    const { run, failure } = failing('half-is-majority');
    expect(shrink(run, failure, isSameFailure, 100)).toEqual(shrink(run, failure, isSameFailure, 100));
  });
});
