import type { Command, NodeId } from './entry.ts';
import type { LeaseConfig } from './lease-state.ts';

/** How much of a snapshot goes into one message, unless a config says otherwise. */
export const SNAPSHOT_CHUNK_BYTES = 65_536;

/** How long a snapshot may be, unless a config says otherwise. It bounds what a leader can make a follower hold in memory. */
export const MAX_SNAPSHOT_BYTES = 256 * 1_048_576;

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
  /**
   * How many bytes a command counts, the same on every node. Left out: bytes are not counted, and the limits that are told
   * in bytes do not hold.
   */
  readonly sizeOf?: (command: Command) => number;
  /** The most bytes of entries that one AppendEntries carries; one entry always fits. Left out: no limit. */
  readonly maxBytesPerAppend?: number;
  /** How many bytes may stand beyond a leader's commit index for it to take one more proposal. Left out: no limit. */
  readonly maxUncommittedBytes?: number;
  /** Whether entries go on to a peer while it has yet to answer for those before (thesis 10.2.1). Left out: yes. */
  readonly pipelining?: boolean;
  /** The most appends with entries under way to one peer, 1 or more. Left out: MAX_INFLIGHT_MESSAGES of in-flight.ts. */
  readonly maxInflightMessages?: number;
  /** With so many bytes of entries under way to a peer, no more are sent to it. Left out: no limit. */
  readonly maxInflightBytes?: number;
  /**
   * A peer that has not answered for the shortest election timeout, while an append is under way to it, gets one append
   * at a time. Left out: only where the most that may be are under way.
   */
  readonly probeSilent?: boolean;
  /** An idle leader tells of a new commit index at once, and not with the next heartbeat. Left out: no. */
  readonly eagerCommit?: boolean;
  /** Who would stand asks first, with its term as it is, whether a majority would vote for it (thesis 9.6). Left out: no. */
  readonly preVote?: boolean;
  /** A leader that has not heard from a majority for the longest election timeout steps down (thesis 6.2). Left out: no. */
  readonly checkQuorum?: boolean;
  /**
   * Who has heard from a leader within the shortest election timeout ignores vote requests, and the terms in them
   * (thesis 4.2.3). Left out: no.
   */
  readonly leaderStickiness?: boolean;
  /** How many of the entries that a snapshot replaces stay in the log, for followers that are a little behind. Left out: 0. */
  readonly keepEntries?: number;
  /** The most bytes of a snapshot that one message carries, above 0. Left out: {@link SNAPSHOT_CHUNK_BYTES}. */
  readonly snapshotChunkBytes?: number;
  /** The most bytes that a snapshot may have, to be taken and to be received. Left out: {@link MAX_SNAPSHOT_BYTES}. */
  readonly maxSnapshotBytes?: number;
  /** Leaders hold leases, by which they answer reads (thesis 6.4.1). Every member must have the same. Left out: there are none. */
  readonly lease?: LeaseConfig;
  /** Whether events are made. A benchmark and a production node turn them off. */
  readonly observe: boolean;
}
