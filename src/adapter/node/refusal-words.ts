import { assertUnreachable } from '../../raft/assert-unreachable.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { SnapshotRefusal, TransferRefusal } from '../../raft/event.ts';
import { describe } from '../../timeline/describe.ts';

/** Why a leader does not hand its lead over, one sentence. */
export function transferRefused(reason: TransferRefusal, from: NodeId, to: NodeId): string {
  const event = { type: 'transfer-refused', to, reason, rule: 'transfer' } as const;
  return `${describe({ atUs: 0, actor: from, event }).text}.`;
}

/** Why a node that was told to takes no snapshot, one sentence. */
export function snapshotRefused(reason: SnapshotRefusal, node: NodeId): string {
  switch (reason) {
    case 'nothing-new':
      return `${node} has applied nothing since its last snapshot.`;
    case 'not-applied':
      return `${node} takes no snapshot: it has not applied that much.`;
    case 'too-large':
      return `${node} takes no snapshot: it would be too large to be given to others.`;
    case 'no-members':
      return `${node} takes no snapshot: nothing tells it yet who belongs to the cluster.`;
    default:
      return assertUnreachable(reason);
  }
}
