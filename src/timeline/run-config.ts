import type { ClientReadMode } from '../kv/command.ts';
import type { SabotageName } from '../raft/sabotage-name.ts';
import type { Delay, LinkQuality } from './action.ts';

/** The latency of a link never goes below this, in virtual microseconds: it is what lets nodes run in parallel. */
export const LATENCY_FLOOR_US = 1_000;

/**
 * No write to a disk is done sooner than this, in virtual microseconds. So a disk does no two writes at one moment, and the
 * moment of the last one says which it was.
 */
export const DISK_FLOOR_US = 1;

/** How nodes take snapshots. Without `everyEntries` and `everyBytes` they do so only when they are told to. */
export interface SnapshotConfig {
  /** A snapshot is taken when so many entries have been applied since the last one. */
  readonly everyEntries?: number;
  /** Or when the commands that have been applied since are so many bytes. */
  readonly everyBytes?: number;
  /** How many of the entries that a snapshot replaces stay in the log, for followers that are a little behind. */
  readonly keepEntries: number;
  /** The most bytes of a snapshot that one message carries. Left out: 65,536. */
  readonly chunkBytes?: number;
}

/** Snapshots often enough to be seen, in pieces that take a few messages. */
export const snapshotsToSee: SnapshotConfig = { everyEntries: 20, keepEntries: 4, chunkBytes: 512 };

/** Leases a few heartbeats long, on clocks that are trusted to be off by a hundredth at most. */
export const leasesToSee: NonNullable<RunConfig['leases']> = { durationMs: 200, driftPpm: 10_000 };

/** Sessions that expire soon enough to be seen. */
export const sessionsToSee: NonNullable<RunConfig['sessions']> = { expiryMs: 10_000 };

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
  /** Whether entries go on to a follower that has yet to answer for those before (thesis 10.2.1). Left out: yes. */
  readonly pipelining?: boolean;
  /** The most appends with entries under way to one follower. Left out: 256. */
  readonly maxInflightMessages?: number;
  /** With so many bytes of entries under way to a follower, no more are sent to it. Left out: no limit. */
  readonly maxInflightBytes?: number;
  /** The most bytes of entries in one append, which carries one entry at least. Left out: no limit. */
  readonly maxBytesPerAppend?: number;
  /** With so many bytes of entries uncommitted, a leader refuses more. Left out: no limit. */
  readonly maxUncommittedBytes?: number;
  /** Whether a follower that does not answer for what is under way gets one append at a time. Left out: once its window is full. */
  readonly probeSilent?: boolean;
  /** Whether an idle leader tells of a new commit index at once. Left out: with the next heartbeat. */
  readonly eagerCommit?: boolean;
  /** Whether a follower hands a client's request on to the leader that it knows (thesis 6.2). Left out: it refuses, with a hint. */
  readonly forwarding?: boolean;
  /** When a node takes a snapshot by itself (§7), and how. Left out: only when it is told to. */
  readonly snapshot?: SnapshotConfig;
  /** How a read is answered that does not say (thesis 6.4). Left out: it goes through the log. */
  readonly reads?: ClientReadMode;
  /**
   * Leaders hold leases (thesis 6.4.1) of that length, which must be longer than a heartbeat, on clocks that may be off by
   * so many millionths. Left out: there are none.
   */
  readonly leases?: { readonly durationMs: number; readonly driftPpm: number };
  /**
   * Clients open sessions, and one that goes unused for so long, by the times that leaders write into the log, is
   * forgotten by all replicas at the same entry (thesis 6.3). Left out: a session begins with a client's first command.
   */
  readonly sessions?: { readonly expiryMs: number };
  /** Rules that every node has wrong, on purpose. Left out: none. */
  readonly sabotages?: readonly SabotageName[];
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
