import { expect, test } from 'vitest';
import { OneNode, appendEntries, entry, success } from './one-node.ts';

test('a leader counts itself only once its own entry is durable', () => {
  const one = new OneNode().lead().receive('n2', success(1, 1));
  // Two of three hold the entry once its own disk does; till then it is one.
  expect(one.node.commitIndex).toBe(0);
  one.flush();
  expect(one.event('durable')).toMatchObject({ durableIndex: 1 });
  expect(one.node.commitIndex).toBe(1);
});

test('the others may commit without the leader\u2019s disk', () => {
  const one = new OneNode().lead().receive('n2', success(1, 1)).receive('n3', success(1, 1));
  expect(one.node.durableIndex).toBe(0);
  expect(one.node.commitIndex).toBe(1);
});

test('one confirmation may cover several writes, and a repeated one says nothing', () => {
  const one = new OneNode().lead().propose(1).propose(2).flush();
  expect(one.event('durable')).toMatchObject({ sequence: 4, durableIndex: 3, term: 1, votedFor: 'n1' });
  expect(one.flush().effects).toEqual([]);
  expect(one.flush(1).effects).toEqual([]);
});

test('what was written in one term and then removed is not vouched for by a late confirmation', () => {
  const one = new OneNode().lead().propose(1);
  const { sequence } = one.only('persist');
  one.receive('n3', appendEntries(2, [0, 0], [entry(1, 2), entry(2, 2)]));
  one.flush(sequence);
  expect(one.event('durable')).toMatchObject({ term: 1, votedFor: 'n1', durableIndex: 0 });
  one.flush();
  expect(one.event('durable')).toMatchObject({ term: 2, votedFor: undefined, durableIndex: 2 });
});

test('a confirmation from an earlier term does not count for the entries of a later lead', () => {
  const one = new OneNode().lead().propose(1).propose(2);
  const stale = one.only('persist').sequence;
  one.receive('n3', appendEntries(2, [0, 0], [entry(1, 2)]));
  one.timeOut();
  const vote = one.only('persist').sequence;
  one.receive('n2', { type: 'request-vote-reply', term: 3, granted: true }).flush(stale).flush(vote);
  expect(one.node.role).toBe('leader');
  one.propose(3);
  expect([one.node.lastIndex, one.node.durableIndex]).toEqual([3, 1]);
  one.receive('n2', success(3, 3));
  expect(one.node.commitIndex).toBe(0);
  one.flush();
  expect(one.node.commitIndex).toBe(3);
});

test('writes are numbered one by one, each with the present term and vote', () => {
  const one = new OneNode().lead();
  expect(one.only('persist')).toMatchObject({ sequence: 2, term: 1, votedFor: 'n1' });
  expect(one.propose(1).only('persist').sequence).toBe(3);
});
