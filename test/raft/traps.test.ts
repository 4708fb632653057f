import { describe, expect, test } from 'vitest';
import type { Rules } from '../../src/raft/rules.ts';
import { HandDriven } from './hand-driven.ts';
import {
  OneNode,
  appendEntries,
  entry,
  installSnapshot,
  logOf,
  preVote,
  preVoteReply,
  refusal,
  requestVote,
  success,
} from './one-node.ts';
import { LeaseScene } from './lease-scene.ts';

// Mistakes that other implementations made. Each scenario is played twice: by the paper's rules, and with the one rule
// swapped that stands in the way of that mistake, which shows that the scenario can tell the difference.

describe('Trap 1: log comparison that is not lexicographic on (last term, last index)', () => {
  /** Whether a node with log [1, 1, 2] votes for one whose log ends there. */
  function votes(lastLogIndex: number, lastLogTerm: number, rules?: Partial<Rules>): boolean {
    const one = new OneNode({ term: 3, log: logOf(1, 1, 2), ...(rules && { rules }) });
    return one.receive('n2', requestVote(4, lastLogIndex, lastLogTerm)).event('vote-cast').granted;
  }

  test('Trap 1: a longer log of an older term gets no vote', () => {
    expect(votes(9, 1)).toBe(false);
    expect(votes(9, 1, { isUpToDate: (_term, index, _ownTerm, ownIndex) => index >= ownIndex })).toBe(true);
  });

  test('Trap 1: a shorter log of a later term gets the vote', () => {
    expect(votes(1, 3)).toBe(true);
    const both: Rules['isUpToDate'] = (term, index, ownTerm, ownIndex) => term >= ownTerm && index >= ownIndex;
    expect(votes(1, 3, { isUpToDate: both })).toBe(false);
  });

  test('Trap 1: in the same term the length decides, and an equal log is up to date', () => {
    expect(votes(2, 2)).toBe(false);
    expect(votes(3, 2)).toBe(true);
    expect(votes(2, 2, { isUpToDate: (term, _index, ownTerm) => term >= ownTerm })).toBe(true);
  });
});

describe('Trap 2: a vote that leaves before it is durable', () => {
  /** A node votes for n2, loses its power with what was not yet on disk, and is asked by n3 in the same term. */
  function votesTwice(rules?: Partial<Rules>): boolean {
    const one = new OneNode({ term: 1, ...(rules && { rules }) }).receive('n2', requestVote(2, 0, 0));
    const left = one.all('send').some(({ afterSequence }) => afterSequence === 0);
    const again = new OneNode({ term: 1, ...(rules && { rules }) }).receive('n3', requestVote(2, 0, 0));
    return left && again.event('vote-cast').granted;
  }

  test('Trap 2: the vote waits for its write, so a crash before it leaves no vote behind', () => {
    expect(votesTwice()).toBe(false);
    expect(votesTwice({ leavesAfter: () => 0 })).toBe(true);
  });

  test('Trap 2: a crash after its write leaves a node that knows its vote', () => {
    const one = new OneNode({ term: 1 }).receive('n2', requestVote(2, 0, 0));
    const { sequence, term, votedFor } = one.only('persist');
    expect(one.only('send').afterSequence).toBe(sequence);
    expect([term, votedFor]).toEqual([2, 'n2']);
    const again = new OneNode({ term, votedFor: votedFor ?? '' }).receive('n3', requestVote(2, 0, 0));
    expect(again.event('vote-cast')).toMatchObject({ granted: false, rule: 'vote-taken' });
  });

  test('Trap 2: an acknowledgement waits for its entries too', () => {
    const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0], logOf(1)));
    expect(one.only('send').afterSequence).toBe(one.only('persist').sequence);
  });
});

