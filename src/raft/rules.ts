import type { Configuration } from './configuration.ts';
import type { NodeId } from './entry.ts';
import type { Role } from './event.ts';
import type { Transfer } from './raft-state.ts';

/**
 * The safety decisions of the paper ("In Search of an Understandable Consensus Algorithm", Ongaro and Ousterhout; the
 * thesis where it says so), each one small function of plain values. The protocol asks them and decides nothing by
 * itself, so swapping one for a wrong one shows what it is for.
 */
export interface Rules {
  /** §5.1: how a message's term stands to the node's own. Stale ones are refused, higher ones are taken on. */
  readonly compareTerms: (messageTerm: number, currentTerm: number) => 'stale' | 'current' | 'higher';
  /** §5.1, §5.2: the vote that a node still holds after it steps down to `nextTerm`. Only a new term frees it. */
  readonly voteAfterStepDown: (
    votedFor: NodeId | undefined,
    currentTerm: number,
    nextTerm: number,
  ) => NodeId | undefined;
  /** §5.2: at most one vote a term, first come, first served; the same candidate may hear the same answer again. */
  readonly mayVote: (votedFor: NodeId | undefined, candidate: NodeId) => 'vote-free' | 'vote-repeat' | 'vote-taken';
  /** §5.4.1: whether the candidate's log is at least as up to date: the later last term, then the longer log. */
  readonly isUpToDate: (
    candidateLastTerm: number,
    candidateLastIndex: number,
    lastTerm: number,
    lastIndex: number,
  ) => boolean;
  /** §5.2: only a candidate counts votes, those of its own term, each voter once. */
  readonly countsVote: (role: Role, currentTerm: number, replyTerm: number, alreadyCounted: boolean) => boolean;
  /** §5.2: whose vote an answer is: its sender's. `unheard` is a voter that has not answered, undefined if all have. */
  readonly creditsVote: (from: NodeId, alreadyCounted: boolean, unheard: NodeId | undefined) => NodeId;
  /** §5.2, Figure 2: the vote that is written to the disk with the term. */
  readonly voteOnDisk: (votedFor: NodeId | undefined) => NodeId | undefined;
  /** §5.3, Leader Append-Only: how much of its log a new leader keeps: all of it. */
  readonly logOfNewLeader: (lastIndex: number, commitIndex: number) => number;
  /** §8: whether a leader begins its term with an empty entry, by which it learns what is committed. */
  readonly opensWithNoOp: () => boolean;
  /** Figure 2, volatile state: what a node that starts may take for committed: what its snapshot replaces, no more. */
  readonly committedAtStart: (snapshotIndex: number, lastIndex: number) => number;
  /** Thesis 4.2.1: whether a member's vote and acknowledgements count: a learner's do not. */
  readonly hasVote: (isVoter: boolean) => boolean;
  /** §5.2, §5.3: how many of `members` are a majority. */
  readonly majorityOf: (members: number) => number;
  /**
   * §5.3, the consistency check: whether the follower holds the entry before the new ones. `ownTerm` is the term of its
   * entry there, undefined if its log is too short.
   */
  readonly agreesBefore: (
    prevLogTerm: number,
    ownTerm: number | undefined,
  ) => 'log-matches' | 'log-too-short' | 'log-conflict';
  /** §5.3: two entries at one index contradict each other if their terms differ. Only then is anything removed. */
  readonly contradicts: (ownTerm: number, leaderTerm: number) => boolean;
  /**
   * §5.3, last paragraphs: where the leader goes back to after a refusal. Where it knows the follower's conflicting term
   * itself, behind its own last entry of that term (`lastIndexOfTerm`, else 0); otherwise to where that term began.
   */
  readonly nextIndexAfterRefusal: (conflictIndex: number, lastIndexOfTerm: number) => number;
  /** §5.3, thesis 10.2.1: how far a leader may count itself: as far as its own disk holds the log. */
  readonly ownMatchIndex: (durableIndex: number, lastIndex: number) => number;
  /** §5.4.2, Figure 8: only entries of the leader's own term are committed by counting. */
  readonly mayCommit: (entryTerm: number, currentTerm: number) => boolean;
  /** §5.3: a follower's commit index: the leader's, but not past the last entry that this message vouches for. */
  readonly followerCommit: (leaderCommit: number, lastVouchedIndex: number, lastIndex: number) => number;
  /** Thesis 4.2.3, 9.6: whether a leader was heard so lately that there is no cause to elect another. */
  readonly hasJustHeard: (nowUs: number, heardUs: number | undefined, shortestTimeoutUs: number) => boolean;
  /** Thesis 4.2.3, 3.10: whether a vote request and its term are ignored. An election that the leader wants never is. */
  readonly ignoresVoteRequest: (hasJustHeard: boolean, isTransfer: boolean) => boolean;
  /** §6: how far two majorities have come of which both must agree, where each has come as far as this. */
  readonly jointReach: (incoming: number, outgoing: number) => number;
  /** Thesis 4.1: whether the configuration that a leader goes by is yet to be committed: no other is begun before. */
  readonly isChangePending: (configurationIndex: number, commitIndex: number) => boolean;
  /**
   * Thesis 4.1 (as its author mended it): whether a leader has committed an entry of its own term. Before, a change that a
   * former leader began may still come to be committed by a majority that does not overlap with the one of its own.
   */
  readonly hasCommittedInTerm: (commitTerm: number | undefined, currentTerm: number) => boolean;
  /** Thesis 4.1, §6: whether so many voters, coming and going, need a joint configuration: one alone does not. */
  readonly needsJoint: (votersThatChange: number) => boolean;
  /** Thesis 4.2.1: whether a learner holds enough, and is heard from, so that its vote will not hold the others up. */
  readonly isCaughtUp: (matchIndex: number, commitIndex: number, silentUs: number, timeoutUs: number) => boolean;
  /** Thesis 4.2.2: whether a leader that is no voter any more has to go: not before that is committed. */
  readonly stepsDownWhenRemoved: (configurationIndex: number, commitIndex: number) => boolean;
  /**
   * Thesis 4.2.2: whether a node may stand for election. Who was a voter before may stand while its removal may yet need
   * it to be committed: nobody else may hold that entry.
   */
  readonly mayStand: (isVoter: boolean, wasVoter: boolean, configurationIndex: number, commitIndex: number) => boolean;
  /** Thesis 6.2: whether a leader may go on that last heard from a majority, itself counted, at `heardUs`. */
  readonly mayLeadOn: (nowUs: number, heardUs: number, timeoutUs: number) => boolean;
  /** §5.1, §5.3: whether a message of an older term is answered, which is how its sender learns the present one. */
  readonly answersStale: () => boolean;
  /** Thesis 3.10: the transfer that is left when a leader steps down. None outlives its term. */
  readonly transferAfterStepDown: (transfer: Transfer | undefined) => Transfer | undefined;
  /** Thesis 3.10: whether a node that is told to stand needs no pre-vote: those asked have just heard from a leader. */
  readonly standsAtOnce: () => boolean;
  /** §7: how far a log may be compacted, behind a snapshot up to `snapshotIndex`: never past what is in the state machine. */
  readonly compactsTo: (snapshotIndex: number, keepEntries: number, lastApplied: number) => number;
  /** Figure 13: whether a snapshot brings nothing, because it reaches no further than what is committed here. */
  readonly isStaleSnapshot: (snapshotIndex: number, commitIndex: number) => boolean;
  /** Figure 13, 2 to 4: whether a chunk is the next one of what has come so far. */
  readonly takesChunk: (offset: number, heldBytes: number) => boolean;
  /**
   * Figure 13, 6: whether the last entry that a snapshot replaces stands in the log, so that what follows it stays.
   * `ownTerm` is the term of the entry there, undefined if there is none.
   */
  readonly keepsLogBehind: (snapshotTerm: number, ownTerm: number | undefined) => boolean;
  /** §7, Figure 13, 8: the configuration that holds where a snapshot ends: the snapshot's, not the node's `own`. */
  readonly configurationAfterSnapshot: (snapshots: Configuration, own: Configuration) => Configuration;
  /** §7: the configuration that a node starts with: its snapshot's, not the one that it was born with. */
  readonly configurationAtStart: (snapshots: Configuration, born: Configuration) => Configuration;
  /** Thesis 6.4: whether a leader knows what is committed: once an entry of its own term is. */
  readonly mayAnswerReads: (commitTerm: number, currentTerm: number) => boolean;
  /** Thesis 6.4: whether a read waits no longer: its round, which began after it came (0: none has yet), or a later one is confirmed. */
  readonly confirmsRound: (confirmedRound: number, readRound: number) => boolean;
  /** Thesis 6.4: whether the store has come as far as a read must see. */
  readonly mayAnswerRead: (readIndex: number, lastApplied: number) => boolean;
  /** Thesis 6.4.1: when a lease begins: at the sending of the round that a majority has echoed, not at the last echo. */
  readonly leaseBeginsUs: (sentUs: number, answeredUs: number) => number;
  /** Thesis 6.4.1: for how long, by its own clock, a leader may hold a lease of that real length. */
  readonly heldLeaseUs: (durationUs: number, driftPpm: number) => number;
  /** Thesis 6.4.1: for how long, by its own clock, a follower must take a lease of that real length to be held. */
  readonly promisedLeaseUs: (durationUs: number, driftPpm: number) => number;
  /** Thesis 6.4.1: what a node that starts must take to be promised, where the longest promise is that long. */
  readonly promiseAfterRestart: (hasLived: boolean, promisedUs: number) => number;
  /** Thesis 6.4.1: whether a lease until then still holds. */
  readonly holdsLease: (nowUs: number, untilUs: number) => boolean;
  /** Thesis 6.4.1, 3.10: how much of a promised lease the next leader must wait out. A leader that wanted the election has given its own up. */
  readonly leaseToWaitOut: (remainingUs: number, isTransfer: boolean) => number;
  /** Thesis 6.4.1: whether a leader may commit, while the one before may hold a lease until then. */
  readonly mayCommitYet: (nowUs: number, waitUntilUs: number) => boolean;
  /** Thesis 6.4.1: whether a leader may lead on whose lease ran out then. */
  readonly mayLeadUnrenewed: (nowUs: number, untilUs: number) => boolean;
  /** Thesis 6.4.1, 3.10: whether a leader gives up its lease before it tells another to stand. */
  readonly givesUpLease: () => boolean;
  /** Figure 2, "updated on stable storage before responding": the write that an answer has to wait for, 0 for none. */
  readonly leavesAfter: (dependsOnSequence: number, durableSequence: number) => number;
  /** The same for an answer that says that entries are here. */
  readonly acknowledgesAfter: (dependsOnSequence: number, durableSequence: number) => number;
}

