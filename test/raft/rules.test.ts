import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configurationOf } from '../../src/raft/configuration.ts';
import { ruleBook } from '../../src/raft/rule-book.ts';
import { paperRules } from '../../src/raft/rules.ts';

const {
  agreesBefore,
  answersStale,
  compactsTo,
  compareTerms,
  configurationAfterSnapshot,
  contradicts,
  countsVote,
  followerCommit,
  hasJustHeard,
  ignoresVoteRequest,
  isStaleSnapshot,
  isUpToDate,
  hasCommittedInTerm,
  isCaughtUp,
  isChangePending,
  keepsLogBehind,
  leavesAfter,
  majorityOf,
  mayCommit,
  mayLeadOn,
  mayStand,
  mayVote,
  needsJoint,
  nextIndexAfterRefusal,
  ownMatchIndex,
  standsAtOnce,
  stepsDownWhenRemoved,
  takesChunk,
  transferAfterStepDown,
  voteAfterStepDown,
} = paperRules;

describe('§7, Figure 13 snapshots', () => {
  test('a log is compacted behind what stays of it, and never past what is applied', () => {
    expect(compactsTo(40, 0, 50)).toBe(40);
    expect(compactsTo(40, 5, 50)).toBe(35);
    expect(compactsTo(40, 0, 30)).toBe(30);
  });

  test('a snapshot that reaches no further than what is committed is stale', () => {
    expect(isStaleSnapshot(4, 4)).toBe(true);
    expect(isStaleSnapshot(3, 4)).toBe(true);
    expect(isStaleSnapshot(5, 4)).toBe(false);
  });

  test('only the chunk is taken that goes on where the last one ended', () => {
    expect(takesChunk(0, 0)).toBe(true);
    expect(takesChunk(5, 5)).toBe(true);
    expect(takesChunk(5, 4)).toBe(false);
    expect(takesChunk(0, 5)).toBe(false);
  });

  test('what follows the last entry of a snapshot stays if that entry is here, and only then', () => {
    expect(keepsLogBehind(2, 2)).toBe(true);
    expect(keepsLogBehind(2, 1)).toBe(false);
    expect(keepsLogBehind(2, undefined)).toBe(false);
  });

  test('the configuration is the one in the snapshot', () => {
    const [theirs, own] = [configurationOf(['n1', 'n2']), configurationOf(['n3'])];
    expect(configurationAfterSnapshot(theirs, own)).toBe(theirs);
  });
});

describe('§5.1 terms', () => {
  test('an older term is stale, a later one is taken on', () => {
    expect(compareTerms(1, 2)).toBe('stale');
    expect(compareTerms(2, 2)).toBe('current');
    expect(compareTerms(3, 2)).toBe('higher');
  });

  test('only a new term frees the vote', () => {
    expect(voteAfterStepDown('n2', 4, 5)).toBeUndefined();
    expect(voteAfterStepDown('n2', 4, 4)).toBe('n2');
  });
});

describe('§5.2 elections', () => {
  test('a node votes once a term, and may repeat that vote', () => {
    expect(mayVote(undefined, 'n2')).toBe('vote-free');
    expect(mayVote('n2', 'n2')).toBe('vote-repeat');
    expect(mayVote('n3', 'n2')).toBe('vote-taken');
  });

  test('only a candidate counts votes, of its own term, each voter once', () => {
    expect(countsVote('candidate', 3, 3, false)).toBe(true);
    expect(countsVote('candidate', 3, 3, true)).toBe(false);
    expect(countsVote('candidate', 3, 2, false)).toBe(false);
    expect(countsVote('follower', 3, 3, false)).toBe(false);
    expect(countsVote('leader', 3, 3, false)).toBe(false);
  });

  test('any two majorities of the same members share one', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map(majorityOf)).toEqual([1, 2, 2, 3, 3, 4, 4]);
    for (let members = 1; members < 100; members++) expect(2 * majorityOf(members)).toBeGreaterThan(members);
  });
});