describe('Trap 3: a same-term step-down that clears the vote', () => {
  /** A candidate of term 1 hears from the leader of term 1, and then from another candidate of term 1. */
  function votesAgain(rules?: Partial<Rules>): boolean {
    const one = new OneNode(rules && { rules })
      .timeOut()
      .flush()
      .receive('n2', appendEntries(1, [0, 0]));
    return one.receive('n3', requestVote(1, 0, 0)).event('vote-cast').granted;
  }

  test('Trap 3: a candidate that follows the leader of its term has still voted', () => {
    expect(votesAgain()).toBe(false);
    expect(votesAgain({ voteAfterStepDown: () => undefined })).toBe(true);
  });
});

describe('Trap 4: a stale AppendEntries that truncates entries it agrees with', () => {
  /** The follower holds and has acknowledged three entries when the first message, with one of them, comes again. */
  function logAfterRepeat(rules?: Partial<Rules>): readonly number[] {
    const one = new OneNode({ term: 1, ...(rules && { rules }) });
    one.receive('n2', appendEntries(1, [0, 0], logOf(1))).receive('n2', appendEntries(1, [0, 0], logOf(1, 1, 1)));
    return one.flush().receive('n2', appendEntries(1, [0, 0], logOf(1))).terms;
  }

  test('Trap 4: a late message with fewer entries removes nothing', () => {
    expect(logAfterRepeat()).toEqual([1, 1, 1]);
    expect(logAfterRepeat({ contradicts: () => true })).toEqual([1]);
  });

  test('Trap 4: a late heartbeat removes nothing', () => {
    const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0], logOf(1, 1, 1)));
    expect(one.receive('n2', appendEntries(1, [1, 1])).terms).toEqual([1, 1, 1]);
    expect(one.has('entries-truncated')).toBe(false);
  });

  test('Trap 4: its answer vouches for no more than it brought', () => {
    const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0], logOf(1, 1, 1)));
    one.receive('n2', appendEntries(1, [0, 0], logOf(1)));
    expect(one.sent['n2']).toMatchObject({ success: true, matchIndex: 1 });
  });
});

describe('Trap 5: commit moved past the last entry that the message vouches for', () => {
  /**
   * The follower's last two entries are an old leader's and contradict the new one's, whose heartbeat agrees with the
   * first entry only and says that three are committed.
   */
  function committed(rules?: Partial<Rules>): number {
    const one = new OneNode({ term: 2, log: logOf(1, 1, 1), ...(rules && { rules }) });
    return one.receive('n2', appendEntries(2, [1, 1], [], 3)).node.commitIndex;
  }

  test('Trap 5: entries that the message does not reach are not committed by it', () => {
    expect(committed()).toBe(1);
    expect(
      committed({ followerCommit: (leaderCommit, _vouched, lastIndex) => Math.min(leaderCommit, lastIndex) }),
    ).toBe(3);
  });
});

describe("Trap 6: an old term's entry committed by counting replicas (Figure 8)", () => {
  /** Figure 8 (c): S1 leads term 4 and has brought its entry of term 2 to a majority; its own of term 4 to nobody. */
  function leaderOfTermFour(rules?: Partial<Rules>): OneNode {
    const members = ['n1', 'n2', 'n3', 'n4', 'n5'];
    const one = new OneNode({ members, term: 3, log: logOf(1, 2), ...(rules && { rules }) }).lead().flush();
    expect(one.node.term).toBe(4);
    return one.receive('n2', success(4, 2)).receive('n3', success(4, 2));
  }

  test('Trap 6: an entry of an older term on a majority is not committed', () => {
    expect(leaderOfTermFour().node.commitIndex).toBe(0);
    expect(leaderOfTermFour({ mayCommit: () => true }).node.commitIndex).toBe(2);
  });

  test("Trap 6: it is committed together with the first of the leader's own term", () => {
    const one = leaderOfTermFour().receive('n2', success(4, 3)).receive('n3', success(4, 3));
    expect(one.event('commit-advanced')).toMatchObject({ commitIndex: 3, from: 0, rule: 'commit-majority' });
  });

  test('Trap 6: as in Figure 8 (d), the entry on a majority may still be overwritten, and nothing breaks', () => {
    const one = leaderOfTermFour().receive('n5', refusal(5, 2, 2));
    one.receive('n5', appendEntries(5, [1, 1], [entry(2, 3)]));
    expect(one.node.halted).toBeUndefined();
    expect(one.terms).toEqual([1, 3]);
  });
});

