import type { NodeId } from '../../raft/entry.ts';
import { membershipIn, type Membership } from '../../timeline/membership.ts';
import type { NodeView } from '../../timeline/view.ts';
import type { Configuration } from '../../raft/configuration.ts';
import { listed } from '../../timeline/words.ts';

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

/** What a node is to the cluster's present configuration, in sentences. */
export function membershipFacts(node: NodeView, present: Configuration): readonly string[] {
  const { voters, outgoing } = present;
  switch (membershipIn(present, node.id)) {
    case 'learner':
      return ['It gets the log and has no vote (thesis §4.2.1).'];
    case 'outsider':
      return [
        node.configuration.voters.includes(node.id)
          ? 'It was removed and has not been told: it may stand for election (thesis §4.2.3).'
          : 'It belongs to no cluster, and waits for a leader to write to it.',
      ];
    case 'voter':
      if (outgoing.length > 0) return [`It votes in both configurations. ${jointWords(present)}`];
      return [
        `One of ${voters.length} ${voters.length === 1 ? 'voter' : 'voters'}: ${majorityOf(voters.length)} decide.`,
      ];
    case 'incoming':
      return [`It votes in the new configuration alone. ${jointWords(present)}`];
    case 'outgoing':
      return [`It votes in the old configuration alone. ${jointWords(present)}`];
  }
}

/** Both majorities of a joint configuration, in one sentence. */
function jointWords({ voters, outgoing }: Configuration): string {
  const old = `${majorityOf(outgoing.length)} of ${listed(outgoing)}`;
  const next = `${majorityOf(voters.length)} of ${listed(voters)}`;
  return `Nothing is agreed without ${old} and ${next} (§6).`;
}

export function majorityOf(members: number): number {
  return Math.floor(members / 2) + 1;
}
