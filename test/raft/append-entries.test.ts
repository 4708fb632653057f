import { expect, test } from 'vitest';
import { OneNode, appendEntries, entry, logOf } from './one-node.ts';

test('§5.1 entries of an older term are refused, with the present term', () => {
  const one = new OneNode({ term: 3 });
  const { deadlineUs } = one.node;
  one.nowUs = 10;
  one.receive('n2', appendEntries(2, [0, 0], logOf(2)));
  expect(one.sent['n2']).toMatchObject({ term: 3, success: false, prevLogIndex: 0 });
  expect(one.event('append-refused')).toMatchObject({ rule: 'stale-term' });
  expect([one.node.lastIndex, one.node.leader, one.node.deadlineUs]).toEqual([0, undefined, deadlineUs]);
});

test('§5.3 a follower takes the entries, and answers when they are durable', () => {
  const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0], logOf(1, 1)));
  expect(one.terms).toEqual([1, 1]);
  expect(one.event('leader-known')).toMatchObject({ leader: 'n2' });
  expect(one.event('append-accepted')).toMatchObject({ from: 'n2', matchIndex: 2, entries: 2 });
  expect(one.event('entries-appended')).toMatchObject({ entries: logOf(1, 1), from: 'n2' });
  expect(one.only('persist')).toMatchObject({ term: 1, truncateFrom: undefined, entries: logOf(1, 1) });
  expect(one.only('send')).toMatchObject({
    to: 'n2',
    message: { term: 1, success: true, matchIndex: 2, prevLogIndex: 0 },
    afterSequence: one.only('persist').sequence,
  });
});

test('§5.2 hearing from the leader starts the election timer anew; a heartbeat changes nothing else', () => {
  const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0]));
  one.nowUs = 50_000;
  one.receive('n2', appendEntries(1, [0, 0]));
  expect(one.events.map(({ type }) => type)).toEqual(['timer-set', 'append-accepted']);
  expect(one.event('append-accepted')).toMatchObject({ matchIndex: 0, entries: 0 });
  expect(one.all('persist')).toEqual([]);
  expect(one.only('send')).toMatchObject({ message: { success: true, matchIndex: 0 }, afterSequence: 0 });
});

test('§5.2 a refused append starts the election timer anew too: the leader lives', () => {
  const one = new OneNode({ term: 1 });
  one.nowUs = 50_000;
  one.receive('n2', appendEntries(1, [5, 1]));
  expect(one.node.deadlineUs).toBeGreaterThanOrEqual(200_000);
});

test('§5.2 a candidate that hears from the leader of its term follows it, and keeps its vote', () => {
  const one = new OneNode().timeOut().receive('n3', appendEntries(1, [0, 0]));
  expect([one.node.role, one.node.leader, one.node.votedFor]).toEqual(['follower', 'n3', 'n1']);
  expect(one.event('became-follower')).toMatchObject({ leader: 'n3', rule: 'leader-of-term' });
  expect(one.node.votes.size).toBe(0);
});

test('§5.1 a leader that hears from one of a later term follows it', () => {
  const one = new OneNode().lead().receive('n3', appendEntries(2, [0, 0], [entry(1, 2)]));
  expect([one.node.role, one.node.leader, one.node.term]).toEqual(['follower', 'n3', 2]);
  expect(one.terms).toEqual([2]);
});

test('§5.3 a log that is too short is refused, with where it ends', () => {
  const one = new OneNode({ term: 2, log: logOf(1) }).receive('n2', appendEntries(2, [5, 2], [entry(6, 2)]));
  expect(one.sent['n2']).toMatchObject({
    success: false,
    matchIndex: 0,
    prevLogIndex: 5,
    conflictIndex: 2,
    conflictTerm: undefined,
  });
  expect(one.event('append-refused')).toMatchObject({ rule: 'log-too-short', conflictIndex: 2 });
  expect(one.terms).toEqual([1]);
});

test('§5.3 an entry of another term is refused, with that term and where it begins', () => {
  const one = new OneNode({ term: 5, log: logOf(1, 2, 2, 2, 3) }).receive('n2', appendEntries(5, [4, 4]));
  expect(one.sent['n2']).toMatchObject({ success: false, prevLogIndex: 4, conflictIndex: 2, conflictTerm: 2 });
  expect(one.event('append-refused')).toMatchObject({ rule: 'log-conflict', conflictIndex: 2, conflictTerm: 2 });
  expect(one.terms).toEqual([1, 2, 2, 2, 3]);
});

test('§5.3 what contradicts the leader is removed with all that follows, in the same write as what replaces it', () => {
  const one = new OneNode({ term: 3, log: logOf(1, 2, 2, 2) });
  one.receive('n2', appendEntries(3, [1, 1], [entry(2, 3), entry(3, 3)]));
  expect(one.terms).toEqual([1, 3, 3]);
  expect(one.event('entries-truncated')).toMatchObject({ fromIndex: 2, lastIndex: 4, by: 'n2' });
  expect(one.event('entries-appended')).toMatchObject({ entries: [entry(2, 3), entry(3, 3)] });
  expect(one.only('persist')).toMatchObject({ truncateFrom: 2, entries: [entry(2, 3), entry(3, 3)] });
  expect(one.node.durableIndex).toBe(1);
});