describe('Trap 7: a membership change begun before this term has committed anything; or two at once', () => {
  const all = ['n1', 'n2', 'n3', 'n4', 'n5'];
  /** What n2 committed in term 2, and n1, leader of term 3, does not hold. */
  const lostBy = (cluster: HandDriven): readonly unknown[] => {
    const { log, commitIndex } = cluster.node('n2');
    return log.slice(1, commitIndex).filter(({ index, term }) => cluster.node('n1').log.termAt(index) !== term);
  };

  /** Four nodes. n1 adds n5 and is heard by n5 alone; n2 is elected, and removes n4 while only n3 hears it. Then n1 stands. */
  function changedTooSoon(rules?: Partial<Rules>): HandDriven {
    const cluster = new HandDriven(all.slice(0, 4), ['n5'], rules);
    cluster.stand('n1');
    cluster.settle(all.slice(0, 4));
    cluster.change('n1', { type: 'add-voter', node: 'n5' });
    cluster.settle(['n1', 'n5']);
    cluster.stand('n2');
    cluster.settle(['n2', 'n3', 'n4'], ['request-vote', 'request-vote-reply']);
    cluster.change('n2', { type: 'remove', node: 'n4' });
    cluster.propose('n2', 'x');
    cluster.heartbeat('n2');
    cluster.settle(cluster.refused.length === 0 ? ['n2', 'n3'] : ['n2', 'n3', 'n4']);
    cluster.stand('n1');
    cluster.settle(['n1', 'n4', 'n5'], ['request-vote', 'request-vote-reply']);
    return cluster;
  }

  test('Trap 7: the change has to wait for a commit of the term, and then nothing is lost', () => {
    const cluster = changedTooSoon();
    expect(cluster.refused).toEqual(['nothing-committed']);
    expect(cluster.node('n2').commitIndex).toBe(3);
    expect(cluster.node('n1').role).toBe('candidate');
  });

  test('Trap 7: begun before that, two majorities that have nobody in common decide, and what is committed is lost', () => {
    const cluster = changedTooSoon({ hasCommittedInTerm: () => true });
    expect(cluster.refused).toEqual([]);
    expect([cluster.node('n1').role, cluster.node('n1').term]).toEqual(['leader', 3]);
    expect(lostBy(cluster)).toMatchObject([
      { index: 2, type: 'no-op', term: 2 },
      { index: 3, type: 'configuration', term: 2 },
      { index: 4, type: 'command', command: 'x' },
    ]);
  });

  /** Three nodes. n1 adds n4 and, nobody having heard of it, n5; those two follow it. n2 is elected by n3. */
  function twoAtOnce(rules?: Partial<Rules>): HandDriven {
    const cluster = new HandDriven(all.slice(0, 3), ['n4', 'n5'], rules);
    cluster.stand('n1');
    cluster.settle(all.slice(0, 3));
    cluster.change('n1', { type: 'add-voter', node: 'n4' });
    cluster.change('n1', { type: 'add-voter', node: 'n5' });
    cluster.propose('n1', 'x');
    cluster.heartbeat('n1');
    cluster.settle(['n1', 'n4', 'n5']);
    cluster.stand('n2');
    cluster.settle(['n2', 'n3'], ['request-vote', 'request-vote-reply']);
    return cluster;
  }

  test('Trap 7: a second change has to wait for the first, which no minority commits', () => {
    const cluster = twoAtOnce();
    expect(cluster.refused).toEqual(['change-pending']);
    expect([cluster.node('n1').commitIndex, cluster.node('n2').role]).toEqual([1, 'leader']);
  });

  test('Trap 7: begun at once, both old members and new ones go on without the others', () => {
    const cluster = twoAtOnce({ isChangePending: () => false });
    expect([cluster.node('n1').commitIndex, cluster.node('n2').role]).toEqual([4, 'leader']);
    expect(cluster.node('n2').log.termAt(4)).toBeUndefined();
  });
});

