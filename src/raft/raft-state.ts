import type { DurabilityState } from './durability.ts';
import type { Entry, NodeId } from './entry.ts';
import type { Role } from './role.ts';
import type { InFlightState } from './in-flight.ts';
import type { LeaseState } from './lease-state.ts';
import type { Random } from './random.ts';
import type { LogPlace, ReceivedSnapshot, SentSnapshot, Snapshot } from './snapshot.ts';
import type { ReadState } from './read-state.ts';

/** What a node's disk held when it started. `entries[i].index === base.index + i + 1`. */
export interface Persisted {
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly entries: readonly Entry[];
  /** What the log begins behind; left out: the beginning. */
  readonly base?: LogPlace;
  /** The last snapshot, of `base` or later; left out: none, and then the log begins at its beginning. */
  readonly snapshot?: Snapshot | undefined;
}

/**
 * How a leader sends to a peer. `replicate`: entries go on without waiting for the answer. `probe`, after a refusal: one
 * append at a time, until one agrees. `snapshot`: it lacks entries that are compacted away, and gets the snapshot first.
 */
export type ReplicationState = 'probe' | 'replicate' | 'snapshot';

/** What a leader knows of a peer. */
export interface Progress {
  /** The next entry to send. */
  readonly nextIndex: number;
  /** The log is known to agree up to here; 0 if nothing is known. Always below nextIndex. */
  readonly matchIndex: number;
  readonly state: ReplicationState;
  /** The appends with entries that have not been answered, and how many bytes they count. */
  readonly inFlight: Pick<InFlightState, 'messages' | 'bytes'>;
  /** In `snapshot`: what is being sent, and how far it has got. */
  readonly sending?: Readonly<SentSnapshot> | undefined;
}

/** {@link Progress} with what else the leader keeps of that peer. */
export interface PeerState extends Progress {
  readonly id: NodeId;
  /** In `probe`: an append is under way, and the next one waits for its answer or for the heartbeat. */
  readonly probeSent: boolean;
  /** When it last answered this leader; at first, when the lead began. */
  readonly heardUs: number;
  readonly inFlight: InFlightState;
  /** The commit index that it was last told. */
  readonly commitSent: number;
  /** The last round of this lead that it has echoed. */
  readonly round: number;
}

/** A lead that is being handed over. */
export interface Transfer {
  readonly to: NodeId;
  /** When it is given up. */
  readonly untilUs: number;
}

/**
 * All that a node knows, between two turns. Plain data that survives structured cloning, and JSON where it holds no
 * snapshot, provided that the commands in the log do. A node restored from it does from then on exactly what this one would have done.
 */
export interface RaftState {
  readonly started: boolean;
  readonly halted: string | undefined;
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly role: Role;
  readonly leader: NodeId | undefined;
  readonly entries: readonly Entry[];
  readonly base: LogPlace;
  readonly snapshot: Snapshot | undefined;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly votes: readonly (readonly [voter: NodeId, granted: boolean])[];
  readonly peers: readonly PeerState[];
  readonly durability: DurabilityState;
  readonly random: Readonly<Random>;
  readonly deadlineUs: number;
  /** When it last took something from a leader of its term; undefined if it never did since it started. */
  readonly leaderHeardUs: number | undefined;
  readonly transfer: Transfer | undefined;
  /** The snapshot that a leader is giving it, as far as it has come. */
  readonly receiving: ReceivedSnapshot | undefined;
  readonly reads: Readonly<ReadState>;
  readonly lease: Readonly<LeaseState>;
}
