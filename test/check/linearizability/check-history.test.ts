import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory, DEFAULT_SEARCH_LIMITS } from '../../../src/check/linearizability/check-history.ts';
import type { HistoryOperation, Outcome, Value } from '../../../src/check/linearizability/history.ts';
import { isLinearizableByForce } from './brute-force.ts';
import { append, operation, read, remove, saw, swap, unknown, write } from './history-of.ts';
import { randomHistory, type HistoryShape } from './random-history.ts';
import { seededRandom } from './seeded-random.ts';

const options = { initial: undefined, limits: DEFAULT_SEARCH_LIMITS };

function verdictOf(history: readonly HistoryOperation[], initial?: Value): string {
  return checkHistory(history, { ...options, initial }).type;
}

describe('A register', () => {
  it('may answer a read with what is written at the same time, or with what was there before', () => {
    const during = (value: Value): HistoryOperation[] => [
      operation('a', write(1), [0, 10]),
      operation('b', read, [2, 4], saw(value)),
    ];
    expect(verdictOf(during(undefined))).toBe('linearizable');
    expect(verdictOf(during(1))).toBe('linearizable');
    expect(verdictOf(during(2))).toBe('not-linearizable');
  });

  it('may not go back to an older value', () => {
    const writes = [operation('a', write(1), [0, 1]), operation('a', write(2), [2, 3])];
    expect(verdictOf([...writes, operation('b', read, [4, 5], saw(2))])).toBe('linearizable');
    expect(verdictOf([...writes, operation('b', read, [4, 5], saw(1))])).toBe('not-linearizable');
    expect(verdictOf([...writes, operation('b', read, [0.5, 5], saw(1))])).toBe('linearizable');
  });

  it('may not show two readers one after the other a write and then its absence', () => {
    const history = [
      operation('a', write(1), [0, 10]),
      operation('b', read, [1, 2], saw(1)),
      operation('c', read, [3, 4], saw(undefined)),
    ];
    expect(verdictOf(history)).toBe('not-linearizable');
  });

  it('begins with what it is said to begin with', () => {
    expect(verdictOf([operation('a', read, [0, 1], saw(7))], 7)).toBe('linearizable');
    expect(verdictOf([operation('a', read, [0, 1], saw('7'))], 7)).toBe('not-linearizable');
  });

  it('swaps only what it holds, once', () => {
    const twoSwap = [
      operation('a', write(1), [0, 1]),
      operation('a', swap(1, 2), [2, 6]),
      operation('b', swap(1, 3), [2, 6]),
    ];
    expect(verdictOf(twoSwap)).toBe('not-linearizable');
    expect(verdictOf([...twoSwap, operation('c', write(1), [3, 5])])).toBe('linearizable');
  });

  it('may refuse to swap only where it holds something else', () => {
    const history = (outcome: Outcome): HistoryOperation[] => [
      operation('a', write(1), [0, 1]),
      operation('b', swap(1, 2), [2, 3], outcome),
      operation('a', read, [4, 5], saw(1)),
    ];
    expect(verdictOf(history({ type: 'mismatch' }))).toBe('not-linearizable');
    expect(verdictOf(history({ type: 'found', value: 1 }))).toBe('not-linearizable');
    expect(verdictOf(history({ type: 'found', value: 3 }))).toBe('not-linearizable');
    expect(verdictOf(history({ type: 'none' }))).toBe('linearizable');
    expect(verdictOf(history(unknown))).toBe('linearizable');
    expect(verdictOf(history({ type: 'ok' }))).toBe('not-linearizable');
  });

  it('may see an unknown write at any later time, or never, but not take it back', () => {
    const history = (...seen: readonly Value[]): HistoryOperation[] => [
      operation('a', write(1), [0, Infinity], unknown),
      operation('b', write(2), [1, 2]),
      ...seen.map((value, place) => operation('b', read, [3 + 2 * place, 4 + 2 * place], saw(value))),
    ];
    expect(verdictOf(history(2, 2, 2))).toBe('linearizable');
    expect(verdictOf(history(2, 2, 1))).toBe('linearizable');
    expect(verdictOf(history(2, 1, 2))).toBe('not-linearizable');
  });

  it('may not see a write that had no effect, or none at all', () => {
    expect(verdictOf([operation('a', write(1), [0, 1], { type: 'none' }), operation('a', read, [2, 3], saw(1))])).toBe(
      'not-linearizable',
    );
  });
});

