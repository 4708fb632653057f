import type { NodeId } from '../../raft/entry.ts';
import type { Membership } from '../../timeline/membership.ts';
import type { NodeView } from '../../timeline/view.ts';

/** How much of what it needs a candidate holds, 0 to 1; in a joint configuration of the majority that lacks more. */
export function voteShare({ configuration, votes }: Pick<NodeView, 'configuration' | 'votes'>): number {
  const shareOf = (members: readonly NodeId[]): number =>
    members.length === 0 ? 1 : members.filter((id) => votes[id] === true).length / majorityOf(members.length);
  return Math.min(1, shareOf(configuration.voters), shareOf(configuration.outgoing));
}

/** What its place in the cluster is called beside its name; undefined where its role says enough. */
export function membershipWord(membership: Membership): string | undefined {
  switch (membership) {
    case 'learner':
      return 'learner';
    case 'outsider':
      return 'outside';
    case 'voter':
    case 'incoming':
    case 'outgoing':
      return undefined;
  }
}

/** The smallest number of them that is a majority. */
export function majorityOf(members: number): number {
  return Math.floor(members / 2) + 1;
}
