import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { NodeId } from '../raft/entry.ts';
import type { MembershipChange, MembershipRefusal } from '../raft/membership-change.ts';
import { listed } from './words.ts';

/** A change of the membership as what is to be done, in lower case, without a full stop: `promote n6`. */
export function describeChange(change: MembershipChange): string {
  switch (change.type) {
    case 'add-learner':
      return `add ${change.node} as a learner`;
    case 'add-voter':
      return `add ${change.node} as a voter`;
    case 'promote':
    case 'demote':
    case 'remove':
      return `${change.type} ${change.node}`;
    case 'set-voters': {
      const stay = change.leavesByItself ? '' : ', jointly until told to leave';
      return `make ${listed(change.voters)} the voters${stay}`;
    }
    case 'leave-joint':
      return 'leave the joint configuration';
    default:
      return assertUnreachable(change);
  }
}

/** What it means for the cluster, one sentence. */
export function explainChange(change: MembershipChange): string {
  switch (change.type) {
    case 'add-learner':
      return 'It gets the log from now on, and has no vote until it is promoted (thesis §4.2.1).';
    case 'add-voter':
      return 'It counts at once, whatever it still lacks: until it has caught up, the others may have to wait for it (thesis §4.2.1).';
    case 'promote':
      return 'It has caught up, and gets a vote.';
    case 'demote':
      return 'It keeps getting the log, and loses its vote.';
    case 'remove':
      return 'It gets nothing any more, and is not told: it may stand for election until it is stopped (thesis §4.2.3).';
    case 'set-voters':
      return 'Where more than one voter changes, both configurations have to agree until the new one alone holds (§6).';
    case 'leave-joint':
      return 'The new voters alone decide from now on (§6).';
    default:
      return assertUnreachable(change);
  }
}

/** Why the change was not begun by `leader`, one clause. */
export function whyRefused(reason: MembershipRefusal, change: MembershipChange, leader: NodeId): string {
  switch (reason) {
    case 'not-leader':
      return `${leader} does not lead`;
    case 'transferring':
      return `${leader} is handing its lead over`;
    case 'change-pending':
      return 'the change before it is not committed yet';
    case 'nothing-committed':
      return `${leader} has not committed anything in its term yet`;
    case 'in-joint':
      return 'two configurations hold jointly, and have to be left first';
    case 'not-in-joint':
      return 'no two configurations hold jointly';
    case 'no-such-member':
      return `${subjectOf(change)} is no member`;
    case 'nothing-changes':
      return change.type === 'set-voters' ? 'they are the voters already' : `${subjectOf(change)} is that already`;
    case 'no-voters-left':
      return 'nobody would be left to vote';
    case 'learner-behind':
      return change.type === 'set-voters'
        ? 'a learner among them lacks committed entries, or is silent'
        : `${subjectOf(change)} lacks committed entries, or is silent`;
    case 'not-understood':
      return 'a name is empty, stands twice, or is one too many';
    default:
      return assertUnreachable(reason);
  }
}

/** The same as a sentence that stands alone. */
export function refusalSentence(reason: MembershipRefusal, change: MembershipChange, leader: NodeId): string {
  const clause = whyRefused(reason, change, leader);
  // An id keeps its small letter.
  const begins = /^n\d/.test(clause) ? clause : clause.charAt(0).toUpperCase() + clause.slice(1);
  return `${begins}.`;
}

function subjectOf(change: MembershipChange): string {
  return 'node' in change ? change.node : 'it';
}
