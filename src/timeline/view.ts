import type { List, Map as ImmutableMap, OrderedMap } from 'immutable';
import type { Fate } from '../kv/client-message.ts';
import type { Operation } from '../kv/command.ts';
import type { Configuration } from '../raft/configuration.ts';
import type { Entry, NodeId } from '../raft/entry.ts';
import type { Role } from '../raft/event.ts';
import type { LogPlace } from '../raft/snapshot.ts';
import type { ActorId, AnyMessage } from './event.ts';
import type { PeerView, SnapshotProgress, SnapshotView } from './peer-view.ts';
import type { World } from './world.ts';

export type { PeerView, SnapshotProgress } from './peer-view.ts';

/**
 * Everything there is to know of a cluster at one moment: the fold of the timeline up to it. Immutable; a part that did
 * not change keeps its identity, so a reader may compare with `===`.
 */
export interface View {
  /** The virtual time of the last event folded in, microseconds. */
  readonly atUs: number;
  /** How many events have been folded in since the run began. */
  readonly eventCount: number;
  readonly world: World;
  readonly nodes: Readonly<Record<NodeId, NodeView>>;
  /**
   * Messages on their way, by messageId, oldest first, at most {@link MAX_MESSAGES}. Those whose receiver was down when
   * they came due stay listed for a while; {@link isFlying} tells. `lost` ones are listed until they would have arrived,
   * to be drawn.
   */
  readonly messages: OrderedMap<string, MessageView>;
  /** Every client request, oldest first, the last {@link MAX_REQUESTS}. */
  readonly requests: List<RequestView>;
}

/** How many requests a view remembers. */
export const MAX_REQUESTS = 1_000;

/** How many messages a view remembers; past it the oldest is forgotten. */
export const MAX_MESSAGES = 8_192;

/** A node as it would describe itself; its machine's status stands in `world.machines`. */
export interface NodeView {
  readonly id: NodeId;
  readonly role: Role;
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly leader: NodeId | undefined;
  /**
   * On a candidate (and then on the leader it became) who granted and who refused, itself included. On a pre-candidate,
   * who would vote for it.
   */
  readonly votes: Readonly<Record<NodeId, boolean>>;
  /** By whom it goes: the last configuration in its log, committed or not. No voters where it knows of none. */
  readonly configuration: Configuration;
  /** What the log begins behind: the last entry that was compacted away, both 0 if none was. */
  readonly base: LogPlace;
  /** What follows the base: entry i stands at position i - base.index - 1. See `entryAt` and `lastIndexOf`. */
  readonly log: List<Entry>;
  /** The last snapshot that it took or was given. */
  readonly snapshot: SnapshotView | undefined;
  /** The snapshot up to `index` that a leader is giving it, as far as it has come. */
  readonly receiving: (SnapshotProgress & { readonly from: NodeId }) | undefined;
  /** The log on disk reaches at least to here; beyond, a crash loses it. */
  readonly durableIndex: number;
  readonly commitIndex: number;
  readonly lastApplied: number;
  /** On a leader: what it knows of each peer. Empty otherwise. */
  readonly progress: Readonly<Record<NodeId, PeerView>>;
  /** Election deadline, or a leader's next heartbeat; and when that timer was set. Microseconds. */
  readonly deadlineUs: number;
  readonly timerSetUs: number;
  /** On a leader: to whom it is handing its lead over. */
  readonly transferTo: NodeId | undefined;
  /** How many reads wait on it that do not go through the log. */
  readonly waitingReads: number;
  /** What it knows of leases (thesis 6.4.1). */
  readonly lease: LeaseView;
  /** The applied state machine: key to value. */
  readonly store: ImmutableMap<string, string>;
  /** Entries that were removed because they contradicted the leader's, newest last, the last {@link MAX_OVERWRITTEN}. */
  readonly overwritten: List<{ readonly entry: Entry; readonly atUs: number }>;
  /** The write to the disk that is under way, when it will be durable, and the log that the disk will then hold. */
  readonly diskWrite:
    | {
        readonly sequence: number;
        readonly startedUs: number;
        readonly dueUs: number;
        readonly base: LogPlace;
        readonly log: List<Entry>;
        readonly snapshot: SnapshotView | undefined;
      }
    | undefined;
  readonly halted: string | undefined;
  /** What the disk holds, and a crash leaves. */
  readonly disk: DiskView;
  /** What the copy of its disk holds that was put aside. */
  readonly diskCopy: DiskView | undefined;
  /** What a disk that lies has said since that it holds, the oldest first. */
  readonly unsynced: readonly DiskView[];
}

export interface DiskView {
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly base: LogPlace;
  readonly log: List<Entry>;
  readonly snapshot: SnapshotView | undefined;
}

/** What a node knows of leases. Virtual microseconds, as its clock runs; undefined where there is none. */
export interface LeaseView {
  /** On a leader: until when it answers reads by itself, and when that was last extended. */
  readonly heldUntilUs: number | undefined;
  readonly extendedUs: number;
  /** Until when a leader may hold a lease, as far as this node knows, and which one. It may long have passed. */
  readonly promisedUntilUs: number | undefined;
  readonly promisedTo: NodeId | undefined;
  /** On a new leader: until when it commits nothing, for the leader before may hold a lease. */
  readonly waitUntilUs: number | undefined;
}

/** How many overwritten entries a node's view remembers. */
export const MAX_OVERWRITTEN = 100;

export interface MessageView {
  readonly messageId: string;
  readonly from: ActorId;
  readonly to: ActorId;
  readonly sentUs: number;
  readonly dueUs: number;
  /**
   * `lost` by chance, `cut` by a cut link, `down` because its receiver died or restarted; `lostUs` says when. Chance
   * names no moment: a `lost` message is taken to vanish half way.
   */
  readonly fate: 'sent' | 'lost' | 'cut' | 'down';
  readonly lostUs: number | undefined;
  readonly message: AnyMessage;
}

export interface RequestView {
  readonly requestId: string;
  readonly client: ActorId;
  readonly operation: Operation;
  readonly submittedUs: number;
  /** Undefined while it is pending. */
  readonly fate: Fate | undefined;
  readonly endedUs: number | undefined;
  /** The node asked last, and how many attempts there were. */
  readonly node: NodeId | undefined;
  readonly attempts: number;
}
