import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory, DEFAULT_SEARCH_LIMITS } from '../../../src/check/linearizability/check-history.ts';
import { explain, MAX_SIFTED } from '../../../src/check/linearizability/explain.ts';
import { isBinding, type HistoryOperation } from '../../../src/check/linearizability/history.ts';
import { initialValuesOf, MAX_INITIAL_VALUES } from '../../../src/check/linearizability/initial-values.ts';
import { append, operation, read, saw, swap, write } from './history-of.ts';
import { randomHistory } from './random-history.ts';

const options = { initial: undefined, limits: DEFAULT_SEARCH_LIMITS };

describe('An explanation', () => {
  const noise = [0, 1, 2, 3].flatMap((round) => [
    operation('n', write(`n${round}`), [round * 4, round * 4 + 1]),
    operation('m', read, [round * 4 + 2, round * 4 + 3], saw(`n${round}`)),
  ]);
  const one = operation('a', write(1), [20, 21]);
  const two = operation('b', write(2), [22, 23]);
  const back = operation('c', read, [24, 25], saw(1));
  const after = operation('c', read, [26, 27], saw(9));

  it('names the operation that cannot be placed, though there are others after it', () => {
    const explanation = explain([...noise, one, two, back, after], undefined);
    expect(explanation?.culprit).toBe(back);
    expect(explanation?.prefix).toEqual([...noise, one, two]);
  });

  it('names the smallest stretch, and of it only what cannot be explained together', () => {
    const harmless = operation('d', read, [22.2, 22.8], saw(1));
    const explanation = explain([...noise, one, two, harmless, back, after], undefined);
    expect(explanation?.stretch).toEqual({ from: 22, to: 25, operations: [two, back], needsInitial: false });
  });

  it('says where what the key held at first is part of it', () => {
    const explanation = explain([operation('a', read, [0, 1], saw(1)), operation('b', write(1), [2, 3])], undefined);
    expect(explanation?.stretch).toMatchObject({ from: 0, to: 1, needsInitial: true });
  });

  it('finds the swap that took what another had taken', () => {
    const first = operation('a', swap(1, 2), [22, 24]);
    const second = operation('b', swap(1, 3), [22.5, 25]);
    const explanation = explain([...noise, one, first, second], undefined);
    // Whoever had written 1, only one of them can have taken it.
    expect(explanation?.stretch.operations).toEqual([first, second]);
  });

  it('finds the append that was lost', () => {
    const appends = ['1.', '2.', '3.'].map((piece, place) =>
      operation('a', append(piece), [20 + 2 * place, 21 + 2 * place]),
    );
    const lost = operation('b', read, [30, 31], saw('n31.3.'));
    const explanation = explain([...noise, ...appends, lost], undefined);
    expect(explanation?.culprit).toBe(lost);
    expect(explanation?.stretch.operations).toContain(appends[1]);
  });

  it('of a read that nobody can explain is short, however long the history', { timeout: 60_000 }, () => {
    let explained = 0;
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('register' as const, 'kv' as const), (seed, model) => {
        const history = randomHistory({
          seed,
          clients: 6,
          operations: 60,
          keys: 1,
          model,
          values: 4,
          unknownPercent: 5,
        });
        const place = history.map(({ outcome }) => outcome.type).lastIndexOf('saw');
        const bad = history.map((each, at) => (at === place ? { ...each, outcome: saw('never') } : each));
        const explanation = explain(bad, undefined);
        expect(explanation?.culprit).toBe(bad[place]);
        expect(explanation?.stretch.operations).toContain(bad[place]);
        // Somebody saw another value just before: that, and who brought it about, is enough.
        expect(explanation?.stretch.operations.length).toBeLessThanOrEqual(3);
        explained += 1;
      }),
      { numRuns: 100 },
    );
    expect(explained).toBe(100);
  });

  it('holds for every prefix: an order that keeps to real time and binds all that had returned', () => {
    const history: readonly HistoryOperation[] = randomHistory({
      seed: 3,
      clients: 8,
      operations: 200,
      keys: 1,
      model: 'register',
      values: undefined,
      unknownPercent: 5,
    });
    const last = history.filter(({ outcome }) => outcome.type === 'saw').at(-1);
    const bad = history.map((each) => (each === last ? { ...each, outcome: saw('never') } : each));
    const { prefix = [], culprit } = explain(bad, undefined) ?? {};
    const returned = bad.filter((each) => isBinding(each) && each.returnedAt < (culprit?.returnedAt ?? 0));
    expect(prefix.map(({ invokedAt }) => invokedAt)).toEqual(
      expect.arrayContaining(returned.map(({ invokedAt }) => invokedAt)),
    );
    for (const [place, earlier] of prefix.entries()) {
      for (const later of prefix.slice(place + 1)) expect(later.returnedAt).toBeGreaterThanOrEqual(earlier.invokedAt);
    }
    expect(
      checkHistory(
        prefix.map((each, place) => ({ ...each, invokedAt: place, returnedAt: place })),
        options,
      ).type,
    ).toBe('linearizable');
  });

  it('tells a stretch of more operations than it sifts as a whole', () => {
    const writes = Array.from({ length: MAX_SIFTED + 1 }, (_, place) =>
      operation(`c${place}`, append(`${place}.`), [10, 20]),
    );
    const lost = operation('r', read, [0, 21], saw('never'));
    expect(explain([...writes, lost], undefined)?.stretch.operations).toHaveLength(MAX_SIFTED + 2);
  });

  it('does not look into a stretch that may begin with more values than it tries', () => {
    const reads = Array.from({ length: MAX_INITIAL_VALUES }, (_, place) =>
      operation('r', read, [place, place + 0.5], saw(place)),
    );
    expect(initialValuesOf(reads.slice(2))).toHaveLength(MAX_INITIAL_VALUES);
    expect(initialValuesOf(reads)).toBeUndefined();
  });
});