describe('A store with append', () => {
  it('shows every append once, in one order', () => {
    const history = (seen: string): HistoryOperation[] => [
      operation('a', append('1'), [0, 5]),
      operation('b', append('2'), [0, 5]),
      operation('a', read, [6, 7], saw(seen)),
    ];
    expect(verdictOf(history('12'))).toBe('linearizable');
    expect(verdictOf(history('21'))).toBe('linearizable');
    for (const seen of ['1', '121', '122', '']) expect(verdictOf(history(seen)), seen).toBe('not-linearizable');
  });

  it('begins anew after a delete, and knows the same text however it came about', () => {
    const history = (seen: Value): HistoryOperation[] => [
      operation('a', append('ab'), [0, 1]),
      operation('a', remove, [2, 3]),
      operation('a', append('a'), [4, 5]),
      operation('a', append('b'), [6, 7]),
      operation('a', swap('ab', 'c'), [8, 9]),
      operation('b', read, [10, 11], saw(seen)),
    ];
    expect(verdictOf(history('c'))).toBe('linearizable');
    expect(verdictOf(history('ab'))).toBe('not-linearizable');
  });

  it('holds an append to what it says it came to, be there nothing or the empty text before', () => {
    const history = (initial: Value, seen: string): string =>
      verdictOf(
        [operation('a', append('1'), [0, 1], saw(seen)), operation('a', append('2'), [2, 3], saw(`${seen}2`))],
        initial,
      );
    expect(history(undefined, '1')).toBe('linearizable');
    expect(history('', '1')).toBe('linearizable');
    expect(history('', '11')).toBe('not-linearizable');
    expect(history('1', '11')).toBe('linearizable');
    expect(history(undefined, '2')).toBe('not-linearizable');
    const emptied = [operation('a', write(''), [0, 1]), operation('a', append('1'), [2, 3], saw('1'))];
    expect(verdictOf(emptied)).toBe('linearizable');
    expect(verdictOf([...emptied, operation('a', append('2'), [4, 5], saw('2'))])).toBe('not-linearizable');
  });
});

/** A few operations on one key, of a correct store in one half, and with one answer changed in the other. */
function smallHistory(seed: number): HistoryOperation[] {
  const random = seededRandom(seed);
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T;
  const history = randomHistory({
    seed,
    clients: 2 + random(6),
    operations: 3 + random(9),
    keys: 1,
    model: pick(['register', 'kv']),
    values: pick([undefined, 1, 2, 3, 4]),
    unknownPercent: pick([0, 15, 30]),
    writePercent: 20 + random(50),
  });
  const values = [undefined, '', '0', '1', '2', '01', '10', '00', 'v1.', 'v2.'];
  const changed = random(2) === 0 ? -1 : random(history.length);
  return history.map((one, place) => {
    const { call, outcome } = one;
    const told = (another: Outcome): HistoryOperation => ({ ...one, outcome: another });
    if (call.type === 'append' && outcome.type === 'ok' && random(4) === 0) {
      return told(saw(`${pick(['', '0', '1'])}${call.value}`));
    }
    if (outcome.type === 'mismatch' && random(4) === 0) return told({ type: 'found', value: pick(values) });
    if (place !== changed) return one;
    if (outcome.type === 'saw') return told(saw(pick(values)));
    if (call.type !== 'compare-and-set' || outcome.type === 'unknown') return one;
    return told({ type: outcome.type === 'ok' ? 'mismatch' : 'ok' });
  });
}

