import type { Configuration } from './configuration.ts';
import type { NodeId } from './entry.ts';
import { configurationAfter } from './membership-change.ts';
import type { MembershipChange, MembershipRefusal } from './membership-change.ts';
import type { Rules } from './rules.ts';
import { isConfiguration } from './well-formed.ts';

/** What decides whether a node may begin a change of the membership, in plain values. */
export interface MembershipStanding {
  readonly isLeader: boolean;
  readonly isTransferring: boolean;
  readonly term: number;
  readonly configuration: Configuration;
  /** Where in the log the configuration stands. */
  readonly configurationIndex: number;
  readonly commitIndex: number;
  /** The term of the entry at `commitIndex`; undefined where that is not known. */
  readonly commitTerm: number | undefined;
  /** How far a peer is known to agree, and for how long it has been silent; undefined for who is no peer. */
  readonly peer: (id: NodeId) => { readonly matchIndex: number; readonly silentUs: number } | undefined;
  readonly timeoutUs: number;
}

/** The configuration that the change leads to now, or why it is not begun. */
export function changeOf(
  standing: MembershipStanding,
  change: MembershipChange,
  rules: Rules,
): Configuration | MembershipRefusal {
  if (!standing.isLeader) return 'not-leader';
  if (standing.isTransferring) return 'transferring';
  const { configuration, configurationIndex, commitIndex } = standing;
  const next = configurationAfter(configuration, change, rules.needsJoint);
  // What can never be is said before what cannot be yet.
  if (typeof next === 'string') return next;
  if (!isConfiguration(next)) return 'not-understood';
  if (rules.isChangePending(configurationIndex, commitIndex)) return 'change-pending';
  if (!rules.hasCommittedInTerm(standing.commitTerm, standing.term)) return 'nothing-committed';
  const promoted = next.voters.filter((id) => configuration.learners.includes(id));
  return promoted.every((id) => isReady(standing, id, rules)) ? next : 'learner-behind';
}

function isReady({ peer, commitIndex, timeoutUs }: MembershipStanding, id: NodeId, rules: Rules): boolean {
  const learner = peer(id);
  // A leader that was demoted holds its own log.
  return learner === undefined || rules.isCaughtUp(learner.matchIndex, commitIndex, learner.silentUs, timeoutUs);
}
