import type { Configuration } from './configuration.ts';
import type { Entry, NodeId } from './entry.ts';
import type { MembershipChange, MembershipRefusal } from './membership-change.ts';
import type { ReplicationState } from './raft-state.ts';
import type { ReadMode, ReadRefusal } from './read.ts';
import type { RuleId } from './rule-book.ts';
import type { LogPlace } from './snapshot.ts';

export type { Role } from './role.ts';

/** Why a snapshot is not taken: it would hold nothing new, or what is not applied, or it would be too large to be given on. */
export type SnapshotRefusal = 'nothing-new' | 'not-applied' | 'too-large' | 'no-members';

/** Why a lead is not handed over. */
export type TransferRefusal = 'not-leader' | 'no-such-peer' | 'no-vote' | 'leads-already' | 'under-way';

/**
 * What a node did, said by the node itself. Each event carries what changed, so that a fold over the events gives the
 * node's state, and the rule that decided it, so that the timeline can say why. Times are virtual microseconds.
 */
export type RaftEvent =
  /** The node begins, as a follower, with what its disk held. `deadlineUs` is its first election deadline. */
  | {
      readonly type: 'started';
      readonly term: number;
      readonly votedFor: NodeId | undefined;
      readonly lastIndex: number;
      readonly lastTerm: number;
      /** By whom it goes: the last one in its log, or else what it was born with. */
      readonly configuration: Configuration;
      readonly deadlineUs: number;
      /**
       * Where there is a snapshot: the last entry that it replaces, and its length. That entry is committed, and the state
       * machine is to start from there.
       */
      readonly snapshot?: LogPlace & { readonly bytes: number };
      /** What the log begins behind, where it has been compacted. */
      readonly base?: LogPlace;
    }
  /** Election deadline (follower, candidate) or next heartbeat (leader) is now `deadlineUs`. */
  | { readonly type: 'timer-set'; readonly deadlineUs: number }
  /** A higher term was seen in a message from `from`: the term is taken on and the vote is free again. */
  | { readonly type: 'term-advanced'; readonly term: number; readonly from: NodeId; readonly rule: RuleId }
  /** The election timer ran out: it asks whether it would get a majority in `forTerm`, votes = {itself}. Its term stays. */
  | {
      readonly type: 'became-pre-candidate';
      readonly term: number;
      readonly forTerm: number;
      readonly lastLogIndex: number;
      readonly lastLogTerm: number;
      readonly rule: RuleId;
    }
  /** The election timer ran out, a majority said that it would be elected, or the leader told it to stand: new term, vote for itself, votes = {itself}. */
  | {
      readonly type: 'became-candidate';
      readonly term: number;
      readonly lastLogIndex: number;
      readonly lastLogTerm: number;
      readonly rule: RuleId;
    }
  /** `leader` is undefined where it is not known yet. Votes and progress are forgotten. */
  | {
      readonly type: 'became-follower';
      readonly term: number;
      readonly leader: NodeId | undefined;
      readonly rule: RuleId;
    }
  /** Won. Every peer's nextIndex = lastIndex + 1 (before the no-op is appended) and matchIndex = 0. */
  | {
      readonly type: 'became-leader';
      readonly term: number;
      readonly lastIndex: number;
      readonly peers: readonly NodeId[];
      readonly rule: RuleId;
    }
  /** A follower learnt who leads its term. */
  | { readonly type: 'leader-known'; readonly leader: NodeId; readonly term: number }
  /** This node answered a vote request. When granted, votedFor = candidate. */
  | {
      readonly type: 'vote-cast';
      readonly candidate: NodeId;
      readonly term: number;
      readonly granted: boolean;
      readonly rule: RuleId;
      readonly votedFor: NodeId | undefined;
      readonly candidateLog: { readonly lastIndex: number; readonly lastTerm: number };
      readonly ownLog: { readonly lastIndex: number; readonly lastTerm: number };
    }
  /** This node told another whether it would vote for it in `forTerm`. Nothing about it has changed. */
  | {
      readonly type: 'pre-vote-cast';
      readonly candidate: NodeId;
      readonly term: number;
      readonly forTerm: number;
      readonly granted: boolean;
      readonly rule: RuleId;
      readonly candidateLog: { readonly lastIndex: number; readonly lastTerm: number };
      readonly ownLog: { readonly lastIndex: number; readonly lastTerm: number };
    }
  /**
   * A candidate, or a pre-candidate, received an answer. `votes` counts granted ones with its own, `needed` is the
   * majority. In a joint configuration these are the new voters', and `outgoing` is how the old ones stand.
   */
  | {
      readonly type: 'vote-counted';
      readonly from: NodeId;
      readonly granted: boolean;
      readonly votes: number;
      readonly needed: number;
      readonly outgoing?: { readonly votes: number; readonly needed: number };
      readonly rule: RuleId;
    }
  /** Entries were added at the end of this node's log, on a leader by itself (`from` undefined). */
  | { readonly type: 'entries-appended'; readonly entries: readonly Entry[]; readonly from: NodeId | undefined }
  /** Everything from `fromIndex` on was removed, because it contradicts the leader `by`. */
  | {
      readonly type: 'entries-truncated';
      readonly fromIndex: number;
      readonly lastIndex: number;
      readonly by: NodeId;
      readonly rule: RuleId;
    }
  /** A follower agreed with the leader up to `matchIndex`; `entries` is how many came (0: a heartbeat). */
  | {
      readonly type: 'append-accepted';
      readonly from: NodeId;
      readonly matchIndex: number;
      readonly entries: number;
      readonly rule: RuleId;
    }
  | {
      readonly type: 'append-refused';
      readonly from: NodeId;
      readonly term: number;
      readonly prevLogIndex: number;
      readonly prevLogTerm: number;
      readonly conflictIndex: number;
      readonly conflictTerm: number | undefined;
      readonly rule: RuleId;
    }
  /** What the leader knows of a peer changed. */
  | {
      readonly type: 'progress-changed';
      readonly peer: NodeId;
      readonly nextIndex: number;
      readonly matchIndex: number;
      readonly state: ReplicationState;
      /** The appends with entries that have not been answered, and how many bytes they count. */
      readonly inFlight: { readonly messages: number; readonly bytes: number };
      readonly rule: RuleId;
    }
  /** Another configuration holds on this node: the one at `index` of its log, or 0 for the one that it was born with. */
  | {
      readonly type: 'configuration-changed';
      readonly index: number;
      readonly configuration: Configuration;
      readonly rule: RuleId;
    }
  /** It was asked to change the membership, and nothing came of it. */
  | {
      readonly type: 'membership-refused';
      readonly change: MembershipChange;
      readonly reason: MembershipRefusal;
      readonly rule: RuleId;
    }
  | { readonly type: 'commit-advanced'; readonly commitIndex: number; readonly from: number; readonly rule: RuleId }
  /** The leader hands its lead to `to`: until `untilUs`, when it gives that up, it takes no proposals. */
  | { readonly type: 'transfer-started'; readonly to: NodeId; readonly untilUs: number; readonly rule: RuleId }
  /** It was asked to hand over the lead, and nothing came of it. */
  | {
      readonly type: 'transfer-refused';
      readonly to: NodeId;
      readonly reason: TransferRefusal;
      readonly rule: RuleId;
    }
  /** `to` was not elected in time: the leader leads on, and takes proposals again. Stepping down ends a transfer without a word. */
  | { readonly type: 'transfer-given-up'; readonly to: NodeId; readonly rule: RuleId }
  /** The node has a snapshot of what it had applied up to `index`; on disk it is with the next write. */
  | {
      readonly type: 'snapshot-taken';
      readonly index: number;
      readonly term: number;
      readonly bytes: number;
      readonly rule: RuleId;
    }
  /** A snapshot that was handed to it was not taken on. */
  | {
      readonly type: 'snapshot-refused';
      readonly index: number;
      readonly reason: SnapshotRefusal;
      readonly rule: RuleId;
    }
  /** The log up to `index` is forgotten: from here on it begins behind that entry. */
  | { readonly type: 'log-compacted'; readonly index: number; readonly term: number; readonly rule: RuleId }
  /**
   * A leader gives a peer the snapshot up to `index`, `totalBytes` long, and knows that the peer holds its first `heldBytes`.
   */
  | {
      readonly type: 'snapshot-progress';
      readonly peer: NodeId;
      readonly index: number;
      readonly heldBytes: number;
      readonly totalBytes: number;
      readonly rule: RuleId;
    }
  /** A follower holds the first `heldBytes` of the snapshot up to `index` that `from` is giving it. */
  | {
      readonly type: 'snapshot-chunk-taken';
      readonly from: NodeId;
      readonly index: number;
      readonly heldBytes: number;
      readonly totalBytes: number;
      readonly rule: RuleId;
    }
  /**
   * A follower has the whole snapshot that `from` gave it. Where it `keepsLog`, the entries that the snapshot replaces stand
   * in its log, and are committed. Otherwise its log is empty and begins behind the snapshot, and so does its state machine.
   */
  | {
      readonly type: 'snapshot-installed';
      readonly from: NodeId;
      readonly index: number;
      readonly term: number;
      readonly bytes: number;
      readonly keepsLog: boolean;
      readonly rule: RuleId;
    }
  /** A read waits here now, one of its own or of the follower `from`; `waiting` counts all that do. */
  | { readonly type: 'read-taken'; readonly from: NodeId | undefined; readonly waiting: number; readonly rule: RuleId }
  /** A leader asks all whether it still leads, for `reads` reads, which will be answered as of `index`. */
  | {
      readonly type: 'read-round-started';
      readonly round: number;
      readonly index: number;
      readonly reads: number;
      readonly waiting: number;
      readonly rule: RuleId;
    }
  /** So many reads may be answered once everything up to `index` is applied; `waiting` are left. */
  | {
      readonly type: 'reads-ready';
      readonly reads: number;
      readonly index: number;
      readonly via: ReadMode;
      readonly waiting: number;
      readonly rule: RuleId;
    }
  | {
      readonly type: 'reads-refused';
      readonly reads: number;
      readonly reason: ReadRefusal;
      readonly waiting: number;
      readonly rule: RuleId;
    }
  /** A majority has echoed that round: the leader may answer reads by itself until `untilUs`. */
  | { readonly type: 'lease-extended'; readonly untilUs: number; readonly round: number; readonly rule: RuleId }
  /** Until `untilUs` a leader may hold a lease, as far as this node knows: `leader`, or (undefined) one from before it started. */
  | {
      readonly type: 'lease-promised';
      readonly leader: NodeId | undefined;
      readonly untilUs: number;
      readonly rule: RuleId;
    }
  /** A new leader commits nothing until `untilUs`: the one before may hold a lease until then. */
  | { readonly type: 'lease-wait-started'; readonly untilUs: number; readonly rule: RuleId }
  /** The lease of the leader before has run out. */
  | { readonly type: 'lease-waited-out'; readonly rule: RuleId }
  /** A leader is about to tell `to` to stand: it holds no lease for the rest of its term. */
  | { readonly type: 'lease-given-up'; readonly to: NodeId; readonly rule: RuleId }
  /** A message changed nothing: late, of an old term, or a repeat. */
  | { readonly type: 'message-ignored'; readonly from: NodeId; readonly messageType: string; readonly rule: RuleId }
  /** All writes up to `sequence` are on disk: this term, this vote, the log up to `durableIndex`. */
  | {
      readonly type: 'durable';
      readonly sequence: number;
      readonly term: number;
      readonly votedFor: NodeId | undefined;
      readonly durableIndex: number;
    }
  /** An invariant of this node's own state is broken. It takes no further input. */
  | { readonly type: 'halted'; readonly reason: string };
