import type { Configuration } from '../../raft/configuration.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { Role } from '../../raft/role.ts';
import type { LinkStatus } from '../transport/peer-link.ts';

/** A peer, as a node knows it. What it replicates is known to a leader alone. */
export interface PeerStatus extends LinkStatus {
  readonly matchIndex: number | undefined;
  readonly nextIndex: number | undefined;
  readonly replication: 'probe' | 'replicate' | 'snapshot' | undefined;
}

/** What a node has done since it started. */
export interface NodeCounts {
  /** Turns of its core, and what they were given. */
  readonly turns: number;
  readonly inputs: number;
  /** Synced writes to its disk, the entries in them, and how long they took in all, milliseconds. */
  readonly writes: number;
  readonly entriesWritten: number;
  readonly writeMs: number;
  /** Entries applied to its store. */
  readonly applied: number;
  /** Messages to other nodes, and those that were lost on this side. */
  readonly messagesSent: number;
  readonly messagesLost: number;
  readonly messagesReceived: number;
  /** Times that it stood for election, and that it won. */
  readonly elections: number;
  readonly electionsWon: number;
}

/** What a node says of itself. Indexes as in Figure 2. */
export interface NodeStatus {
  readonly id: NodeId;
  readonly clusterId: string;
  /** When it started, milliseconds since 1970. */
  readonly startedMs: number;
  readonly role: Role;
  readonly term: number;
  readonly leader: NodeId | undefined;
  readonly votedFor: NodeId | undefined;
  readonly configuration: Configuration;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly lastIndex: number;
  /** The first entry that stands in its log, or would: one behind the base. */
  readonly firstIndex: number;
  readonly durableIndex: number;
  readonly snapshot: { readonly index: number; readonly term: number; readonly bytes: number } | undefined;
  /** Keys in its store, and client sessions that it remembers. */
  readonly keys: number;
  readonly sessions: number;
  /** Questions of its own clients that wait for an answer, and proposals that wait to be committed. */
  readonly questions: number;
  readonly proposals: number;
  readonly transferTo: NodeId | undefined;
  readonly peers: readonly PeerStatus[];
  readonly counts: NodeCounts;
  readonly failure: NodeFailure | undefined;
}

/** Why a node stopped by itself. */
export interface NodeFailure {
  /** Of the disk, or `halted`: an invariant of the node's own is broken. */
  readonly reason: 'corrupt' | 'foreign' | 'full' | 'blocked' | 'failed' | 'halted';
  readonly sentence: string;
}
