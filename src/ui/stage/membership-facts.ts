import type { Configuration } from '../../raft/configuration.ts';
import { membershipIn } from '../../timeline/membership.ts';
import type { NodeView } from '../../timeline/view.ts';
import { listed } from '../../timeline/words.ts';
import { majorityOf } from './node-membership.ts';

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
