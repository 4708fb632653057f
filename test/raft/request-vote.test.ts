import { expect, test } from 'vitest';
import { OneNode, logOf, requestVote } from './one-node.ts';

test('§5.1 a request of an older term is refused, with the present term', () => {
  const one = new OneNode({ term: 3 }).receive('n2', requestVote(2, 9, 1));
  expect(one.sent).toEqual({ n2: { type: 'request-vote-reply', term: 3, granted: false } });
  expect(one.event('vote-cast')).toMatchObject({ granted: false, rule: 'stale-term', votedFor: undefined });
  expect(one.node.term).toBe(3);
});

test('§5.1 a higher term is taken on, even where the vote is refused, and must be durable before the answer', () => {
  const one = new OneNode({ term: 1, votedFor: 'n3', log: logOf(1, 1) }).receive('n2', requestVote(5, 1, 1));
  expect(one.event('term-advanced')).toMatchObject({ term: 5, from: 'n2' });
  expect(one.only('persist')).toMatchObject({ term: 5, votedFor: undefined });
  expect(one.only('send').message).toEqual({ type: 'request-vote-reply', term: 5, granted: false });
  expect(one.only('send').afterSequence).toBe(one.only('persist').sequence);
});

test('§5.2 a free vote is given, first come, first served, and starts the election timer anew', () => {
  const one = new OneNode({ term: 1 });
  one.nowUs = 10;
  one.receive('n2', requestVote(2, 0, 0));
  expect(one.node.votedFor).toBe('n2');
  expect(one.event('vote-cast')).toMatchObject({ candidate: 'n2', granted: true, rule: 'vote-free', votedFor: 'n2' });
  expect(one.event('timer-set').deadlineUs).toBeGreaterThanOrEqual(150_010);
  one.receive('n3', requestVote(2, 0, 0));
  expect(one.node.votedFor).toBe('n2');
  expect(one.event('vote-cast')).toMatchObject({ candidate: 'n3', granted: false, rule: 'vote-taken', votedFor: 'n2' });
});

test('§5.2 refusing a vote does not start the election timer anew', () => {
  const one = new OneNode({ term: 1, log: logOf(1) });
  const { deadlineUs } = one.node;
  one.nowUs = 10;
  one.receive('n2', requestVote(2, 0, 0));
  expect(one.node.deadlineUs).toBe(deadlineUs);
});

test('§5.2 the vote given in this term may be repeated, and nothing new is written', () => {
  const one = new OneNode({ term: 2, votedFor: 'n2' }).receive('n2', requestVote(2, 0, 0));
  expect(one.event('vote-cast')).toMatchObject({ granted: true, rule: 'vote-repeat' });
  expect(one.all('persist')).toEqual([]);
  expect(one.only('send').afterSequence).toBe(0);
});

test('§5.4.1 a candidate whose log is behind gets no vote, and the event shows both logs', () => {
  const one = new OneNode({ term: 3, log: logOf(1, 2) }).receive('n2', requestVote(3, 7, 1));
  expect(one.event('vote-cast')).toMatchObject({
    granted: false,
    rule: 'log-behind',
    candidateLog: { lastIndex: 7, lastTerm: 1 },
    ownLog: { lastIndex: 2, lastTerm: 2 },
  });
  expect(one.node.votedFor).toBeUndefined();
});

test('a repeated vote waits for the write of the first, though it changes nothing itself', () => {
  const one = new OneNode().receive('n2', requestVote(1, 0, 0));
  const { sequence } = one.only('persist');
  one.receive('n2', requestVote(1, 0, 0));
  expect(one.all('persist')).toEqual([]);
  expect(one.only('send').afterSequence).toBe(sequence);
  one.flush().receive('n2', requestVote(1, 0, 0));
  expect(one.only('send').afterSequence).toBe(0);
});

test('candidates and leaders of the same term give no vote away', () => {
  const candidate = new OneNode().timeOut().receive('n2', requestVote(1, 0, 0));
  expect(candidate.event('vote-cast')).toMatchObject({ granted: false, rule: 'vote-taken', votedFor: 'n1' });
  expect(candidate.node.role).toBe('candidate');
  const leader = new OneNode().lead();
  leader.receive('n3', requestVote(1, 0, 0));
  expect(leader.event('vote-cast')).toMatchObject({ granted: false, rule: 'vote-taken', votedFor: 'n1' });
  expect(leader.node.role).toBe('leader');
});

test('§5.1 a candidate or leader that sees a higher term steps down, and may vote in it', () => {
  const leader = new OneNode().lead();
  leader.receive('n3', requestVote(2, 5, 1));
  expect([leader.node.role, leader.node.term, leader.node.votedFor]).toEqual(['follower', 2, 'n3']);
  expect(leader.event('became-follower')).toMatchObject({ term: 2, leader: undefined, rule: 'higher-term' });
  expect(leader.node.votes.size).toBe(0);
  expect(leader.node.progress('n2')).toBeUndefined();
  const candidate = new OneNode({ log: logOf(1), term: 1 }).timeOut();
  const { deadlineUs } = candidate.node;
  candidate.receive('n3', requestVote(9, 0, 0));
  expect([candidate.node.role, candidate.node.term, candidate.node.votedFor]).toEqual(['follower', 9, undefined]);
  expect(candidate.node.deadlineUs).toBe(deadlineUs);
});

test('a leader that steps down without voting waits an election timeout, not a heartbeat', () => {
  const leader = new OneNode({ log: logOf(1), term: 1 }).lead();
  leader.receive('n3', requestVote(9, 0, 0));
  expect(leader.node.deadlineUs - leader.nowUs).toBeGreaterThanOrEqual(150_000);
  expect(leader.event('timer-set').deadlineUs).toBe(leader.node.deadlineUs);
});
