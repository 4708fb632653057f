import { expect, test } from 'vitest';
import { OneNode, logOf } from './one-node.ts';

test('a node starts as a follower on what its disk held, and says so first', () => {
  const one = new OneNode({ term: 3, votedFor: 'n2', log: logOf(1, 3) });
  expect(one.events).toEqual([
    {
      type: 'started',
      term: 3,
      votedFor: 'n2',
      lastIndex: 2,
      lastTerm: 3,
      configuration: one.node.configuration,
      deadlineUs: one.node.deadlineUs,
    },
  ]);
  expect(one.effects).toHaveLength(1);
  expect(one.node.role).toBe('follower');
  expect(one.node.durableIndex).toBe(2);
  expect(one.node.commitIndex).toBe(0);
});

test('§5.2 election timeouts are drawn from their range, anew for every wait', () => {
  const waits = new Set<number>();
  const one = new OneNode();
  for (let election = 0; election < 50; election++) {
    const wait = one.node.deadlineUs - one.nowUs;
    expect(wait).toBeGreaterThanOrEqual(150_000);
    expect(wait).toBeLessThan(300_000);
    waits.add(wait);
    one.timeOut();
  }
  expect(waits.size).toBeGreaterThan(45);
});

test('§5.2 nodes of one cluster with the same seed wait for different times', () => {
  const deadlines = ['n1', 'n2', 'n3', 'n4', 'n5'].map(
    (id) => new OneNode({ config: { id }, members: ['n1', 'n2', 'n3', 'n4', 'n5'] }).node.deadlineUs,
  );
  expect(new Set(deadlines).size).toBe(5);
});

test('§5.2 a follower that times out takes a new term, votes for itself and asks everybody else', () => {
  const one = new OneNode({ term: 3, votedFor: 'n2', log: logOf(1, 3) }).timeOut();
  const { node } = one;
  expect([node.role, node.term, node.votedFor, node.leader]).toEqual(['candidate', 4, 'n1', undefined]);
  expect([...node.votes]).toEqual([['n1', true]]);
  expect(one.only('persist')).toMatchObject({ term: 4, votedFor: 'n1', entries: [], truncateFrom: undefined });
  const request = { type: 'request-vote', term: 4, lastLogIndex: 2, lastLogTerm: 3 };
  expect(one.sent).toEqual({ n2: request, n3: request });
  expect(one.event('became-candidate')).toMatchObject({ term: 4, lastLogIndex: 2, lastLogTerm: 3 });
  expect(one.event('timer-set').deadlineUs).toBe(node.deadlineUs);
});

test('a candidate asks for votes only when its vote for itself is durable', () => {
  const one = new OneNode().timeOut();
  const { sequence } = one.only('persist');
  expect(one.all('send').map(({ afterSequence }) => afterSequence)).toEqual([sequence, sequence]);
});

test('§5.2 a candidate that is not elected starts over at its next timeout, in a new term', () => {
  const one = new OneNode().timeOut().flush();
  one.receive('n2', { type: 'request-vote-reply', term: 1, granted: false });
  one.timeOut();
  expect([one.node.role, one.node.term]).toEqual(['candidate', 2]);
  expect([...one.node.votes]).toEqual([['n1', true]]);
});

test('a timer that fires early does nothing', () => {
  const one = new OneNode();
  one.nowUs = one.node.deadlineUs - 1;
  expect(one.turn({ type: 'timer' }).effects).toEqual([]);
});

test('time-out-now starts an election at once; a leader ignores it', () => {
  const one = new OneNode().turn({ type: 'time-out-now' });
  expect([one.node.role, one.node.term]).toEqual(['candidate', 1]);
  one.turn({ type: 'time-out-now' });
  expect([one.node.role, one.node.term]).toEqual(['candidate', 2]);
  const leader = new OneNode().lead();
  expect(leader.turn({ type: 'time-out-now' }).effects).toEqual([]);
});

test('§5.2 a candidate with the votes of a majority leads, and begins its term with an empty entry (§8)', () => {
  const one = new OneNode({ members: ['n1', 'n2', 'n3', 'n4', 'n5'], term: 1, log: logOf(1, 1) }).timeOut().flush();
  one.receive('n2', { type: 'request-vote-reply', term: 2, granted: true });
  expect(one.event('vote-counted')).toMatchObject({ from: 'n2', granted: true, votes: 2, needed: 3 });
  expect(one.node.role).toBe('candidate');
  one.receive('n3', { type: 'request-vote-reply', term: 2, granted: true });
  expect([one.node.role, one.node.leader]).toEqual(['leader', 'n1']);
  expect(one.event('became-leader')).toMatchObject({ term: 2, lastIndex: 2, peers: ['n2', 'n3', 'n4', 'n5'] });
  const noOp = { type: 'no-op', index: 3, term: 2 };
  expect(one.event('entries-appended')).toMatchObject({ entries: [noOp], from: undefined });
  expect(one.only('persist')).toMatchObject({ entries: [noOp], truncateFrom: undefined });
  const append = { type: 'append-entries', prevLogIndex: 2, prevLogTerm: 1, entries: [noOp], leaderCommit: 0 };
  for (const peer of ['n2', 'n3', 'n4', 'n5']) expect(one.sent[peer]).toMatchObject(append);
  expect(one.node.deadlineUs).toBe(one.nowUs + 50_000);
});

test('a candidate does not lead before its vote for itself is durable', () => {
  const one = new OneNode().timeOut();
  one.receive('n2', { type: 'request-vote-reply', term: 1, granted: true });
  expect(one.node.role).toBe('candidate');
  one.flush();
  expect(one.node.role).toBe('leader');
});

test('a single node elects itself and commits by itself, as soon as its disk allows', () => {
  const one = new OneNode({ members: ['n1'] }).timeOut();
  expect(one.node.role).toBe('candidate');
  expect(one.all('send')).toEqual([]);
  one.flush();
  expect([one.node.role, one.node.commitIndex]).toEqual(['leader', 0]);
  one.flush();
  expect(one.node.commitIndex).toBe(1);
  one.propose(1);
  expect(one.node.commitIndex).toBe(1);
  one.flush();
  expect(one.only('apply').entries).toMatchObject([{ index: 2, command: 'p1' }]);
});
