import type { Command, NodeId } from './entry.ts';
import type { MembershipChange } from './membership-change.ts';
import type { Message } from './message.ts';
import type { ReadMode } from './read.ts';

/** What can happen to a node. Inputs are handled in the order in which they are given. */
export type Input =
  | { readonly type: 'message'; readonly from: NodeId; readonly message: Message }
  /** The node's `deadlineUs` has come. Early or late, the node compares with `nowUs` and does what is due. */
  | { readonly type: 'timer' }
  /** A client's command; `proposalId` is the caller's own name for it and comes back in the effects. */
  | { readonly type: 'propose'; readonly proposalId: number; readonly command: Command }
  /** Every `persist` effect up to and including this sequence is durable. */
  | { readonly type: 'persisted'; readonly sequence: number }
  /** Behave as if the election timer had run out this moment. A leader ignores it. */
  | { readonly type: 'time-out-now' }
  /** Hand the lead over to `to` (thesis 3.10). Refused, with a `transfer-refused` effect, where that cannot be begun. */
  | { readonly type: 'transfer-leadership'; readonly to: NodeId }
  /** Change who belongs to the cluster (§6, thesis 4). Refused, with a `membership-refused` effect, where that cannot be begun. */
  | { readonly type: 'change-membership'; readonly change: MembershipChange }
  /**
   * The state machine as it stood after the entry at `index`, which it has applied (§7). Refused, with an event, where it
   * would change nothing.
   */
  | { readonly type: 'snapshot-taken'; readonly index: number; readonly data: Uint8Array }
  /** A read that does not go through the log; `readId` is the caller's own name for it and comes back in the effects. */
  | { readonly type: 'read'; readonly readId: number; readonly mode: ReadMode };