describe('Trap 8: a read before this term has committed; a late answer that confirms a newer read', () => {
  const reads = (one: OneNode): readonly number[] => one.all('read-ready').map(({ index }) => index);

  /** Two entries are committed, which the new leader holds and does not know to be. As of what does it answer? */
  function answersAsOf(rules?: Partial<Rules>): readonly number[] {
    const one = new OneNode({ term: 1, log: logOf(1, 1), ...(rules && { rules }) }).lead().flush();
    return reads(one.read('read-index', 7).receive('n2', { ...refusal(2, 2, 1), round: 1 }));
  }

  test('Trap 8: a leader that has committed nothing in its term does not know what is committed, and waits', () => {
    expect(answersAsOf()).toEqual([]);
    expect(answersAsOf({ mayAnswerReads: () => true })).toEqual([0]);
  });

  /**
   * n1 asks whether it leads, and the answer is long on its way. Meanwhile another leads and commits; then a second read
   * comes, under the same name if its caller chose it so, and then the answer to the first question.
   */
  function answersSecondRead(readId: number, rules?: Partial<Rules>): boolean {
    const one = new OneNode(rules && { rules }).lead().flush().receive('n2', success(1, 1)).read('read-index', 7);
    const [first] = one.all('send').map(({ message }) => message);
    one.read('read-index', readId);
    one.receive('n2', { ...success(1, 1, 1), ...(first?.type === 'append-entries' && { round: first.round ?? 0 }) });
    return reads(one).length === 2;
  }

  test('Trap 8: what was asked before a read came says nothing about it, whatever name its caller gives it', () => {
    for (const readId of [7, 8]) {
      expect(answersSecondRead(readId)).toBe(false);
      expect(answersSecondRead(readId, { confirmsRound: () => true })).toBe(true);
    }
  });
});

describe('Trap 9: pre-vote and check-quorum together leaving a node stuck at a lower term', () => {
  const cautious = { preVote: true, checkQuorum: true, leaderStickiness: true };

  /** A node that went ahead to term 9 alone hears from the leader of term 3, whom all others follow. What comes back? */
  function leaderAfterItsAnswer(rules?: Partial<Rules>): OneNode {
    const ahead = new OneNode({ term: 9, config: cautious, ...(rules && { rules }) });
    const leader = new OneNode({ term: 2, config: cautious }).receive('n3', preVoteReply(2, 3));
    leader
      .timeOut()
      .receive('n2', preVoteReply(2, 3))
      .flush()
      .receive('n2', { type: 'request-vote-reply', term: 3, granted: true });
    expect([leader.node.role, leader.node.term]).toEqual(['leader', 3]);
    const answers = ahead.receive('n2', appendEntries(3, [0, 0])).all('send');
    for (const { message } of answers) leader.receive('n3', message);
    return leader;
  }

  test("Trap 9: a leader's message of a lower term is answered, so that the leader learns the higher one", () => {
    const leader = leaderAfterItsAnswer();
    expect([leader.node.role, leader.node.term]).toEqual(['follower', 9]);
    expect(leaderAfterItsAnswer({ answersStale: () => false }).node.term).toBe(3);
  });

  test('Trap 9: a vote request of a higher term does not do that, for those who hear the leader ignore it', () => {
    const one = new OneNode({ term: 3, config: cautious }).receive('n2', appendEntries(3, [0, 0]));
    expect(one.receive('n3', requestVote(10, 0, 0)).node.term).toBe(3);
  });

  test('Trap 9: one who would stand in an older term is answered as well, and comes along', () => {
    /** The term in which it asks the next time. */
    const termAfter = (rules?: Partial<Rules>): number => {
      const ahead = new OneNode({ term: 9, config: cautious, ...(rules && { rules }) }).receive('n2', preVote(4, 0, 0));
      const behind = new OneNode({ term: 3, config: cautious }).timeOut();
      for (const { message } of ahead.all('send')) behind.receive('n2', message);
      return behind.node.term;
    };
    expect(termAfter()).toBe(9);
    expect(termAfter({ answersStale: () => false })).toBe(3);
  });
});

