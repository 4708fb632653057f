import { expect, test } from 'vitest';
import { OneNode } from './one-node.ts';
import type { RequestVoteReply } from '../../src/raft/message.ts';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];

function vote(term: number, granted = true): RequestVoteReply {
  return { type: 'request-vote-reply', term, granted };
}

test('§5.2 refused votes are noted, but do not elect', () => {
  const one = new OneNode().timeOut().flush();
  one.receive('n2', vote(1, false)).receive('n3', vote(1, false));
  expect(one.event('vote-counted')).toMatchObject({ from: 'n3', granted: false, votes: 1, needed: 2 });
  expect(one.node.role).toBe('candidate');
  expect(Object.fromEntries(one.node.votes)).toEqual({ n1: true, n2: false, n3: false });
});

test('§5.2 a voter counts once, however often its answer comes', () => {
  const one = new OneNode({ members: five }).timeOut().flush();
  one.receive('n2', vote(1)).receive('n2', vote(1)).receive('n2', vote(1));
  expect(one.event('message-ignored')).toMatchObject({ from: 'n2', rule: 'not-counted' });
  expect(one.node.role).toBe('candidate');
});

test('§5.2 votes of an earlier candidacy do not count', () => {
  const one = new OneNode({ members: five }).timeOut().timeOut().flush();
  one.receive('n2', vote(1)).receive('n3', vote(1));
  expect(one.event('message-ignored')).toMatchObject({ from: 'n3', rule: 'stale-term' });
  expect([one.node.role, one.node.votes.size]).toEqual(['candidate', 1]);
});

test('§5.2 votes for one who no longer stands do not count', () => {
  const follower = new OneNode({ term: 1 }).receive('n2', vote(1));
  expect(follower.event('message-ignored')).toMatchObject({ rule: 'not-counted' });
  const leader = new OneNode().lead().receive('n3', vote(1));
  expect(leader.effects).toHaveLength(1);
  expect(leader.event('message-ignored')).toMatchObject({ rule: 'not-counted' });
});

test('§5.1 an answer of a higher term ends the candidacy', () => {
  const one = new OneNode().timeOut().flush().receive('n2', vote(7, false));
  expect([one.node.role, one.node.term, one.node.votedFor]).toEqual(['follower', 7, undefined]);
  expect(one.event('term-advanced')).toMatchObject({ term: 7, from: 'n2' });
  expect(one.only('persist')).toMatchObject({ term: 7, votedFor: undefined });
});

test('strangers have no vote', () => {
  const one = new OneNode().timeOut().flush().receive('n9', vote(1)).receive('n1', vote(1));
  expect(one.event('message-ignored')).toMatchObject({ from: 'n1', rule: 'not-understood' });
  expect(one.node.role).toBe('candidate');
});
