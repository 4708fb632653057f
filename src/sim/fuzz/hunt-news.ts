import type { DrawOptions } from './draw-run.ts';
import type { Shrunk } from './shrink.ts';
import type { Run } from '../../timeline/run.ts';

/** What a hunt looks for: seeds from `from` on, drawn with these options. */
export interface HuntOrder {
  readonly from: number;
  readonly options: DrawOptions;
}

/** How far a hunt has come: so many seeds, whose runs took so long, virtual microseconds. */
export interface HuntSum {
  readonly seeds: number;
  readonly playedUs: number;
}

/** A failure that was found, and the small run that is left of it. */
export interface Prey {
  readonly seed: number;
  /** As it was drawn. */
  readonly drawn: Run;
  readonly shrunk: Shrunk;
}

/** What the thread of a hunt tells, one after the other. */
export type HuntNews =
  | { readonly type: 'hunting'; readonly sum: HuntSum }
  /** A seed failed, and is made small. */
  | { readonly type: 'shrinking'; readonly sum: HuntSum; readonly seed: number; readonly sentence: string }
  | { readonly type: 'found'; readonly sum: HuntSum; readonly prey: Prey }
  /** There are no more seeds. */
  | { readonly type: 'exhausted'; readonly sum: HuntSum };
