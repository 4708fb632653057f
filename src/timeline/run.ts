import type { TimedAction } from './action.ts';
import type { RunConfig } from './run-config.ts';

/** The version of the run file format. */
export const RUN_VERSION = 1;

/** The most actions that people may do in a run. */
export const MAX_ACTIONS = 100_000;

/**
 * The most actions that a run may hold: what the machine does to a full one (a page that is reloaded fails its power) is
 * written down too.
 */
export const MAX_ACTIONS_IN_ALL = 110_000;

/** The largest seed: seeds are whole numbers from 0. */
export const MAX_SEED = 2 ** 32 - 1;

/**
 * A run is a value: played again, it gives the same timeline, event for event. `actions` are in order of time; those of
 * one moment are done in the order in which they stand. `untilUs` is how far it was played, in virtual microseconds.
 */
export interface Run {
  readonly format: 'whitewater-run';
  readonly version: typeof RUN_VERSION;
  /** 0 to {@link MAX_SEED}. */
  readonly seed: number;
  readonly config: RunConfig;
  readonly actions: readonly TimedAction[];
  readonly untilUs: number;
}
