import type { Entry, NodeId } from './entry.ts';
import type { RaftEvent, TransferRefusal } from './event.ts';
import type { MembershipChange, MembershipRefusal } from './membership-change.ts';
import type { Message } from './message.ts';
import type { LogPlace, Snapshot } from './snapshot.ts';
import type { ReadMode, ReadRefusal } from './read.ts';

/** How much a leader takes on before it is committed, in entries or in bytes of entries. */
export interface ProposalLimit {
  readonly unit: 'entries' | 'bytes';
  readonly most: number;
}

/**
 * What a node wants done, as data, in order.
 *
 * The ordering contract:
 * - `persist` effects become durable in the order of their `sequence`, each whole or not at all. When one is durable the
 *   caller gives the node a `persisted` input. Several may be joined into one write.
 * - A `send` may leave at once if its `afterSequence` is 0, otherwise only when the `persist` with that sequence is
 *   durable. A vote or an acknowledgement always waits; a leader's entries do not (thesis 10.2.1).
 * - `apply` may be carried out at once: its entries are committed, that is, durable on a majority.
 * - `restore` may be carried out at once, too. What is applied after it follows the snapshot.
 * - If the node dies, whatever was not durable is lost, and the sends that waited for it are never made.
 */
export type Effect =
  /**
   * Make durable: the term and vote, and from `truncateFrom` on (if defined) forget the log, then append `entries`.
   * `term` and `votedFor` are always the node's current ones, so that a write stands by itself. Where it says so, keep
   * `snapshot` in place of the one before, and forget the log up to `compactTo`, behind which it then begins: of a log that
   * ends before that, nothing is left. All of that comes before `entries` are added.
   */
  | {
      readonly type: 'persist';
      readonly sequence: number;
      readonly term: number;
      readonly votedFor: NodeId | undefined;
      readonly truncateFrom: number | undefined;
      readonly entries: readonly Entry[];
      readonly snapshot?: Snapshot;
      readonly compactTo?: LogPlace;
    }
  | { readonly type: 'send'; readonly to: NodeId; readonly message: Message; readonly afterSequence: number }
  | { readonly type: 'apply'; readonly entries: readonly Entry[] }
  /** The state machine is to be what the snapshot holds, whatever it was. */
  | { readonly type: 'restore'; readonly snapshot: Snapshot }
  /** The proposal stands in this leader's log at that index and term; it is committed only if that entry is applied. */
  | { readonly type: 'proposal-accepted'; readonly proposalId: number; readonly index: number; readonly term: number }
  /** The proposal was not taken, and never will be. `leader` is a hint, where known. */
  | {
      readonly type: 'proposal-refused';
      readonly proposalId: number;
      /** `transferring`: it is handing its lead over, which ends soon either way. */
      readonly reason: 'not-leader' | 'too-many-pending' | 'transferring';
      readonly leader: NodeId | undefined;
      /** Of `too-many-pending`: what has been reached. */
      readonly limit?: ProposalLimit;
    }
  /** The lead will not be handed over; nothing has changed. */
  | { readonly type: 'transfer-refused'; readonly to: NodeId; readonly reason: TransferRefusal }
  /** The membership stays as it is. */
  | { readonly type: 'membership-refused'; readonly change: MembershipChange; readonly reason: MembershipRefusal }
  /** The read may be answered once everything up to `index` is applied. `via`: how that was made sure. */
  | { readonly type: 'read-ready'; readonly readId: number; readonly index: number; readonly via: ReadMode }
  /** The read will not be answered; it may be asked again. `leader` is a hint, where known. */
  | {
      readonly type: 'read-refused';
      readonly readId: number;
      readonly reason: ReadRefusal;
      readonly leader: NodeId | undefined;
    }
  | { readonly type: 'event'; readonly event: RaftEvent };
