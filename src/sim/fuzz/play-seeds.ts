import type { Run } from '../../timeline/run.ts';
import { drawRun, type DrawOptions } from './draw-run.ts';
import type { Failure } from './failure.ts';
import { addCounts, type FaultCounts } from './fault-counts.ts';
import { playChecked } from './play-checked.ts';

/** What came of some seeds. */
export interface SeedsPlayed {
  /** How many were played. */
  readonly seeds: number;
  /** How long the runs were in all, virtual microseconds. */
  readonly playedUs: number;
  readonly events: number;
  readonly faults: FaultCounts;
  /** The first that failed, the last that was played. */
  readonly found: FailingSeed | undefined;
}

export interface FailingSeed {
  readonly seed: number;
  readonly failure: Failure;
  readonly run: Run;
}

/** Plays one seed after the other, `count` of them or up to the first that fails. */
export function playSeeds(from: number, count: number, options: DrawOptions): SeedsPlayed {
  const faults: FaultCounts = {};
  let playedUs = 0;
  let events = 0;
  for (let place = 0; place < count; place += 1) {
    const seed = from + place;
    const run = drawRun(seed, options);
    const played = playChecked(run);
    playedUs += played.playedUs;
    events += played.events;
    addCounts(faults, played.faults);
    const { failure } = played;
    if (failure !== undefined) return { seeds: place + 1, playedUs, events, faults, found: { seed, failure, run } };
  }
  return { seeds: count, playedUs, events, faults, found: undefined };
}