/** The rules as the paper has them. */
export const paperRules: Rules = {
  compareTerms(messageTerm, currentTerm) {
    if (messageTerm === currentTerm) return 'current';
    return messageTerm < currentTerm ? 'stale' : 'higher';
  },

  voteAfterStepDown(votedFor, currentTerm, nextTerm) {
    return nextTerm > currentTerm ? undefined : votedFor;
  },

  mayVote(votedFor, candidate) {
    if (votedFor === undefined) return 'vote-free';
    return votedFor === candidate ? 'vote-repeat' : 'vote-taken';
  },

  isUpToDate(candidateLastTerm, candidateLastIndex, lastTerm, lastIndex) {
    if (candidateLastTerm !== lastTerm) return candidateLastTerm > lastTerm;
    return candidateLastIndex >= lastIndex;
  },

  countsVote(role, currentTerm, replyTerm, alreadyCounted) {
    return role === 'candidate' && replyTerm === currentTerm && !alreadyCounted;
  },

  creditsVote(from) {
    return from;
  },

  voteOnDisk(votedFor) {
    return votedFor;
  },

  logOfNewLeader(lastIndex) {
    return lastIndex;
  },

  opensWithNoOp() {
    return true;
  },

  committedAtStart(snapshotIndex) {
    return snapshotIndex;
  },

  hasVote(isVoter) {
    return isVoter;
  },

  majorityOf(members) {
    return Math.floor(members / 2) + 1;
  },

  agreesBefore(prevLogTerm, ownTerm) {
    if (ownTerm === undefined) return 'log-too-short';
    return ownTerm === prevLogTerm ? 'log-matches' : 'log-conflict';
  },

  contradicts(ownTerm, leaderTerm) {
    return ownTerm !== leaderTerm;
  },

  nextIndexAfterRefusal(conflictIndex, lastIndexOfTerm) {
    return lastIndexOfTerm > 0 ? lastIndexOfTerm + 1 : conflictIndex;
  },

  ownMatchIndex(durableIndex) {
    return durableIndex;
  },

  mayCommit(entryTerm, currentTerm) {
    return entryTerm === currentTerm;
  },

  followerCommit(leaderCommit, lastVouchedIndex) {
    return Math.min(leaderCommit, lastVouchedIndex);
  },

  hasJustHeard(nowUs, heardUs, shortestTimeoutUs) {
    return heardUs !== undefined && nowUs - heardUs < shortestTimeoutUs;
  },

  ignoresVoteRequest(hasJustHeard, isTransfer) {
    return hasJustHeard && !isTransfer;
  },

  jointReach(incoming, outgoing) {
    return Math.min(incoming, outgoing);
  },

  isChangePending(configurationIndex, commitIndex) {
    return configurationIndex > commitIndex;
  },

  hasCommittedInTerm(commitTerm, currentTerm) {
    return commitTerm === currentTerm;
  },

  needsJoint(votersThatChange) {
    return votersThatChange > 1;
  },

  isCaughtUp(matchIndex, commitIndex, silentUs, timeoutUs) {
    return matchIndex >= commitIndex && silentUs < timeoutUs;
  },

  stepsDownWhenRemoved(configurationIndex, commitIndex) {
    return configurationIndex <= commitIndex;
  },

  mayStand(isVoter, wasVoter, configurationIndex, commitIndex) {
    return isVoter || (wasVoter && configurationIndex > commitIndex);
  },

  mayLeadOn(nowUs, heardUs, timeoutUs) {
    return nowUs - heardUs < timeoutUs;
  },

  answersStale() {
    return true;
  },

  transferAfterStepDown() {
    return undefined;
  },

  standsAtOnce() {
    return true;
  },

  compactsTo(snapshotIndex, keepEntries, lastApplied) {
    return Math.min(snapshotIndex - keepEntries, lastApplied);
  },

  isStaleSnapshot(snapshotIndex, commitIndex) {
    return snapshotIndex <= commitIndex;
  },

  takesChunk(offset, heldBytes) {
    return offset === heldBytes;
  },

  keepsLogBehind(snapshotTerm, ownTerm) {
    return ownTerm === snapshotTerm;
  },

  configurationAfterSnapshot(snapshots) {
    return snapshots;
  },

  configurationAtStart(snapshots) {
    return snapshots;
  },

  mayAnswerReads(commitTerm, currentTerm) {
    return commitTerm === currentTerm;
  },

  confirmsRound(confirmedRound, readRound) {
    return readRound > 0 && readRound <= confirmedRound;
  },

  mayAnswerRead(readIndex, lastApplied) {
    return readIndex <= lastApplied;
  },

  leaseBeginsUs(sentUs) {
    return sentUs;
  },

  heldLeaseUs(durationUs, driftPpm) {
    return Math.floor(durationUs * (1 - driftPpm / 1_000_000));
  },

  promisedLeaseUs(durationUs, driftPpm) {
    return Math.ceil(durationUs * (1 + driftPpm / 1_000_000));
  },

  promiseAfterRestart(hasLived, promisedUs) {
    return hasLived ? promisedUs : 0;
  },

  holdsLease(nowUs, untilUs) {
    return nowUs < untilUs;
  },

  leaseToWaitOut(remainingUs, isTransfer) {
    return isTransfer ? 0 : remainingUs;
  },

  mayCommitYet(nowUs, waitUntilUs) {
    return nowUs >= waitUntilUs;
  },

  mayLeadUnrenewed(nowUs, untilUs) {
    return nowUs < untilUs;
  },

  givesUpLease() {
    return true;
  },

  leavesAfter(dependsOnSequence, durableSequence) {
    return dependsOnSequence > durableSequence ? dependsOnSequence : 0;
  },

  acknowledgesAfter(dependsOnSequence, durableSequence) {
    return dependsOnSequence > durableSequence ? dependsOnSequence : 0;
  },
};