describe('The search', () => {
  it('finds an order exactly where trying every order finds one', { timeout: 60_000 }, () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const history = smallHistory(seed);
        const expected = isLinearizableByForce(history, undefined);
        seen[expected ? 'yes' : 'no'] += 1;
        expect(verdictOf(history), JSON.stringify(history)).toBe(expected ? 'linearizable' : 'not-linearizable');
      }),
      { numRuns: 4_000 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(600);
  });

  const shape: HistoryShape = {
    seed: 1,
    clients: 50,
    operations: 5_000,
    keys: 10,
    model: 'register',
    values: undefined,
    unknownPercent: 2,
  };
  const shapes: readonly (readonly [string, HistoryShape])[] = [
    ['a register that everybody writes, each write its own value', { ...shape, keys: 1 }],
    ['the same, one in ten without an answer', { ...shape, keys: 1, unknownPercent: 10 }],
    ['a register that everybody writes, five values', { ...shape, keys: 1, values: 5 }],
    ['ten registers, twenty values', { ...shape, values: 20 }],
    ['ten keys with appends', { ...shape, model: 'kv' }],
    ['ten keys with appends, one in ten without an answer', { ...shape, model: 'kv', unknownPercent: 10 }],
    ['ten keys with appends of three values', { ...shape, model: 'kv', values: 3 }],
  ];
  it.each(shapes)('takes 5,000 operations of 50 clients: %s', { timeout: 60_000 }, (_, chosen) => {
    for (const seed of [1, 2]) {
      expect(checkHistory(randomHistory({ ...chosen, seed }), options)).toMatchObject({ type: 'linearizable' });
    }
  });

  it('finds one read that went back, among 5,000 operations of 50 clients', { timeout: 60_000 }, () => {
    for (const chosen of [{ ...shape, keys: 1 }, { ...shape, keys: 1, unknownPercent: 10 }, shape]) {
      const history = randomHistory(chosen);
      const reads = history.filter(({ outcome }) => outcome.type === 'saw');
      for (const share of [0.5, 0.7, 0.9]) {
        const late = reads[Math.floor(reads.length * share)];
        // What a read saw whose successor, with another value, had returned long before.
        const old = reads.filter(({ key, returnedAt }) => key === late?.key && returnedAt < late.invokedAt).at(-20);
        if (late === undefined || old === undefined) throw new Error('There are too few reads.');
        const between = reads.some(
          ({ key, invokedAt, returnedAt, outcome }) =>
            key === late.key &&
            invokedAt > old.returnedAt &&
            returnedAt < late.invokedAt &&
            JSON.stringify(outcome) !== JSON.stringify(old.outcome),
        );
        expect(between).toBe(true);
        const bad = history.map((one) => (one === late ? { ...one, outcome: old.outcome } : one));
        expect(checkHistory(bad, options)).toMatchObject({ type: 'not-linearizable', key: late.key });
      }
    }
  });

  it('finds one lost append among 5,000 operations of 50 clients', { timeout: 60_000 }, () => {
    const history = randomHistory({ ...shape, model: 'kv' });
    const victim = history.find(
      ({ call, outcome, invokedAt }) =>
        call.type === 'read' &&
        outcome.type === 'saw' &&
        typeof outcome.value === 'string' &&
        outcome.value.split('.').length > 4 &&
        invokedAt > 5_000,
    );
    const cut = (value: Value): Value => (typeof value === 'string' ? value.replace(/\.[^.]*/, '') : value);
    const bad = history.map((one) =>
      one === victim && one.outcome.type === 'saw' ? { ...one, outcome: saw(cut(one.outcome.value)) } : one,
    );
    expect(victim).toBeDefined();
    expect(checkHistory(bad, options)).toMatchObject({ type: 'not-linearizable', key: victim?.key });
  });

  it('says that it does not know where it has looked at as many configurations as it may', () => {
    const history = randomHistory({ ...shape, keys: 1, values: 20 });
    const limits = { ...DEFAULT_SEARCH_LIMITS, maxConfigurations: 1_000 };
    expect(checkHistory(history, { initial: undefined, limits })).toEqual({
      type: 'unknown',
      key: 'k0',
      configurations: 1_001,
    });
  });

  it('says that it does not know where it cannot remember more configurations', () => {
    const history = randomHistory({ ...shape, keys: 1, values: 20 });
    const limits = { ...DEFAULT_SEARCH_LIMITS, maxCacheWords: 2_000 };
    expect(checkHistory(history, { initial: undefined, limits })).toMatchObject({ type: 'unknown', key: 'k0' });
  });

  it('still finds a wrong key where another is beyond its limits', () => {
    const history = randomHistory({ ...shape, keys: 1, values: 20 });
    const wrong = { ...operation('z', read, [0, 1], saw('never written')), key: 'other' };
    const limits = { ...DEFAULT_SEARCH_LIMITS, maxConfigurations: 1_000 };
    expect(checkHistory([...history, wrong], { initial: undefined, limits })).toMatchObject({
      type: 'not-linearizable',
      key: 'other',
    });
  });
});
