import type { DrawOptions } from '../../sim/fuzz/draw-run.ts';
import type { FailingSeed, SeedsPlayed } from '../../sim/fuzz/play-seeds.ts';
import type { SeedShare } from '../../sim/fuzz/seed-plan.ts';
import type { Shrunk } from '../../sim/fuzz/shrink.ts';

/** What a thread of the fuzzer is asked to do. */
export type FuzzTask =
  | { readonly type: 'play'; readonly share: SeedShare; readonly options: DrawOptions }
  | { readonly type: 'shrink'; readonly found: FailingSeed };

/** And its answer. */
export type FuzzAnswer =
  { readonly type: 'played'; readonly played: SeedsPlayed } | { readonly type: 'shrunk'; readonly shrunk: Shrunk };
