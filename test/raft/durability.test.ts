import { expect, test } from 'vitest';
import { Durability } from '../../src/raft/durability.ts';

test('writes become durable in order, several at once, and each only once', () => {
  const durability = new Durability(4);
  expect(durability.begin(1, undefined, 5)).toBe(1);
  expect(durability.begin(1, undefined, 7)).toBe(2);
  expect(durability.begin(2, 'n2', 7)).toBe(3);
  expect(durability.complete(2)).toMatchObject({ sequence: 2, term: 1 });
  expect([durability.durableSequence, durability.durableIndex]).toEqual([2, 7]);
  expect(durability.complete(2)).toBeUndefined();
  expect(durability.complete(1)).toBeUndefined();
  expect(durability.complete(3)).toMatchObject({ sequence: 3, term: 2, votedFor: 'n2' });
});

test('a write confirmed after a truncation vouches only for what was not removed', () => {
  const durability = new Durability(2);
  durability.begin(1, undefined, 6);
  durability.truncateFrom(4);
  durability.begin(2, undefined, 6);
  durability.complete(1);
  expect(durability.durableIndex).toBe(3);
  durability.complete(2);
  expect(durability.durableIndex).toBe(6);
});

test('truncating what is durable lowers the durable index at once', () => {
  const durability = new Durability(9);
  durability.truncateFrom(5);
  expect(durability.durableIndex).toBe(4);
});

test('an index waits for the first write that holds it, for none if it is durable, for this turn\u2019s if it is new', () => {
  const durability = new Durability(2);
  durability.begin(1, undefined, 4);
  durability.begin(1, undefined, 6);
  expect([2, 3, 4, 5, 6, 7].map((index) => durability.sequenceHolding(index))).toEqual([0, 1, 1, 2, 2, 3]);
});

test('whatever it rests on, an answer waits for the term and vote too', () => {
  const durability = new Durability(2);
  durability.begin(1, undefined, 4);
  durability.voteChanged();
  durability.begin(2, undefined, 4);
  expect(durability.sequenceHolding(1)).toBe(2);
  expect(durability.sequenceHolding(4)).toBe(2);
});

test('a saved one goes on alike', () => {
  const durability = new Durability(2);
  durability.begin(1, undefined, 4);
  durability.voteChanged();
  durability.begin(2, 'n3', 5);
  const saved: unknown = JSON.parse(JSON.stringify(durability.save()));
  const copy = Durability.restore(saved as ReturnType<Durability['save']>);
  copy.complete(1);
  expect(copy.durableIndex).toBe(4);
  expect(durability.durableIndex).toBe(2);
  durability.complete(1);
  expect(copy.save()).toEqual(durability.save());
});