describe('§5.3 log replication', () => {
  test('entries are taken where the entry before them is held, with the same term', () => {
    expect(agreesBefore(2, 2)).toBe('log-matches');
    expect(agreesBefore(2, 1)).toBe('log-conflict');
    expect(agreesBefore(2, undefined)).toBe('log-too-short');
    expect(agreesBefore(0, 0)).toBe('log-matches');
  });

  test('entries of one index contradict each other only if their terms differ', () => {
    expect(contradicts(2, 2)).toBe(false);
    expect(contradicts(2, 3)).toBe(true);
    expect(contradicts(3, 2)).toBe(true);
  });

  test('after a refusal the leader goes behind its own last entry of that term, or to where the term began', () => {
    expect(nextIndexAfterRefusal(4, 7)).toBe(8);
    expect(nextIndexAfterRefusal(4, 0)).toBe(4);
  });

  test('a leader counts itself only as far as its disk holds the log (thesis 10.2.1)', () => {
    expect(ownMatchIndex(3, 9)).toBe(3);
  });

  test('a follower commits what the leader has, but nothing that this message does not vouch for', () => {
    expect(followerCommit(5, 9, 9)).toBe(5);
    expect(followerCommit(9, 5, 9)).toBe(5);
  });
});

describe('§5.4 safety', () => {
  test('§5.4.1 the later last term is more up to date, whatever the length; in the same term the longer log', () => {
    expect(isUpToDate(3, 1, 2, 9)).toBe(true);
    expect(isUpToDate(2, 9, 3, 1)).toBe(false);
    expect(isUpToDate(2, 5, 2, 4)).toBe(true);
    expect(isUpToDate(2, 4, 2, 4)).toBe(true);
    expect(isUpToDate(2, 3, 2, 4)).toBe(false);
    expect(isUpToDate(0, 0, 0, 0)).toBe(true);
  });

  test('§5.4.2 only entries of the current term are committed by counting', () => {
    expect(mayCommit(4, 4)).toBe(true);
    expect(mayCommit(2, 4)).toBe(false);
  });
});

describe('thesis chapters 3, 4, 6 and 9: when there is an election', () => {
  test('4.2.3, 9.6 a leader was just heard until the shortest election timeout is over', () => {
    expect(hasJustHeard(100, 51, 50)).toBe(true);
    expect(hasJustHeard(100, 50, 50)).toBe(false);
    expect(hasJustHeard(0, undefined, 50)).toBe(false);
  });

  test('4.2.3 who has just heard a leader ignores vote requests, but for one that the leader wants (3.10)', () => {
    expect(ignoresVoteRequest(true, false)).toBe(true);
    expect(ignoresVoteRequest(true, true)).toBe(false);
    expect(ignoresVoteRequest(false, false)).toBe(false);
  });

  test('4.1 a change waits for the one before it, and for a commit of the term', () => {
    expect([isChangePending(5, 4), isChangePending(5, 5), isChangePending(0, 0)]).toEqual([true, false, false]);
    expect([hasCommittedInTerm(2, 3), hasCommittedInTerm(3, 3)]).toEqual([false, true]);
    expect(hasCommittedInTerm(undefined, 3)).toBe(false);
  });

  test('4.1, 4.3 one voter changes alone, several change jointly', () => {
    expect([needsJoint(0), needsJoint(1), needsJoint(2)]).toEqual([false, false, true]);
  });

  test('4.2.1 a learner is caught up that holds what is committed and was heard from lately', () => {
    expect(isCaughtUp(4, 4, 0, 300)).toBe(true);
    expect(isCaughtUp(3, 4, 0, 300)).toBe(false);
    expect(isCaughtUp(4, 4, 299, 300)).toBe(true);
    expect(isCaughtUp(4, 4, 300, 300)).toBe(false);
  });

  test('4.2.2 a leader that is removed goes when that is committed; who was removed may stand until then', () => {
    expect([stepsDownWhenRemoved(5, 4), stepsDownWhenRemoved(5, 5)]).toEqual([false, true]);
    expect([mayStand(true, false, 5, 5), mayStand(false, true, 5, 4)]).toEqual([true, true]);
    expect([mayStand(false, true, 5, 5), mayStand(false, false, 5, 4)]).toEqual([false, false]);
  });

  test('6.2 a leader needs to hear from a majority, itself counted', () => {
    expect([600, 601, 700].map((heardUs) => mayLeadOn(900, heardUs, 300))).toEqual([false, true, true]);
  });

  test('3.10 a transfer ends with the lead, and who is told to stand does so at once', () => {
    expect(transferAfterStepDown({ to: 'n2', untilUs: 5 })).toBeUndefined();
    expect(standsAtOnce()).toBe(true);
  });

  test('§5.1 what is stale is answered', () => {
    expect(answersStale()).toBe(true);
  });
});

