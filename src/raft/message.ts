import type { Configuration } from './configuration.ts';
import type { Entry } from './entry.ts';

/** A candidate asks for a vote (Figure 2, RequestVote RPC). The sender is the candidate. */
export interface RequestVote {
  readonly type: 'request-vote';
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** The leader itself wants this election (thesis 3.10): whoever has just heard from it votes all the same. Else left out. */
  readonly transfer?: true;
}

/** The answer to {@link RequestVote}; it may leave only after the vote is durable (§5.1). */
export interface RequestVoteReply {
  readonly type: 'request-vote-reply';
  readonly term: number;
  readonly granted: boolean;
  /** How long, by its clock, a leader before may still hold a lease (thesis 6.4.1). Left out where there are no leases. */
  readonly leaseRemainingUs?: number;
}

/** The leader replicates entries; with none it is a heartbeat (Figure 2, AppendEntries RPC). */
export interface AppendEntries {
  readonly type: 'append-entries';
  readonly term: number;
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry[];
  readonly leaderCommit: number;
  /** The leader's own number for the round that this is part of, to be echoed (thesis 6.4). Left out if nobody waits for that. */
  readonly round?: number;
  /** With a majority's echoes the leader holds a lease of that length (thesis 6.4.1). Left out where there are no leases. */
  readonly leaseUs?: number;
}

/**
 * The answer to {@link AppendEntries}; a success may leave only after the entries are durable.
 * `matchIndex`: on success the last index known to agree with the leader, else 0.
 * `prevLogIndex` is echoed from the request, so that the leader can tell a late refusal from a fresh one.
 * `conflictIndex`, `conflictTerm`: on refusal, where the leader should go back to (§5.3, last paragraphs); the term is
 * `undefined` where the follower's log is simply too short. On success 0 and `undefined`.
 */
export interface AppendEntriesReply {
  readonly type: 'append-entries-reply';
  readonly term: number;
  readonly success: boolean;
  readonly matchIndex: number;
  readonly prevLogIndex: number;
  readonly conflictIndex: number;
  readonly conflictTerm: number | undefined;
  /** The round of the request, where it named one. */
  readonly round?: number;
}

/**
 * A node asks whether it would get a vote (thesis 9.6). It binds nobody: no term is taken on and no vote is spent.
 * `term` is the one in which it would stand, one above its own.
 */
export interface PreVote {
  readonly type: 'pre-vote';
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

/** The answer to {@link PreVote}. `term` is the sender's own, `forTerm` the one that was asked about. */
export interface PreVoteReply {
  readonly type: 'pre-vote-reply';
  readonly term: number;
  readonly forTerm: number;
  readonly granted: boolean;
}

/** The leader of `term` hands over its lead: the receiver is to stand for election at once (thesis 3.10). */
export interface TimeoutNow {
  readonly type: 'timeout-now';
  readonly term: number;
}

/**
 * The leader gives a follower its snapshot, a chunk at a time (§7, Figure 13, InstallSnapshot RPC), in place of entries
 * that it no longer has. Between the chunks of one snapshot all but `offset`, `data` and `done` stays the same.
 */
export interface InstallSnapshot {
  readonly type: 'install-snapshot';
  readonly term: number;
  /** The last entry that the snapshot replaces. */
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** The configuration that held at `lastIndex`. */
  readonly configuration: Configuration;
  /** The whole snapshot's length, and where in it `data` begins. */
  readonly totalBytes: number;
  readonly offset: number;
  readonly data: Uint8Array;
  /** Whether it is the last chunk. */
  readonly done: boolean;
  /** As in {@link AppendEntries}: whoever is given a snapshot hears its leader by that. */
  readonly round?: number;
  readonly leaseUs?: number;
}

/**
 * The answer to {@link InstallSnapshot}. `lastIndex`, `lastTerm` and `offset` are echoed, so that the leader can tell what is
 * answered. `nextOffset`: the byte that the follower wants next, which is how a sender goes on after a loss.
 * `matchIndex`: `lastIndex` once the follower holds all that the snapshot replaces, which may be said only when it is
 * durable; else 0.
 */
export interface InstallSnapshotReply {
  readonly type: 'install-snapshot-reply';
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly offset: number;
  readonly nextOffset: number;
  readonly matchIndex: number;
  /** The round of the request, where it named one. */
  readonly round?: number;
}

/** A follower asks how far it must have applied its log before it may answer its reads (thesis 6.4). `token` is its own. */
export interface ReadIndex {
  readonly type: 'read-index';
  readonly term: number;
  readonly token: number;
}

/** The answer to {@link ReadIndex}, once a majority has confirmed the lead. `index` undefined: it cannot say. */
export interface ReadIndexReply {
  readonly type: 'read-index-reply';
  readonly term: number;
  readonly token: number;
  readonly index: number | undefined;
}

/** What nodes say to each other. The sender is known from the envelope that carries the message. */
export type Message =
  | RequestVote
  | RequestVoteReply
  | AppendEntries
  | AppendEntriesReply
  | PreVote
  | PreVoteReply
  | TimeoutNow
  | InstallSnapshot
  | InstallSnapshotReply
  | ReadIndex
  | ReadIndexReply;
