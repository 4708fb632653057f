import type { ClientRead, ClientReply, ClientRequest } from '../../kv/client-message.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { TransferRefusal } from '../../raft/event.ts';
import type { MembershipChange, MembershipRefusal } from '../../raft/membership-change.ts';
import type { RaftNode } from '../../raft/raft-node.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { Order, SnapshotOrder } from '../node/order.ts';
import type { NodeStatus } from '../node/node-status.ts';

/** What the server needs of the node that it serves. */
export interface ServedNode {
  readonly id: NodeId;
  /** To be looked at, not touched. */
  readonly core: Pick<RaftNode, 'log' | 'leader'>;
  status(): NodeStatus;
  /** All nodes that it knows, itself included; `addresses` are `host:port`, none where that is not known. */
  peers(): readonly { readonly id: NodeId; readonly addresses: readonly string[] }[];
  /**
   * The answer may never come: whoever asks has a deadline. `asker`: a name of whose question it is, where its request may be called
   * as another's. Gives how to forget it.
   */
  ask(
    message: ClientRequest | ClientRead,
    answer: (outcome: ClientReply['outcome'], answeredBy?: NodeId) => void,
    asker?: string,
  ): () => void;
  changeMembership(change: MembershipChange): Promise<Order<MembershipRefusal>>;
  transfer(to: NodeId): Promise<Order<TransferRefusal>>;
  /** Takes a snapshot of its own store. */
  takeSnapshot(): Promise<SnapshotOrder>;
  /** Tells where a node is to be found that may join. */
  setAddresses(node: NodeId, addresses: readonly string[]): void;
  /** What it does from now on, once a turn. Gives a function that ends it. */
  subscribe(listener: (events: readonly TimelineEvent[]) => void): () => void;
  /** What it did lately, the oldest first. */
  recentEvents(): readonly TimelineEvent[];
}