test('§5.3 entries that stand already are kept, and only what is new is appended', () => {
  const one = new OneNode({ term: 2, log: logOf(1, 2) });
  one.receive('n2', appendEntries(2, [0, 0], [entry(1, 1), entry(2, 2), entry(3, 2)]));
  expect(one.event('entries-appended').entries).toEqual([entry(3, 2)]);
  expect(one.only('persist')).toMatchObject({ truncateFrom: undefined, entries: [entry(3, 2)] });
  expect(one.has('entries-truncated')).toBe(false);
});

test('§5.3 a follower commits what the leader has committed and this message vouches for, and applies it once', () => {
  const one = new OneNode({ term: 2, log: logOf(1, 1) });
  one.receive('n2', appendEntries(2, [2, 1], [entry(3, 2)], 2));
  expect(one.event('commit-advanced')).toMatchObject({ commitIndex: 2, from: 0, rule: 'commit-from-leader' });
  expect(one.only('apply').entries).toEqual(logOf(1, 1));
  one.receive('n2', appendEntries(2, [3, 2], [], 9));
  expect(one.only('apply').entries).toEqual([entry(3, 2)]);
  one.receive('n2', appendEntries(2, [3, 2], [], 9));
  expect(one.all('apply')).toEqual([]);
});

test('§5.3 the commit index never goes back', () => {
  const one = new OneNode({ term: 2, log: logOf(1, 1) }).receive('n2', appendEntries(2, [2, 1], [], 2));
  one.receive('n2', appendEntries(2, [1, 1], [], 1));
  expect(one.node.commitIndex).toBe(2);
});

test('an answer waits for the write that holds what it vouches for, though its own message changed nothing', () => {
  const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0], [entry(1, 1)]));
  const first = one.only('persist').sequence;
  one.receive('n2', appendEntries(1, [1, 1], [entry(2, 1)]));
  const second = one.only('persist').sequence;
  one.receive('n2', appendEntries(1, [0, 0], [entry(1, 1)]));
  expect(one.only('send')).toMatchObject({ message: { matchIndex: 1 }, afterSequence: first });
  one.receive('n2', appendEntries(1, [2, 1]));
  expect(one.only('send')).toMatchObject({ message: { matchIndex: 2 }, afterSequence: second });
  one.flush(first).receive('n2', appendEntries(1, [1, 1]));
  expect(one.only('send')).toMatchObject({ message: { matchIndex: 1 }, afterSequence: 0 });
  one.receive('n2', appendEntries(1, [2, 1]));
  expect(one.only('send').afterSequence).toBe(second);
});

test('a refusal waits for the term that it tells of', () => {
  const one = new OneNode({ term: 1 }).receive('n2', appendEntries(4, [5, 1]));
  expect(one.only('send')).toMatchObject({ message: { success: false }, afterSequence: one.only('persist').sequence });
});

test('several messages in one turn make one write, and each gets its answer', () => {
  const one = new OneNode({ term: 1 });
  one.turn(
    { type: 'message', from: 'n2', message: appendEntries(1, [0, 0], [entry(1, 1)]) },
    { type: 'message', from: 'n2', message: appendEntries(1, [1, 1], [entry(2, 1)], 1) },
  );
  expect(one.only('persist').entries).toEqual([entry(1, 1), entry(2, 1)]);
  expect(one.all('send').map(({ message }) => message)).toMatchObject([{ matchIndex: 1 }, { matchIndex: 2 }]);
  expect(one.only('apply').entries).toEqual([entry(1, 1)]);
});

test('what is appended and removed again within one turn leaves only its outcome to be written', () => {
  const one = new OneNode({ term: 1, log: logOf(1) });
  one.turn(
    { type: 'message', from: 'n2', message: appendEntries(1, [1, 1], [entry(2, 1), entry(3, 1)]) },
    { type: 'message', from: 'n3', message: appendEntries(2, [1, 1], [entry(2, 2)]) },
  );
  expect(one.only('persist')).toMatchObject({ term: 2, truncateFrom: undefined, entries: [entry(2, 2)] });
});

test('a turn that appends and then removes from further back writes from there', () => {
  const one = new OneNode({ term: 1, log: logOf(1, 1, 1) });
  one.turn(
    { type: 'message', from: 'n2', message: appendEntries(1, [3, 1], [entry(4, 1)]) },
    { type: 'message', from: 'n3', message: appendEntries(2, [1, 1], [entry(2, 2)]) },
  );
  expect(one.only('persist')).toMatchObject({ term: 2, truncateFrom: 2, entries: [entry(2, 2)] });
});
