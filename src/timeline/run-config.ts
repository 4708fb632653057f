import type { Delay, LinkQuality } from './action.ts';

/** The latency of a link never goes below this, in virtual microseconds: it is what lets nodes run in parallel. */
export const LATENCY_FLOOR_US = 1_000;

/**
 * No write to a disk is done sooner than this, in virtual microseconds. So a disk does no two writes at one moment, and the
 * moment of the last one says which it was.
 */
export const DISK_FLOOR_US = 1;

/** How a cluster is set up. Part of the run; all times virtual milliseconds. */
export interface RunConfig {
  /** How many nodes, named n1, n2, ... */
  readonly nodes: number;
  readonly electionTimeoutMs: { readonly min: number; readonly max: number };
  readonly heartbeatMs: number;
  /** All links at the start, those of clients included. */
  readonly network: LinkQuality;
  readonly disk: Delay;
  readonly maxEntriesPerAppend: number;
  readonly maxUncommittedEntries: number;
  /** Whether a node asks if it would be elected before it takes on a new term (thesis 9.6). Left out: no. */
  readonly preVote?: boolean;
  /** Whether a leader that hears from no majority for an election timeout steps down (thesis 6.2). Left out: no. */
  readonly checkQuorum?: boolean;
  /** Whether a node that has just heard from a leader ignores vote requests (thesis 4.2.3). Left out: no. */
  readonly leaderStickiness?: boolean;
  readonly client: {
    /** How long the clerk waits for one node's answer before it tries another. */
    readonly attemptTimeoutMs: number;
    /** How long the clerk tries in all before the request's fate is failed or unknown. */
    readonly deadlineMs: number;
    /** How long it waits before it asks again after a refusal. */
    readonly retryDelayMs: number;
  };
}

export const defaultRunConfig: RunConfig = {
  nodes: 5,
  electionTimeoutMs: { min: 150, max: 300 },
  heartbeatMs: 50,
  network: { latency: { meanMs: 18, spreadMs: 6 }, loss: 0, duplication: 0 },
  disk: { meanMs: 3, spreadMs: 1 },
  maxEntriesPerAppend: 64,
  maxUncommittedEntries: 1_000,
  client: { attemptTimeoutMs: 400, deadlineMs: 4_000, retryDelayMs: 60 },
};
