import type { NodeId } from './entry.ts';

/** What a node is told at birth. Times in microseconds, limits as counts. */
export interface RaftConfig {
  readonly id: NodeId;
  /** The voters of a new cluster, in a fixed order; empty for a node that is to join one that runs. */
  readonly members: readonly NodeId[];
  /** An election timeout is drawn uniformly from [min, max) for every wait (§5.2). */
  readonly electionTimeoutMinUs: number;
  readonly electionTimeoutMaxUs: number;
  readonly heartbeatUs: number;
  /** The most entries that one AppendEntries carries. */
  readonly maxEntriesPerAppend: number;
  /** The most entries that a leader holds beyond its commit index before it refuses proposals. */
  readonly maxUncommittedEntries: number;
  /** Who would stand asks first, with its term as it is, whether a majority would vote for it (thesis 9.6). Left out: no. */
  readonly preVote?: boolean;
  /** A leader that has not heard from a majority for the longest election timeout steps down (thesis 6.2). Left out: no. */
  readonly checkQuorum?: boolean;
  /**
   * Who has heard from a leader within the shortest election timeout ignores vote requests, and the terms in them
   * (thesis 4.2.3). Left out: no.
   */
  readonly leaderStickiness?: boolean;
  /** Whether events are made. A benchmark and a production node turn them off. */
  readonly observe: boolean;
}
