import type { Entry } from './entry.ts';

/** A candidate asks for a vote (Figure 2, RequestVote RPC). The sender is the candidate. */
export interface RequestVote {
  readonly type: 'request-vote';
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

/** The answer to {@link RequestVote}; it may leave only after the vote is durable (§5.1). */
export interface RequestVoteReply {
  readonly type: 'request-vote-reply';
  readonly term: number;
  readonly granted: boolean;
}

/** The leader replicates entries; with none it is a heartbeat (Figure 2, AppendEntries RPC). */
export interface AppendEntries {
  readonly type: 'append-entries';
  readonly term: number;
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry[];
  readonly leaderCommit: number;
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
}

/** What nodes say to each other. The sender is known from the envelope that carries the message. */
export type Message = RequestVote | RequestVoteReply | AppendEntries | AppendEntriesReply;
