import { expect, test } from 'vitest';
import { Durability, MAX_PENDING_WRITES } from '../../src/raft/durability.ts';
import { below, chance, createRandom } from '../../src/raft/random.ts';

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

test(`of more than ${MAX_PENDING_WRITES} writes under way the newest are taken as one, which never vouches for too much`, () => {
  let longest = 0;
  for (let seed = 0; seed < 12; seed++) {
    const random = createRandom(seed, 'durability');
    const durability = new Durability(0);
    // The same without a bound: what each write holds of the log as it is now.
    let writes: { sequence: number; term: number; lastIndex: number }[] = [];
    let lastIndex = 0;
    let durable = { sequence: 0, lastIndex: 0 };
    for (let deed = 0; deed < 3 * MAX_PENDING_WRITES; deed++) {
      if (chance(random, 0.02) && lastIndex > 0) {
        lastIndex = below(random, lastIndex);
        durability.truncateFrom(lastIndex + 1);
        const kept = lastIndex;
        writes = writes.map((write) => ({ ...write, lastIndex: Math.min(write.lastIndex, kept) }));
        durable = { ...durable, lastIndex: Math.min(durable.lastIndex, lastIndex) };
      }
      lastIndex += below(random, 3);
      const term = 1 + (deed >> 6);
      writes.push({ sequence: durability.begin(term, undefined, lastIndex), term, lastIndex });
      if (!chance(random, 0.002)) continue;
      longest = Math.max(longest, durability.save().pending.length);
      const sequence = durable.sequence + 1 + below(random, writes.length);
      const write = durability.complete(sequence);
      const held = writes.filter((one) => one.sequence <= sequence);
      durable = { sequence, lastIndex: Math.max(durable.lastIndex, ...held.map((one) => one.lastIndex)) };
      writes = writes.filter((one) => one.sequence > sequence);
      expect(write?.sequence).toBe(sequence);
      expect(durability.durableSequence).toBe(sequence);
      expect(durability.durableIndex).toBeLessThanOrEqual(durable.lastIndex);
      expect(write?.term).toBeLessThanOrEqual(held.at(-1)?.term ?? 0);
    }
    const copy = Durability.restore(durability.save());
    copy.truncateFrom(1);
    expect(durability.durableIndex).toBeLessThanOrEqual(durable.lastIndex);
    longest = Math.max(longest, durability.save().pending.length);
    // With the last of them all is known again, to the letter.
    expect(durability.complete(durability.sequence)).toMatchObject({ lastIndex, sequence: 3 * MAX_PENDING_WRITES });
    expect([durability.durableIndex, durability.save().pending]).toEqual([lastIndex, []]);
  }
  expect(longest).toBe(MAX_PENDING_WRITES);
});

test('an answer that rests on writes taken as one waits for the last of them', () => {
  const durability = new Durability(0);
  for (let index = 1; index <= MAX_PENDING_WRITES + 5; index++) durability.begin(1, undefined, index);
  expect(durability.sequenceHolding(MAX_PENDING_WRITES - 1)).toBe(MAX_PENDING_WRITES - 1);
  expect(durability.sequenceHolding(MAX_PENDING_WRITES + 1)).toBe(MAX_PENDING_WRITES + 5);
  durability.complete(MAX_PENDING_WRITES + 2);
  expect(durability.durableIndex).toBe(MAX_PENDING_WRITES);
  durability.complete(MAX_PENDING_WRITES + 5);
  expect(durability.durableIndex).toBe(MAX_PENDING_WRITES + 5);
});
