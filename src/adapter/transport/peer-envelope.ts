import type { NodeId } from '../../raft/entry.ts';
import type { ActorId, LinkMessage } from '../../timeline/event.ts';

/** A message between two nodes. `messageId` is unique in the cluster, over restarts, too: `<sender>.<when it started>.<number>`. */
export interface PeerEnvelope {
  readonly messageId: string;
  readonly from: ActorId;
  readonly to: NodeId;
  readonly message: LinkMessage;
}
