import { expect, test } from 'vitest';
import { OneNode, appendEntries, success } from './one-node.ts';

test('only a leader takes proposals; others name the leader, if they know it', () => {
  const one = new OneNode({ term: 1 }).propose(7);
  expect(one.effects).toEqual([{ type: 'proposal-refused', proposalId: 7, reason: 'not-leader', leader: undefined }]);
  one.receive('n3', appendEntries(1, [0, 0])).propose(8);
  expect(one.only('proposal-refused')).toMatchObject({ proposalId: 8, leader: 'n3' });
  one.timeOut().propose(9);
  expect(one.only('proposal-refused')).toMatchObject({ proposalId: 9, leader: undefined });
});

test('a leader appends a proposal, writes it and sends it at once, without waiting for its own disk', () => {
  const one = new OneNode().lead().propose(7);
  const command = { type: 'command', index: 2, term: 1, command: 'p7' };
  expect(one.only('proposal-accepted')).toEqual({ type: 'proposal-accepted', proposalId: 7, index: 2, term: 1 });
  expect(one.event('entries-appended')).toMatchObject({ entries: [command], from: undefined });
  expect(one.only('persist')).toMatchObject({ truncateFrom: undefined, entries: [command] });
  for (const send of one.all('send')) {
    expect(send).toMatchObject({ afterSequence: 0, message: { prevLogIndex: 1, prevLogTerm: 1, entries: [command] } });
  }
  expect(one.all('send').map(({ to }) => to)).toEqual(['n2', 'n3']);
});

test('proposals of one turn go out together, in one write and one append a peer', () => {
  const one = new OneNode().lead().propose(1, 2, 3);
  expect(one.all('proposal-accepted').map(({ index }) => index)).toEqual([2, 3, 4]);
  expect(one.only('persist').entries).toHaveLength(3);
  expect(one.all('send')).toHaveLength(2);
});

test('a leader that sent to all waits a whole heartbeat before the next', () => {
  const one = new OneNode().lead();
  one.nowUs += 20_000;
  one.propose(1);
  expect(one.node.deadlineUs).toBe(one.nowUs + 50_000);
  expect(one.event('timer-set')).toMatchObject({ deadlineUs: one.nowUs + 50_000 });
});

test('past maxUncommittedEntries a leader refuses, until something is committed', () => {
  const one = new OneNode({ config: { maxUncommittedEntries: 3 } }).lead().propose(1, 2, 3);
  expect(one.all('proposal-accepted')).toHaveLength(2);
  expect(one.only('proposal-refused')).toEqual({
    type: 'proposal-refused',
    proposalId: 3,
    reason: 'too-many-pending',
    leader: 'n1',
    limit: { unit: 'entries', most: 3 },
  });
  one.flush().receive('n2', success(1, 2)).propose(4, 5, 6);
  expect(one.all('proposal-accepted').map(({ proposalId }) => proposalId)).toEqual([4, 5]);
  expect(one.only('proposal-refused').proposalId).toBe(6);
});

test('a new leader appends its empty entry even where no proposal would be taken', () => {
  const one = new OneNode({ config: { maxUncommittedEntries: 1 } }).lead().propose(1);
  expect(one.node.lastIndex).toBe(1);
  expect(one.only('proposal-refused').reason).toBe('too-many-pending');
});

test('a heartbeat is an append to every peer, empty where nothing is missing', () => {
  const one = new OneNode().lead();
  const due = one.node.deadlineUs;
  one.timeOut();
  expect(Object.keys(one.sent)).toEqual(['n2', 'n3']);
  expect(one.sent['n2']).toEqual(appendEntries(1, [1, 1]));
  expect(one.node.deadlineUs).toBe(due + 50_000);
});
