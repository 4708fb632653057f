import { describe, expect, test } from 'vitest';
import type { Rules } from '../../src/raft/rules.ts';
import { OneNode, appendEntries, logOf, preVote, preVoteReply, requestVote } from './one-node.ts';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];
const asking = { config: { preVote: true } };

describe('thesis 9.6: a node that would stand', () => {
  test('asks everybody for the next term, and keeps its own term, its vote and its disk as they are', () => {
    const one = new OneNode({ ...asking, term: 4, votedFor: 'n2', log: logOf(1, 3) }).timeOut();
    expect([one.node.role, one.node.term, one.node.votedFor, one.node.leader]).toEqual([
      'pre-candidate',
      4,
      'n2',
      undefined,
    ]);
    expect(one.event('became-pre-candidate')).toMatchObject({ term: 4, forTerm: 5, lastLogIndex: 2, lastLogTerm: 3 });
    expect(one.sent).toEqual({ n2: preVote(5, 2, 3), n3: preVote(5, 2, 3) });
    expect(one.all('persist')).toEqual([]);
    expect(one.node.deadlineUs).toBeGreaterThan(one.nowUs);
  });

  test('stands in that term once a majority would vote for it, and not before', () => {
    const one = new OneNode({ ...asking, members: five, term: 4 }).timeOut().receive('n2', preVoteReply(4, 5));
    expect(one.event('vote-counted')).toMatchObject({ from: 'n2', votes: 2, needed: 3, rule: 'pre-vote-tally' });
    expect([one.node.role, one.node.term]).toEqual(['pre-candidate', 4]);
    one.receive('n3', preVoteReply(4, 5));
    expect(one.event('became-candidate')).toMatchObject({ term: 5, rule: 'pre-vote-tally' });
    expect(one.sent['n4']).toEqual(requestVote(5, 0, 0));
    expect(Object.fromEntries(one.node.votes)).toEqual({ n1: true });
  });

  test('asks again when nobody has answered, and never leaves its term', () => {
    const one = new OneNode({ ...asking, term: 4 });
    for (let times = 0; times < 20; times++) one.timeOut();
    expect([one.node.role, one.node.term]).toEqual(['pre-candidate', 4]);
    expect(one.sent['n2']).toEqual(preVote(5, 0, 0));
  });

  test('alone it needs to ask nobody', () => {
    const one = new OneNode({ ...asking, members: ['n1'] }).timeOut().flush();
    expect([one.node.role, one.node.term]).toEqual(['leader', 1]);
  });

  test('a candidate that was not elected asks first as well', () => {
    const one = new OneNode(asking).timeOut().receive('n2', preVoteReply(0, 1)).flush().timeOut();
    expect([one.node.role, one.node.term, one.node.votedFor]).toEqual(['pre-candidate', 1, 'n1']);
    expect(one.sent['n2']).toEqual(preVote(2, 0, 0));
  });

  test('follows the leader of its term when it hears from it', () => {
    const one = new OneNode({ ...asking, term: 2 })
      .timeOut()
      .receive('n2', preVoteReply(2, 3, false))
      .receive('n3', appendEntries(2, [0, 0]));
    expect([one.node.role, one.node.leader, one.node.votes.size]).toEqual(['follower', 'n3', 0]);
    expect(one.sent['n3']).toMatchObject({ type: 'append-entries-reply', success: true });
  });
});

describe('thesis 9.6: a node that is asked', () => {
  const asked = (one: OneNode, term: number, index = 0, lastTerm = 0): ReturnType<typeof answer> =>
    answer(one.receive('n2', preVote(term, index, lastTerm)));
  const answer = (one: OneNode) => one.event('pre-vote-cast');

  test('says yes to as good a log, and changes nothing about itself, not even its timer', () => {
    const one = new OneNode({ term: 4, votedFor: 'n3', log: logOf(1, 2) });
    const before = JSON.stringify(one.node.save());
    expect(asked(one, 9, 2, 2)).toMatchObject({ granted: true, rule: 'pre-vote-free', term: 4, forTerm: 9 });
    expect(one.sent['n2']).toEqual(preVoteReply(4, 9));
    expect(one.all('persist')).toEqual([]);
    expect(JSON.stringify(one.node.save())).toBe(before);
  });

  test('may say yes to several', () => {
    const one = new OneNode({ term: 4 }).receive('n2', preVote(5, 0, 0)).receive('n3', preVote(5, 0, 0));
    expect(answer(one)).toMatchObject({ candidate: 'n3', granted: true });
  });

  test('says no to a log behind its own', () => {
    expect(asked(new OneNode({ term: 4, log: logOf(1, 2) }), 5, 1, 1)).toMatchObject({
      granted: false,
      rule: 'log-behind',
    });
  });

  test('says no to an older term, in its own, so that the other learns it', () => {
    const one = new OneNode({ term: 4 });
    expect(asked(one, 3)).toMatchObject({ granted: false, rule: 'stale-term' });
    expect(one.sent['n2']).toEqual(preVoteReply(4, 3, false));
  });

  test('says no for its own term if its vote there is spent', () => {
    expect(asked(new OneNode({ term: 4, votedFor: 'n3' }), 4)).toMatchObject({ granted: false, rule: 'vote-taken' });
    expect(asked(new OneNode({ term: 4, votedFor: 'n2' }), 4)).toMatchObject({ granted: true });
    expect(asked(new OneNode({ term: 4 }), 4)).toMatchObject({ granted: true });
  });

  test('says no while it hears from a leader, and yes when that has been silent for the shortest election timeout', () => {
    const one = new OneNode({ term: 4 }).receive('n3', appendEntries(4, [0, 0]));
    one.nowUs = 149_999;
    expect(asked(one, 5)).toMatchObject({ granted: false, rule: 'leader-heard' });
    one.nowUs = 150_000;
    expect(asked(one, 5)).toMatchObject({ granted: true });
    expect(one.node.leader).toBe('n3');
  });

  test('says no while it leads and a majority answers, and yes when none has for that long', () => {
    const one = new OneNode().lead();
    expect(asked(one, 2, 1, 1)).toMatchObject({ granted: false, rule: 'leader-heard' });
    one.nowUs += 150_000;
    expect(asked(one, 2, 1, 1)).toMatchObject({ granted: true });
    expect([one.node.role, one.node.term]).toEqual(['leader', 1]);
  });

  test('its answer waits for the term that it names', () => {
    const one = new OneNode({ term: 4 }).receive('n3', requestVote(6, 0, 0)).receive('n2', preVote(7, 0, 0));
    expect(one.only('send').afterSequence).toBe(one.lastSequence);
  });

  test('one that does not see the leader is heard only where the rule is gone', () => {
    const answered = (rules?: Partial<Rules>): boolean =>
      asked(new OneNode({ term: 4, ...(rules && { rules }) }).receive('n3', appendEntries(4, [0, 0])), 5).granted;
    expect(answered()).toBe(false);
    expect(answered({ hasJustHeard: () => false })).toBe(true);
  });
});