describe('Trap 10: a snapshot older than the log wiping it, or leaving a stale membership behind', () => {
  /** A follower that has committed four entries is given a snapshot of the first two, late. */
  function afterOldSnapshot(rules?: Partial<Rules>): OneNode {
    const one = new OneNode({ term: 1, ...(rules && { rules }) });
    one.receive('n2', appendEntries(1, [0, 0], logOf(1, 1, 1, 1), 4)).flush();
    return one.receive('n2', installSnapshot(1, [2, 1]));
  }

  test('Trap 10: a snapshot of what is committed here changes nothing', () => {
    const one = afterOldSnapshot();
    expect([one.terms, one.node.commitIndex]).toEqual([[1, 1, 1, 1], 4]);
    expect([one.all('persist'), one.all('restore')]).toEqual([[], []]);
    const wiped = afterOldSnapshot({ isStaleSnapshot: () => false, keepsLogBehind: () => false });
    expect([wiped.terms, wiped.node.commitIndex]).toEqual([[], 2]);
  });

  test('Trap 10: a snapshot that ends in the middle of the log leaves what follows it', () => {
    /** Three entries, acknowledged, of which none is known to be committed. */
    const termsAfter = (rules?: Partial<Rules>): readonly number[] => {
      const one = new OneNode({ term: 1, ...(rules && { rules }) });
      one.receive('n2', appendEntries(1, [0, 0], logOf(1, 1, 1))).flush();
      return one.receive('n2', installSnapshot(1, [2, 1])).terms;
    };
    expect(termsAfter()).toEqual([1, 1, 1]);
    expect(termsAfter({ keepsLogBehind: () => false })).toEqual([]);
  });

  /** Who belongs to the cluster, by a node that was given a snapshot which brings n4 in n3's place. */
  function votersAfter(rules?: Partial<Rules>): readonly string[] {
    const one = new OneNode({ term: 1, ...(rules && { rules }) });
    return one.receive('n2', installSnapshot(1, [2, 1], {}, ['n1', 'n2', 'n4'])).node.configuration.voters;
  }

  test('Trap 10: the membership is the one in the snapshot, from then on and after a restart', () => {
    expect(votersAfter()).toEqual(['n1', 'n2', 'n4']);
    expect(votersAfter({ configurationAfterSnapshot: (_theirs, own) => own })).toEqual(['n1', 'n2', 'n3']);
    const one = new OneNode({ term: 1 }).receive('n2', installSnapshot(1, [2, 1], {}, ['n1', 'n2', 'n4']));
    const { snapshot, compactTo } = one.only('persist');
    const persisted = { ...(snapshot && { snapshot }), ...(compactTo && { base: compactTo }) };
    expect(new OneNode({ term: 1, persisted }).node.configuration.voters).toEqual(['n1', 'n2', 'n4']);
  });
});

