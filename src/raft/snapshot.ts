import type { Configuration } from './configuration.ts';

/** A place in the log: an entry's index and its term; both 0 before the first entry. */
export interface LogPlace {
  readonly index: number;
  readonly term: number;
}

/**
 * The state machine as it stood after the entry at `index` was applied, in place of the log up to there (§7). `data` is
 * the state machine's own: the core never looks inside it and never changes it.
 */
export interface Snapshot extends LogPlace {
  /** The configuration that held at `index` (§7). */
  readonly configuration: Configuration;
  readonly data: Uint8Array;
}
