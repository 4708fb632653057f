import { expect, test } from 'vitest';
import { OneNode, logOf, refusal, success } from './one-node.ts';
import type { AppendEntries } from '../../src/raft/message.ts';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];

function appendTo(one: OneNode, peer: string): AppendEntries {
  const message = one.sent[peer];
  if (message?.type !== 'append-entries') throw new Error(`No append went to ${peer}.`);
  return message;
}

test('§5.3 a success raises matchIndex, and nextIndex with it', () => {
  const one = new OneNode().lead().receive('n2', success(1, 1));
  expect(one.node.progress('n2')).toMatchObject({ matchIndex: 1, nextIndex: 2 });
  expect(one.event('progress-changed')).toMatchObject({ peer: 'n2', matchIndex: 1, nextIndex: 2, rule: 'match-index' });
});

test('§5.3 what stands on a majority is committed and applied; the others learn it with the next append', () => {
  const one = new OneNode({ members: five }).lead().propose(1).flush();
  one.receive('n2', success(1, 2));
  expect(one.node.commitIndex).toBe(0);
  one.receive('n3', success(1, 2));
  expect(one.event('commit-advanced')).toMatchObject({ commitIndex: 2, from: 0, rule: 'commit-majority' });
  expect(one.only('apply').entries).toMatchObject([{ type: 'no-op' }, { command: 'p1' }]);
  expect(one.all('send')).toEqual([]);
  one.propose(2);
  for (const peer of five.slice(1)) expect(appendTo(one, peer).leaderCommit).toBe(2);
});

test('§5.3 the commit index is the highest that a majority holds, not the highest that anybody holds', () => {
  const one = new OneNode({ members: five }).lead().propose(1, 2, 3, 4).flush();
  one.receive('n2', success(1, 5)).receive('n3', success(1, 3));
  expect(one.node.commitIndex).toBe(3);
  one.receive('n4', success(1, 4));
  expect(one.node.commitIndex).toBe(4);
});

test('§5.1 an answer of a higher term ends the lead', () => {
  const one = new OneNode().lead().receive('n2', refusal(9, 0, 0));
  expect([one.node.role, one.node.term, one.node.leader]).toEqual(['follower', 9, undefined]);
  expect(one.all('send')).toEqual([]);
});

test('late, repeated and reordered successes never move matchIndex back, nor nextIndex below it', () => {
  const one = new OneNode().lead().propose(1, 2, 3).flush();
  one.receive('n2', success(1, 4)).receive('n2', success(1, 2)).receive('n2', success(1, 4));
  expect(one.node.progress('n2')).toMatchObject({ matchIndex: 4, nextIndex: 5 });
  one.receive('n2', success(1, 1));
  expect(one.event('message-ignored')).toMatchObject({ from: 'n2', rule: 'late-reply' });
});

test('the answer to a heartbeat that tells nothing new makes no event', () => {
  const one = new OneNode().lead().receive('n2', success(1, 1)).receive('n2', success(1, 1));
  expect(one.effects).toEqual([]);
});

test('late refusals, of what is known to agree, change nothing', () => {
  const one = new OneNode().lead().propose(1, 2, 3).flush().receive('n2', success(1, 4));
  one.receive('n2', refusal(1, 2, 1));
  expect(one.event('message-ignored')).toMatchObject({ rule: 'late-reply' });
  expect(one.node.progress('n2')).toMatchObject({ matchIndex: 4, nextIndex: 5 });
});

test('answers of an older term, and answers to one who no longer leads, change nothing', () => {
  const one = new OneNode({ term: 3 }).lead().receive('n2', success(3, 1));
  expect(one.event('message-ignored')).toMatchObject({ rule: 'stale-term' });
  expect(one.node.progress('n2')).toMatchObject({ matchIndex: 0 });
  const follower = new OneNode({ term: 3 }).receive('n2', success(3, 1));
  expect(follower.event('message-ignored')).toMatchObject({ rule: 'late-reply' });
});

test('a success past the end of the log is not believed', () => {
  const one = new OneNode().lead().receive('n2', success(1, 99)).receive('n3', success(1, 99));
  expect(one.event('message-ignored')).toMatchObject({ from: 'n3', rule: 'not-understood' });
  expect(one.node.commitIndex).toBe(0);
});

