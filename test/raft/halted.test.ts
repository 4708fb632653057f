import { expect, test } from 'vitest';
import { OneNode, appendEntries, entry, logOf } from './one-node.ts';

function expectHalted(one: OneNode, reason: RegExp): void {
  expect(one.event('halted').reason).toMatch(reason);
  expect(one.node.halted).toBe(one.event('halted').reason);
  expect(one.all('persist')).toEqual([]);
  expect(one.all('send')).toEqual([]);
  expect(one.all('apply')).toEqual([]);
  expect(one.node.deadlineUs).toBe(Infinity);
  expect(one.propose(1).turn({ type: 'time-out-now' }).effects).toEqual([]);
}

test('§5.2 a leader halts when another leads its term', () => {
  expectHalted(new OneNode().lead().receive('n2', appendEntries(1, [0, 0])), /^It leads term 1, and n2 sends entries/);
});

test('§5.2 a follower halts when two lead its term', () => {
  const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0]));
  expectHalted(one.receive('n3', appendEntries(1, [0, 0])), /^Two leaders in term 1: n2, and now n3/);
});

test('§5.4 a node halts rather than remove what is committed', () => {
  const one = new OneNode({ term: 2, log: logOf(1, 1) }).receive('n2', appendEntries(2, [2, 1], [], 2));
  one.receive('n3', appendEntries(3, [1, 1], [entry(2, 3)]));
  expectHalted(one, /^n3, leader of term 3, contradicts entry 2, but entries up to 2 are committed/);
  expect(one.terms).toEqual([1, 1]);
});

test('a node halts when its disk confirms what it was never asked', () => {
  expectHalted(new OneNode().turn({ type: 'persisted', sequence: 1 }), /^Its disk confirms write 1/);
});

test('a node halts when a wrong rule would have it commit past its log', () => {
  const one = new OneNode({ term: 1, log: logOf(1), rules: { followerCommit: (leaderCommit) => leaderCommit } });
  expectHalted(one.receive('n2', appendEntries(1, [1, 1], [], 5)), /^It was to commit up to entry 5, but .* ends at 1/);
});

test('a node halts at its first turn when its disk held an impossible log', () => {
  expectHalted(new OneNode({ term: 3, log: [entry(1, 1), entry(3, 2)] }), /entry 2 says that it is entry 3/);
});

test('halting is told even where nothing else is', () => {
  const one = new OneNode({ config: { observe: false } }).turn({ type: 'persisted', sequence: 1 });
  expect(one.events.map(({ type }) => type)).toEqual(['halted']);
});

test('what a turn said before it halted is not said, as in a crash', () => {
  const one = new OneNode({ term: 1 }).turn(
    { type: 'message', from: 'n2', message: appendEntries(1, [0, 0], logOf(1)) },
    { type: 'message', from: 'n3', message: appendEntries(1, [0, 0]) },
    { type: 'message', from: 'n2', message: appendEntries(1, [1, 1], [entry(2, 1)]) },
  );
  expect(one.node.lastIndex).toBe(1);
  expectHalted(one, /^Two leaders/);
});
