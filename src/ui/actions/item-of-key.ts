import type { RealTime } from '../../cluster/cluster-control.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { View } from '../../timeline/view.ts';
import type { ActionItem } from './action-item.ts';
import { nodeActions } from './action-list.ts';
import { withLimits } from './real-limits.ts';

/** What a letter does while a node has the focus. */
export function itemOfKey(view: View, node: NodeId, key: string, real: RealTime | undefined): ActionItem | undefined {
  const entries = withLimits(nodeActions(view, node).flat(), real);
  const chosen = entries.find((entry) => entry.type === 'item' && entry.key === key);
  return chosen?.type === 'item' ? chosen : undefined;
}
