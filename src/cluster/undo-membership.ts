import { changeOf } from '../raft/membership-refusal.ts';
import { paperRules } from '../raft/rules.ts';
import type { Action } from '../timeline/action.ts';
import { refusalSentence } from '../timeline/describe-membership.ts';
import { membershipStanding } from '../timeline/membership.ts';
import type { View } from '../timeline/view.ts';
import { ClusterError } from './cluster-control.ts';
import { leaderOf } from './cluster-status.ts';

/**
 * An action that is to undo another, as it is to be done now: a change of the membership is asked of whoever leads. Undefined
 * where that would change nothing any more. Throws a {@link ClusterError} where it is not the time for it: then it can be
 * tried again.
 */
export function asOfNow(view: View, action: Action): Action | undefined {
  if (action.type !== 'change-membership') return action;
  const { change } = action;
  const from = leaderOf(view);
  const node = from === undefined ? undefined : view.nodes[from];
  if (from === undefined || node === undefined) {
    throw new ClusterError('Nobody leads, and only a leader changes who belongs to the cluster.');
  }
  const next = changeOf(membershipStanding(node), change, paperRules);
  if (next === 'no-such-member' || next === 'nothing-changes') return undefined;
  if (typeof next === 'string') throw new ClusterError(refusalSentence(next, change, from));
  return { ...action, from };
}
