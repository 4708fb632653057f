import type { Configuration } from './configuration.ts';
import type { NodeId } from './entry.ts';

/** A change of who belongs to the cluster, as a leader is asked for it. */
export type MembershipChange =
  /** A stranger gets the log from now on, without a vote (thesis 4.2.1). */
  | { readonly type: 'add-learner'; readonly node: NodeId }
  /** A stranger gets the log and a vote at once; a learner is promoted. */
  | { readonly type: 'add-voter'; readonly node: NodeId }
  /** A learner gets a vote. */
  | { readonly type: 'promote'; readonly node: NodeId }
  /** A voter becomes a learner. */
  | { readonly type: 'demote'; readonly node: NodeId }
  /** A voter or a learner leaves. */
  | { readonly type: 'remove'; readonly node: NodeId }
  /**
   * These, and nobody else, are to vote; learners who are not among them stay learners. Where more than one voter comes or
   * goes, or `leavesByItself` is false, it goes by way of a joint configuration (§6), which the leader leaves by itself, or
   * waits to be told to leave.
   */
  | { readonly type: 'set-voters'; readonly voters: readonly NodeId[]; readonly leavesByItself: boolean }
  /** The joint configuration ends: its new voters alone decide from now on. */
  | { readonly type: 'leave-joint' };

/** Why a leader does not begin a change. Nothing has changed. */
export type MembershipRefusal =
  | 'not-leader'
  /** It is handing its lead over. */
  | 'transferring'
  /** The configuration that it goes by is not committed yet. */
  | 'change-pending'
  /** Nothing of its own term is committed yet. */
  | 'nothing-committed'
  /** A joint configuration has to be left first. */
  | 'in-joint'
  /** There is no joint configuration to leave. */
  | 'not-in-joint'
  /** The node is neither voter nor learner. */
  | 'no-such-member'
  | 'nothing-changes'
  | 'no-voters-left'
  /** The learner lacks committed entries, or has not been heard from lately. */
  | 'learner-behind'
  /** Names that are empty, or stand twice, or are too many. */
  | 'not-understood';

/**
 * The configuration that a change leads to, or why it leads to none. It looks at the configuration alone; whether this is
 * the time for it is for the leader to say.
 */
export function configurationAfter(
  configuration: Configuration,
  change: MembershipChange,
  needsJoint: (votersThatChange: number) => boolean,
): Configuration | MembershipRefusal {
  const { voters, learners, outgoing } = configuration;
  if (change.type === 'leave-joint') {
    return outgoing.length === 0 ? 'not-in-joint' : { voters, outgoing: [], learners, leavesByItself: false };
  }
  if (outgoing.length > 0) return 'in-joint';
  if (change.type === 'set-voters') return withVoters(configuration, change, needsJoint);
  const { node, type } = change;
  const isVoter = voters.includes(node);
  const isLearner = learners.includes(node);
  if (!isVoter && !isLearner && type !== 'add-learner' && type !== 'add-voter') return 'no-such-member';
  const votes = type === 'add-voter' || type === 'promote';
  const learns = type === 'add-learner' || type === 'demote';
  if ((votes && isVoter) || (learns && isLearner) || (type === 'add-learner' && isVoter)) return 'nothing-changes';
  const otherVoters = voters.filter((id) => id !== node);
  const otherLearners = learners.filter((id) => id !== node);
  // A change keeps the order of those whom it does not concern, so that the same steps give the same lists.
  const next = {
    voters: votes ? [...voters, node] : otherVoters,
    outgoing: [],
    learners: learns ? [...learners, node] : otherLearners,
    leavesByItself: false,
  };
  return next.voters.length === 0 ? 'no-voters-left' : next;
}

function withVoters(
  { voters, learners }: Configuration,
  change: Extract<MembershipChange, { readonly type: 'set-voters' }>,
  needsJoint: (votersThatChange: number) => boolean,
): Configuration | MembershipRefusal {
  const wanted = change.voters;
  if (wanted.length === 0) return 'no-voters-left';
  const coming = wanted.filter((id) => !voters.includes(id));
  const going = voters.filter((id) => !wanted.includes(id));
  const changed = coming.length + going.length;
  if (changed === 0) return 'nothing-changes';
  const isJoint = !change.leavesByItself || needsJoint(changed);
  return {
    voters: wanted,
    outgoing: isJoint ? voters : [],
    learners: learners.filter((id) => !wanted.includes(id)),
    leavesByItself: isJoint && change.leavesByItself,
  };
}
