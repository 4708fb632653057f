import { paperRules, type Rules } from './rules.ts';
import type { SabotageName } from './sabotage-name.ts';

/** The rules that each sabotage swaps, those of the store aside. What is wrong with them says the book of sabotages. */
const wrongRules: Readonly<Partial<Record<SabotageName, Partial<Rules>>>> = {
  'longer-log-wins': { isUpToDate: (_term, index, _ownTerm, ownIndex) => index >= ownIndex },
  'vote-before-disk': { leavesAfter: () => 0 },
  'vote-cleared-on-step-down': { voteAfterStepDown: () => undefined },
  'removes-what-agrees': { contradicts: () => true },
  'commit-past-message': {
    followerCommit: (leaderCommit, _vouched, lastIndex) => Math.min(leaderCommit, lastIndex),
    // To go back to the start is slow and as correct; a term at a time would hide the mistake.
    nextIndexAfterRefusal: () => 1,
  },
  'figure-8': { mayCommit: () => true },
  'change-before-commit': { hasCommittedInTerm: () => true },
  'two-changes-at-once': { isChangePending: () => false },
  'read-before-commit': { mayAnswerReads: () => true },
  'late-answer-confirms-read': { confirmsRound: () => true },
  'stale-term-unanswered': { answersStale: () => false },
  'old-snapshot-wipes-log': { isStaleSnapshot: () => false, keepsLogBehind: () => false },
  'stale-membership-after-snapshot': { configurationAfterSnapshot: (_snapshots, own) => own },
  // Nobody is left who would take it back: that was for the leader of its term to do.
  'transfer-outlives-term': { transferAfterStepDown: (transfer) => transfer && { ...transfer, untilUs: Infinity } },
  'timeout-now-asks-first': { standsAtOnce: () => false },
  'lease-ignores-drift': { heldLeaseUs: (durationUs) => durationUs, promisedLeaseUs: (durationUs) => durationUs },
  'lease-kept-in-transfer': { givesUpLease: () => false },
  'votes-counted-twice': {
    countsVote: (role, currentTerm, replyTerm) => role === 'candidate' && replyTerm === currentTerm,
    creditsVote: (from, alreadyCounted, unheard) => (alreadyCounted ? (unheard ?? from) : from),
  },
  'old-votes-counted': {
    countsVote: (role, _currentTerm, _replyTerm, alreadyCounted) => role === 'candidate' && !alreadyCounted,
  },
  'half-is-majority': { majorityOf: (members) => Math.ceil(members / 2) },
  'vote-not-on-disk': { voteOnDisk: () => undefined },
  'old-leader-obeyed': {
    compareTerms: (messageTerm, currentTerm) => (messageTerm > currentTerm ? 'higher' : 'current'),
  },
  'no-op-left-out': { opensWithNoOp: () => false },
  'previous-term-unchecked': {
    agreesBefore: (_prevLogTerm, ownTerm) => (ownTerm === undefined ? 'log-too-short' : 'log-matches'),
  },
  'new-leader-drops-tail': { logOfNewLeader: (_lastIndex, commitIndex) => commitIndex },
  'acknowledged-before-disk': { acknowledgesAfter: () => 0 },
  'undurable-entries-counted': { ownMatchIndex: (_durableIndex, lastIndex) => lastIndex },
  'commit-past-log': { followerCommit: (leaderCommit) => leaderCommit },
  'log-committed-at-start': { committedAtStart: (_snapshotIndex, lastIndex) => lastIndex },
  'one-majority-in-joint': { jointReach: (incoming) => incoming },
  'learner-counted': { hasVote: () => true },
  'born-membership-at-restart': { configurationAtStart: (_snapshots, born) => born },
  'compacts-past-applied': { compactsTo: (snapshotIndex) => snapshotIndex },
  'lease-counts-from-answer': { leaseBeginsUs: (_sentUs, answeredUs) => answeredUs },
  'lease-not-waited-out': { mayCommitYet: () => true },
  'promise-forgotten-at-restart': { promiseAfterRestart: () => 0 },
  'read-before-applied': { mayAnswerRead: () => true },
};

/** The paper's rules, with those swapped that the sabotages name. Of two that swap the same rule, the later one's holds. */
export function rulesOf(sabotages: readonly SabotageName[] = []): Rules {
  let rules = paperRules;
  for (const name of sabotages) {
    const wrong = wrongRules[name];
    if (wrong !== undefined) rules = { ...rules, ...wrong };
  }
  return rules;
}