test('§5.3 after a refusal by a log that is too short the leader sends from where it ends', () => {
  const one = new OneNode({ term: 3, log: logOf(1, 1, 2, 3) }).lead();
  expect(appendTo(one, 'n2').prevLogIndex).toBe(4);
  one.receive('n2', refusal(4, 4, 2));
  expect(one.event('progress-changed')).toMatchObject({ peer: 'n2', nextIndex: 2, rule: 'next-index-back-off' });
  expect(appendTo(one, 'n2')).toMatchObject({ prevLogIndex: 1, prevLogTerm: 1 });
  expect(appendTo(one, 'n2').entries).toHaveLength(4);
});

test('§5.3 the leader goes back a whole term: behind its own last entry of that term, if it has any', () => {
  const one = new OneNode({ term: 6, log: logOf(1, 4, 4, 4, 6, 6, 6) }).lead();
  one.receive('n2', refusal(7, 7, 2, 4));
  expect(one.node.progress('n2')).toMatchObject({ nextIndex: 5 });
});

test('§5.3 the leader goes back a whole term: to where it began at the follower, if it has none of it', () => {
  const one = new OneNode({ term: 6, log: logOf(1, 1, 1, 5, 5, 6, 6) }).lead();
  one.receive('n2', refusal(7, 7, 3, 4));
  expect(one.node.progress('n2')).toMatchObject({ nextIndex: 3 });
});

test('§5.3 a refusal always leads back by at least one, never behind what is known to agree', () => {
  const one = new OneNode({ term: 1, log: logOf(1, 1, 1) }).lead();
  one.receive('n2', refusal(2, 3, 90));
  expect(one.node.progress('n2')).toMatchObject({ nextIndex: 3 });
  one.receive('n2', refusal(2, 2, 0));
  expect(one.node.progress('n2')).toMatchObject({ nextIndex: 1 });
});

test('entries are sent on without waiting for answers, and each send is told', () => {
  const one = new OneNode().lead().propose(1);
  expect(appendTo(one, 'n2')).toMatchObject({ prevLogIndex: 1, entries: [{ index: 2 }] });
  expect(one.node.progress('n2')).toMatchObject({ nextIndex: 3, matchIndex: 0 });
  one.propose(2);
  expect(appendTo(one, 'n2')).toMatchObject({ prevLogIndex: 2, entries: [{ index: 3 }] });
  const told = one.events.filter(({ type }) => type === 'progress-changed');
  expect(told).toMatchObject([
    { peer: 'n2', nextIndex: 4, rule: 'pipelining' },
    { peer: 'n3', nextIndex: 4, rule: 'pipelining' },
  ]);
});

test('the many refusals that answer a pipeline lead back once, and one append at a time probes from there', () => {
  const one = new OneNode({ term: 1, log: logOf(1, 1, 1) }).lead().propose(1).propose(2);
  one.receive('n2', refusal(2, 3, 1));
  expect(appendTo(one, 'n2').prevLogIndex).toBe(0);
  one.receive('n2', refusal(2, 4, 1));
  expect(one.all('send')).toEqual([]);
  one.propose(3);
  expect(Object.keys(one.sent)).toEqual(['n3']);
  // The probe agrees: the rest follows, and is not waited for again.
  one.receive('n2', success(2, 6));
  expect(appendTo(one, 'n2')).toMatchObject({ prevLogIndex: 6, entries: [{ index: 7 }] });
  one.propose(4);
  expect(appendTo(one, 'n2')).toMatchObject({ prevLogIndex: 7, entries: [{ index: 8 }] });
});

test('a lost probe is repeated with the heartbeat', () => {
  const one = new OneNode({ term: 1, log: logOf(1, 1, 1) })
    .lead()
    .receive('n2', refusal(2, 3, 2))
    .timeOut();
  expect(appendTo(one, 'n2')).toMatchObject({ prevLogIndex: 1, entries: [{ index: 2 }, { index: 3 }, { index: 4 }] });
  expect(appendTo(one, 'n3')).toMatchObject({ prevLogIndex: 4, entries: [] });
});

test('an append carries no more than maxEntriesPerAppend; the rest goes as answers come', () => {
  const log = logOf(...Array.from({ length: 10 }, () => 1));
  const one = new OneNode({ term: 1, log, config: { maxEntriesPerAppend: 4 } }).lead();
  one.receive('n2', refusal(2, 10, 1));
  expect(appendTo(one, 'n2').entries.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
  one.receive('n2', success(2, 4));
  expect(appendTo(one, 'n2').entries.map(({ index }) => index)).toEqual([5, 6, 7, 8]);
  one.receive('n2', success(2, 8));
  expect(appendTo(one, 'n2').entries.map(({ index }) => index)).toEqual([9, 10, 11]);
});