describe('Trap 11: a transfer that outlives its term; TimeoutNow lost to a heartbeat under pre-vote', () => {
  /** A leader hands over, is deposed before that is done, and is elected again at once. Does it take proposals? */
  function takesProposals(rules?: Partial<Rules>): boolean {
    const one = new OneNode(rules && { rules }).lead().flush().turn({ type: 'transfer-leadership', to: 'n3' });
    one
      .receive('n2', requestVote(2, 1, 1))
      .flush()
      .turn({ type: 'time-out-now' })
      .flush();
    one.receive('n2', { type: 'request-vote-reply', term: 3, granted: true });
    expect([one.node.role, one.node.term]).toEqual(['leader', 3]);
    return one.propose(1).all('proposal-accepted').length === 1;
  }

  test('Trap 11: a leader that was handing over, and leads again, takes proposals', () => {
    expect(takesProposals()).toBe(true);
    expect(takesProposals({ transferAfterStepDown: (transfer) => transfer })).toBe(false);
  });

  test('Trap 11: a leader that loses its quorum while it hands over is done with that too', () => {
    const one = new OneNode({ config: { checkQuorum: true } }).lead().turn({ type: 'transfer-leadership', to: 'n3' });
    while (one.node.role === 'leader') one.timeOut();
    expect(one.node.transfer).toBeUndefined();
  });

  /** Whether a follower that is told to stand gets the vote of another that has just heard from the same leader. */
  function isElected(rules?: Partial<Rules>): boolean {
    const config = { preVote: true, leaderStickiness: true };
    const options = { term: 3, config, ...(rules && { rules }) };
    const told = new OneNode(options)
      .receive('n2', appendEntries(3, [0, 0]))
      .receive('n2', { type: 'timeout-now', term: 3 });
    const voter = new OneNode(options).receive('n2', appendEntries(3, [0, 0]));
    told.receive('n2', appendEntries(3, [0, 0]));
    const request =
      told.node.role === 'candidate' ? { ...requestVote(4, 0, 0), transfer: true as const } : preVote(4, 0, 0);
    voter.receive('n3', request);
    for (const { message } of voter.all('send')) told.flush().receive('n3', message);
    return told.node.role === 'leader';
  }

  test('Trap 11: who is told to stand is elected, though all have just heard from the leader, and a heartbeat follows', () => {
    const wrong = [{ standsAtOnce: () => false }, { ignoresVoteRequest: (hasJustHeard: boolean) => hasJustHeard }];
    expect([undefined, ...wrong].map((rules) => isElected(rules))).toEqual([true, false, false]);
  });
});

describe('Trap 12: a lease that ignores clock drift, or is not given up before a transfer', () => {
  test('Trap 12: a leader whose clock is slow has no lease any more when the next one commits', () => {
    const isStale = (rules?: Partial<Rules>): boolean => new LeaseScene(rules).readsAfterElectionOf('n3', -100_000);
    expect(isStale()).toBe(false);
    const trusting = {
      heldLeaseUs: (durationUs: number) => durationUs,
      promisedLeaseUs: (durationUs: number) => durationUs,
    };
    expect(isStale(trusting)).toBe(true);
  });

  test('Trap 12: nor has one that has handed its lead over, for whoever takes it over does not wait', () => {
    const isStale = (rules?: Partial<Rules>): boolean => new LeaseScene(rules).readsAfterTransferTo('n2');
    expect(isStale()).toBe(false);
    expect(isStale({ givesUpLease: () => false })).toBe(true);
  });

  test('Trap 12: nor one whose voters have started again, and have forgotten what they promised', () => {
    const isStale = (rules?: Partial<Rules>): boolean => new LeaseScene(rules).readsAfterRestartOf(['n2', 'n3']);
    expect(isStale()).toBe(false);
    expect(isStale({ promiseAfterRestart: () => 0 })).toBe(true);
  });

  test('Trap 12: nor one whose next leader waits for nothing', () => {
    const isStale = (rules?: Partial<Rules>): boolean => new LeaseScene(rules).readsAfterElectionOf('n3', 0);
    expect(isStale({ mayCommitYet: () => true })).toBe(true);
  });
});
