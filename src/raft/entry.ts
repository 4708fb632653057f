import type { Configuration } from './configuration.ts';

export type { NodeId } from './node-id.ts';

/** A command of the replicated state machine. The core never looks inside it. */
export type Command = unknown;

/**
 * One place in the replicated log (§5.3). `index` counts from 1; `term` is the term of the leader that created it.
 * A `no-op` is what a new leader appends first, so that it can learn what is committed (§8). A `configuration` says who
 * belongs to the cluster from here on (§6).
 */
export type Entry =
  | { readonly type: 'no-op'; readonly index: number; readonly term: number }
  | { readonly type: 'command'; readonly index: number; readonly term: number; readonly command: Command }
  | {
      readonly type: 'configuration';
      readonly index: number;
      readonly term: number;
      readonly configuration: Configuration;
    };
