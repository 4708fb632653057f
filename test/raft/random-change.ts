import type { NodeId } from '../../src/raft/entry.ts';
import type { MembershipChange } from '../../src/raft/membership-change.ts';
import { below, chance } from '../../src/raft/random.ts';
import type { Random } from '../../src/raft/random.ts';

const ofOne = ['add-learner', 'add-voter', 'add-voter', 'promote', 'promote', 'demote', 'remove', 'remove'] as const;

/** Any change of who among these belongs to the cluster; many of them will be refused. */
export function randomChange(random: Random, ids: readonly NodeId[]): MembershipChange {
  const kind = below(random, 12);
  if (kind < 2) {
    const voters = ids.filter(() => chance(random, 0.6));
    return { type: 'set-voters', voters, leavesByItself: chance(random, 0.6) };
  }
  if (kind < 4) return { type: 'leave-joint' };
  return { type: ofOne[kind - 4] ?? 'remove', node: ids[below(random, ids.length)] ?? 'n1' };
}
