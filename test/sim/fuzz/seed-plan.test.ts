import { describe, expect, it } from 'vitest';
import { drawRun } from '../../../src/sim/fuzz/draw-run.ts';
import type { FailingSeed, SeedsPlayed } from '../../../src/sim/fuzz/play-seeds.ts';
import { SeedPlan, type SeedShare } from '../../../src/sim/fuzz/seed-plan.ts';

function found(seed: number): FailingSeed {
  return { seed, failure: { kind: 'error', name: 'one', sentence: 'One.', atUs: 1, events: 1 }, run: drawRun(seed) };
}

/** As if the share had been played, where the seeds in `failing` fail. */
function played({ from, count }: SeedShare, failing: readonly number[] = []): SeedsPlayed {
  const first = failing.find((seed) => seed >= from && seed < from + count);
  const seeds = first === undefined ? count : first - from + 1;
  return {
    seeds,
    playedUs: seeds * 1_000,
    events: seeds * 10,
    faults: { kill: seeds },
    found: first === undefined ? undefined : found(first),
  };
}

function dealtBy(plan: SeedPlan): SeedShare {
  const share = plan.deal();
  if (share === undefined) throw new Error('Nothing was dealt.');
  return share;
}

describe('A plan of seeds', () => {
  it('deals each seed once, and sums up what came of them', () => {
    const plan = new SeedPlan(5, 25, 10);
    const shares = [dealtBy(plan), dealtBy(plan), dealtBy(plan)];
    expect(shares).toEqual([
      { from: 5, count: 10 },
      { from: 15, count: 10 },
      { from: 25, count: 5 },
    ]);
    expect(plan.deal()).toBeUndefined();
    for (const share of shares) plan.gather(played(share));
    expect(plan.sum).toEqual({ seeds: 25, playedUs: 25_000, events: 250, faults: { kill: 25 }, found: undefined });
    expect(plan.isDone).toBe(true);
  });

  it('finds the lowest seed that fails, whoever is done first, and deals nothing above it', () => {
    const plan = new SeedPlan(0, 100, 10);
    const [low, high] = [dealtBy(plan), dealtBy(plan)];
    plan.gather(played(high, [13]));
    expect(plan.deal()).toBeUndefined();
    expect(plan.isDone).toBe(false);
    plan.gather(played(low, [4]));
    expect(plan.sum.found?.seed).toBe(4);
    expect(plan.isDone).toBe(true);
  });
});
