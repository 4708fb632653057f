import { leaderOf } from '../../cluster/cluster-status.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { Action } from '../../timeline/action.ts';
import { wouldChange } from '../../timeline/availability.ts';
import type { View } from '../../timeline/view.ts';
import type { ActionItem } from './action-item.ts';

/** What can be done to the cluster as a whole with one word. */
export function clusterActions(view: View): readonly ActionItem[] {
  return [
    actionItem(view, 'Split in two', { type: 'split', groups: halves(view) }),
    actionItem(view, 'Heal all links', { type: 'heal', links: undefined }),
  ];
}

/**
 * The cluster in two: the leader, if there is one, with too few others for a majority, so that both sides show something.
 * Who does not run is of no use to a majority, and so stands with the leader.
 */
export function halves(view: View): readonly (readonly NodeId[])[] {
  const { nodes } = view.world;
  const minority = Math.floor((nodes.length - 1) / 2);
  const leader = leaderOf(view);
  const start = leader === undefined ? 0 : nodes.indexOf(leader);
  const others = [...nodes.slice(start), ...nodes.slice(0, start)].filter((node) => node !== leader);
  const isUp = (node: NodeId): boolean => view.world.machines[node]?.status === 'up';
  const order = [
    ...(leader === undefined ? [] : [leader]),
    ...others.filter((node) => !isUp(node)),
    ...others.filter(isUp),
  ];
  const few = new Set(order.slice(0, Math.max(1, minority)));
  return [nodes.filter((node) => few.has(node)), nodes.filter((node) => !few.has(node))];
}

/** One line of a menu: the action, and why it would change nothing where it would not. */
export function actionItem(view: View, label: string, action: Action, key?: string): ActionItem {
  const change = wouldChange(view.world, action, view);
  const reason = change.possible ? undefined : change.reason;
  return { type: 'item', label, action, reason, ...(key === undefined ? {} : { key }) };
}
