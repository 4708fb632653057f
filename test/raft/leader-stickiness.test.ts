import { describe, expect, test } from 'vitest';
import type { Rules } from '../../src/raft/rules.ts';
import { OneNode, appendEntries, requestVote, success } from './one-node.ts';

const sticky = { config: { leaderStickiness: true } };

/** A follower of n2 in term 3 that has just heard from it. */
const follower = (rules?: Partial<Rules>): OneNode =>
  new OneNode({ ...sticky, term: 3, ...(rules && { rules }) }).receive('n2', appendEntries(3, [0, 0]));

describe('thesis 4.2.3: who has just heard from a leader', () => {
  test('ignores a vote request and its term', () => {
    const one = follower().receive('n3', requestVote(9, 5, 3));
    expect([one.node.term, one.node.leader, one.node.votedFor]).toEqual([3, 'n2', undefined]);
    expect(one.event('message-ignored')).toMatchObject({
      from: 'n3',
      messageType: 'request-vote',
      rule: 'leader-heard',
    });
    expect(one.all('send')).toEqual([]);
    expect(one.all('persist')).toEqual([]);
  });

  test('votes again once the leader has been silent for the shortest election timeout', () => {
    const one = follower();
    one.nowUs = 149_999;
    expect(one.receive('n3', requestVote(9, 0, 0)).node.term).toBe(3);
    one.nowUs = 150_000;
    expect(one.receive('n3', requestVote(9, 0, 0)).event('vote-cast')).toMatchObject({ granted: true, term: 9 });
  });

  test('votes in an election that the leader itself wants (thesis 3.10)', () => {
    const one = follower().receive('n3', { ...requestVote(4, 0, 0), transfer: true });
    expect(one.event('vote-cast')).toMatchObject({ granted: true, candidate: 'n3', term: 4 });
    const deaf = follower({ ignoresVoteRequest: (hasJustHeard) => hasJustHeard });
    expect(deaf.receive('n3', { ...requestVote(4, 0, 0), transfer: true }).node.term).toBe(3);
  });

  test('still learns a higher term from a leader, and from an answer', () => {
    expect(follower().receive('n3', appendEntries(5, [0, 0])).node.leader).toBe('n3');
    expect(follower().receive('n3', { type: 'request-vote-reply', term: 7, granted: false }).node.term).toBe(7);
  });

  test('does not hear the leader of an older term any more once it is in a new one', () => {
    const one = follower().receive('n3', { ...requestVote(4, 0, 0), transfer: true });
    expect(one.receive('n2', requestVote(5, 0, 0)).event('vote-cast')).toMatchObject({ granted: true, term: 5 });
  });

  test('a leader ignores them while a majority answers it, and only so long', () => {
    const one = new OneNode(sticky).lead().flush();
    one.nowUs += 100_000;
    one.receive('n2', success(1, 1));
    one.nowUs += 149_999;
    expect(one.receive('n3', requestVote(9, 5, 5)).node.role).toBe('leader');
    one.nowUs += 1;
    expect(one.receive('n3', requestVote(9, 5, 5)).node.role).toBe('follower');
  });

  test('without the switch nobody ignores anything', () => {
    const one = new OneNode({ term: 3 }).receive('n2', appendEntries(3, [0, 0])).receive('n3', requestVote(9, 0, 0));
    expect(one.node.term).toBe(9);
  });
});
