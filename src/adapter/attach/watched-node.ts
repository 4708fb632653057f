import type { ClientRead, ClientReply, ClientRequest } from '../../kv/client-message.ts';
import type { KvStateMachine } from '../../kv/state-machine.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { SnapshotRefusal, TransferRefusal } from '../../raft/event.ts';
import type { MembershipChange, MembershipRefusal } from '../../raft/membership-change.ts';
import type { RaftNode } from '../../raft/raft-node.ts';
import type { LinkQuality } from '../../timeline/action.ts';
import type { ActorId, LinkMessage, TimelineEvent } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { ProcessStatus } from '../../cluster/remote/attach-frame.ts';

type Order<Reason> = { readonly type: 'accepted' } | { readonly type: 'refused'; readonly reason: Reason };

/** What becomes of what a node sends, where it was started with a layer for that. */
export interface WatchedFaults {
  cut(to: NodeId): void;
  heal(to?: NodeId): void;
  setQuality(to: NodeId | undefined, quality: Partial<LinkQuality>): void;
  state(): {
    readonly cuts: readonly NodeId[];
    readonly network: LinkQuality;
    readonly links: Readonly<Record<NodeId, LinkQuality>>;
  };
}

/** A message between two nodes. */
export interface WatchedEnvelope {
  readonly messageId: string;
  readonly from: ActorId;
  readonly to: NodeId;
  readonly message: LinkMessage;
}

/** A real node, as far as it is watched and spoken to. Its state and what it tells agree between two of its turns. */
export interface WatchedNode {
  readonly id: NodeId;
  readonly clusterId: string;
  readonly config: RunConfig;
  readonly core: RaftNode;
  readonly store: KvStateMachine;
  readonly faults: WatchedFaults | undefined;
  /** Microseconds since 1970, as in its events. */
  nowUs(): number;
  /** Every node that it knows, itself included. */
  peers(): readonly { readonly id: NodeId; readonly addresses: readonly string[] }[];
  subscribe(listener: (events: readonly TimelineEvent[]) => void): () => void;
  ask(
    message: ClientRequest | ClientRead,
    answer: (outcome: ClientReply['outcome'], answeredBy?: NodeId) => void,
    asker?: string,
  ): () => void;
  changeMembership(change: MembershipChange): Promise<Order<MembershipRefusal>>;
  transfer(to: NodeId): Promise<Order<TransferRefusal>>;
  takeSnapshot(): Promise<{ readonly type: 'taken' } | { readonly type: 'refused'; readonly reason: SnapshotRefusal }>;
  timeOutNow(): void;
  /** Opens a way to a node that nobody can dial. */
  openLink(
    id: NodeId,
    deliver: (envelope: WatchedEnvelope) => void,
  ): { readonly receive: (envelope: WatchedEnvelope) => void; readonly close: () => void };
}

/** Who keeps the processes of a cluster on this machine. What it cannot do it has no method for. */
export interface Supervision {
  states(): readonly { readonly node: NodeId; readonly status: ProcessStatus }[];
  /** Hears of each change. Gives how to stop. */
  subscribe(listener: () => void): () => void;
  /** Each rejects with one sentence. */
  kill?(node: NodeId): Promise<void>;
  revive?(node: NodeId): Promise<void>;
  restart?(node: NodeId): Promise<void>;
  pause?(node: NodeId): Promise<void>;
  resume?(node: NodeId): Promise<void>;
  /** A process for a node that belongs to no cluster yet; settles when it listens. */
  start?(node: NodeId): Promise<void>;
}
