import { leaderOf } from '../../cluster/cluster-status.ts';
import type { Command } from '../../cluster/command.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { MembershipChange } from '../../raft/membership-change.ts';
import { wouldChange } from '../../timeline/availability.ts';
import { membershipIn, presentConfiguration } from '../../timeline/membership.ts';
import type { View } from '../../timeline/view.ts';
import { changeWorld, nextNode } from '../../timeline/world.ts';
import type { ActionItem } from './action-item.ts';

/** Something that takes more than one action. */
export interface CommandItem {
  readonly label: string;
  readonly command: Command;
  /** Set where it cannot be done now: one sentence. */
  readonly reason: string | undefined;
}

/** How a node's place in the cluster can be changed, whoever leads. */
export function membershipActions(view: View, node: NodeId): readonly ActionItem[] {
  const one = (label: string, change: MembershipChange): ActionItem => changeItem(view, label, change);
  switch (membershipIn(presentConfiguration(view), node)) {
    case 'learner':
      return [one('Give it a vote', { type: 'promote', node }), one('Remove it', { type: 'remove', node })];
    case 'outsider':
      return [one('Let it in', { type: 'add-voter', node }), one('Let it in to learn', { type: 'add-learner', node })];
    case 'voter':
    case 'incoming':
    case 'outgoing':
      return [one('Take its vote', { type: 'demote', node }), one('Remove it', { type: 'remove', node })];
  }
}

/** The end of a joint configuration, where there is one. */
export function leaveJointAction(view: View): readonly ActionItem[] {
  if (presentConfiguration(view).outgoing.length === 0) return [];
  return [changeItem(view, 'Leave the joint configuration', { type: 'leave-joint' })];
}

/** New nodes for the cluster. */
export function addNodeItems(view: View): readonly CommandItem[] {
  const node = nextNode(view.world);
  const one = (label: string, voter: boolean): CommandItem => ({
    label,
    command: { type: 'add-node', node: undefined, voter },
    reason: whyNotAdd(view, { type: voter ? 'add-voter' : 'add-learner', node }),
  });
  return [one('Add a node', true), one('Add a learner', false)];
}

function changeItem(view: View, label: string, change: MembershipChange): ActionItem {
  const leader = leaderOf(view);
  const action = { type: 'change-membership', from: leader ?? 'n1', change } as const;
  const possible = wouldChange(view.world, action, view);
  const reason = leader === undefined ? NOBODY_LEADS : possible.possible ? undefined : possible.reason;
  return { type: 'item', label, action, reason };
}

function whyNotAdd(view: View, change: Extract<MembershipChange, { readonly node: NodeId }>): string | undefined {
  const start = { type: 'start-node', node: change.node } as const;
  const mayStart = wouldChange(view.world, start);
  if (!mayStart.possible) return mayStart.reason;
  return changeItem({ ...view, world: changeWorld(view.world, start, 0) }, '', change).reason;
}

const NOBODY_LEADS = 'Nobody leads, and only a leader changes who belongs to the cluster.';
