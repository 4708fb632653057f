import { chance, type Random } from '../../raft/random.ts';
import type { MembershipChange } from '../../raft/membership-change.ts';
import { pick, someOf, whole } from './draw.ts';
import { at, type DrawFault, type Site } from './site.ts';

/** Only the run itself can tell who leads, so everyone is asked. What has to wait is refused, and changes nothing. */
export const changeMembership: DrawFault = (random, site, atMs) => {
  const change = drawChange(random, site);
  return site.nodes.map((from) => at(atMs, { type: 'change-membership', from, change }));
};

function drawChange(random: Random, { nodes }: Site): MembershipChange {
  const kind = whole(random, 1, 10);
  if (kind <= 6) {
    const type = pick(random, ['add-learner', 'add-voter', 'add-voter', 'promote', 'demote', 'remove'] as const);
    return { type, node: pick(random, nodes) };
  }
  if (kind <= 9) {
    const voters = someOf(random, nodes, 1, nodes.length);
    return { type: 'set-voters', voters, leavesByItself: chance(random, 0.7) };
  }
  return { type: 'leave-joint' };
}