describe('thesis 6.4: reads and leases', () => {
  test('6.4 a leader knows what is committed once an entry of its own term is', () => {
    expect([paperRules.mayAnswerReads(3, 3), paperRules.mayAnswerReads(2, 3)]).toEqual([true, false]);
  });

  test('6.4 a read waits for a round that began after it came, or for a later one', () => {
    expect([3, 4, 5].map((confirmed) => paperRules.confirmsRound(confirmed, 4))).toEqual([false, true, true]);
    expect(paperRules.confirmsRound(4, 0)).toBe(false);
  });

  test('6.4.1 on no two clocks within the bound does a promise end before the lease that it is for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 0, max: 500_000 }),
        (durationUs, driftPpm) => {
          const slowest = 1 - driftPpm / 1_000_000;
          const fastest = 1 + driftPpm / 1_000_000;
          const heldForReal = paperRules.heldLeaseUs(durationUs, driftPpm) / slowest;
          const promisedForReal = paperRules.promisedLeaseUs(durationUs, driftPpm) / fastest;
          expect(heldForReal).toBeLessThanOrEqual(promisedForReal * (1 + 1e-12));
        },
      ),
    );
  });

  test('6.4.1 a lease ends at its moment, and then the next leader may commit, and its own leader leads no more', () => {
    const { holdsLease, mayCommitYet, mayLeadUnrenewed } = paperRules;
    expect(
      [9, 10].map((nowUs) => [holdsLease(nowUs, 10), mayCommitYet(nowUs, 10), mayLeadUnrenewed(nowUs, 10)]),
    ).toEqual([
      [true, false, true],
      [false, true, false],
    ]);
  });

  test('6.4.1 who starts again assumes the longest promise, unless it has never been alive', () => {
    expect([paperRules.promiseAfterRestart(true, 7), paperRules.promiseAfterRestart(false, 7)]).toEqual([7, 0]);
  });

  test('3.10, 6.4.1 a leader that hands over gives its lease up, and so nobody waits for it', () => {
    expect(paperRules.givesUpLease()).toBe(true);
    expect([paperRules.leaseToWaitOut(7, true), paperRules.leaseToWaitOut(7, false)]).toEqual([0, 7]);
  });
});

test('Figure 2: an answer waits for the write that it rests on, unless that is durable already', () => {
  expect(leavesAfter(3, 2)).toBe(3);
  expect(leavesAfter(3, 3)).toBe(0);
  expect(leavesAfter(0, 0)).toBe(0);
});

test('every rule of the book has its place in the paper and says one sentence', () => {
  for (const { section, text } of Object.values(ruleBook)) {
    expect(section).toMatch(/^((thesis )?§[\d.]+(, §[\d.]+)*|Figure (2|13))$/);
    expect(text).toMatch(/^[A-Z].*\.$/);
  }
});
