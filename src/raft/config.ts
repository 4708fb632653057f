import type { NodeId } from './entry.ts';

/** What a node is told at birth. Times in microseconds, limits as counts. */
export interface RaftConfig {
  readonly id: NodeId;
  /** All voting members, this node among them, in a fixed order. */
  readonly members: readonly NodeId[];
  /** An election timeout is drawn uniformly from [min, max) for every wait (§5.2). */
  readonly electionTimeoutMinUs: number;
  readonly electionTimeoutMaxUs: number;
  readonly heartbeatUs: number;
  /** The most entries that one AppendEntries carries. */
  readonly maxEntriesPerAppend: number;
  /** The most entries that a leader holds beyond its commit index before it refuses proposals. */
  readonly maxUncommittedEntries: number;
  /** Whether events are made. A benchmark and a production node turn them off. */
  readonly observe: boolean;
}
