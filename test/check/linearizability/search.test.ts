import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SEARCH_LIMITS } from '../../../src/check/linearizability/check-history.ts';
import type { HistoryOperation } from '../../../src/check/linearizability/history.ts';
import { problemOf } from '../../../src/check/linearizability/problem.ts';
import { search } from '../../../src/check/linearizability/search.ts';
import { isLinearizableByForce } from './brute-force.ts';
import { append, operation, read, remove, saw, swap, unknown, write } from './history-of.ts';
import { orderFault } from './order-fault.ts';
import { randomHistory } from './random-history.ts';
import { seededRandom } from './seeded-random.ts';

/** The history of a correct store: one key, up to 16 clients and 64 operations of any kind. */
function correctHistory(seed: number): HistoryOperation[] {
  const random = seededRandom(seed);
  return randomHistory({
    seed,
    clients: 2 + random(14),
    operations: 4 + random(60),
    keys: 1,
    model: random(3) === 0 ? 'register' : 'kv',
    values: random(4) === 0 ? undefined : 1 + random(4),
    unknownPercent: random(3) * 8,
    writePercent: 20 + random(70),
    tells: random(2) === 0,
  });
}

describe('The search', () => {
  it('finds an order for whatever a correct store did, and the order it gives explains it', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const history = correctHistory(seed);
        const result = search(problemOf(history, undefined), DEFAULT_SEARCH_LIMITS);
        expect(result.type, JSON.stringify(history)).toBe('placed');
        if (result.type === 'placed') expect(orderFault(result.order, history, undefined)).toBeUndefined();
      }),
      { numRuns: 4_000 },
    );
  });

  it('gives an order that explains what it accepts, where answers were exchanged', { timeout: 60_000 }, () => {
    const seen = { placed: 0, impossible: 0, exhausted: 0 };
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = seededRandom(seed);
        const history = correctHistory(seed);
        const reads = history.filter(({ call, outcome }) => call.type === 'read' && outcome.type === 'saw');
        const [one, other] = [reads[random(reads.length)], reads[random(reads.length)]];
        const changed = history.map((each) =>
          each === one && other !== undefined ? { ...each, outcome: other.outcome } : each,
        );
        const result = search(problemOf(changed, undefined), DEFAULT_SEARCH_LIMITS);
        seen[result.type] += 1;
        if (result.type === 'placed') expect(orderFault(result.order, changed, undefined)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(seen.placed, seen.impossible), JSON.stringify(seen)).toBeGreaterThan(200);
  });

  // What each of its short cuts must not leave out.
  const tricky: readonly (readonly [string, readonly HistoryOperation[]])[] = [
    [
      'a write that somebody may have swapped is not overwritten unseen',
      [
        operation('a', write('v1'), [1, 5]),
        operation('b', write('v2'), [2, 11]),
        operation('c', write('v3'), [3, Infinity], unknown),
        operation('a', write('v4'), [8, 13]),
        operation('b', swap('v2', 'v6'), [14, Infinity], unknown),
        operation('d', swap('v6', 'v7'), [16, 26]),
        operation('e', write('v9'), [20, 25]),
      ],
    ],
    [
      'a write that nobody sees may be what others are hidden before',
      [
        operation('b', write(1), [14, 17]),
        operation('a', write(2), [16, 21]),
        operation('c', write(0), [19, 24]),
        operation('a', write(0), [22, 28]),
        operation('c', swap(0, 1), [25, 27], { type: 'mismatch' }),
      ],
    ],
    [
      'of appends that do the same, one that cannot be hidden may be the one that is seen',
      [
        operation('b', write('1'), [6, 22]),
        operation('c', append('0'), [9, 24]),
        operation('d', read, [13, 18], saw(undefined)),
        operation('e', append('0'), [15, 33]),
        operation('a', read, [19, 31], saw('10')),
        operation('d', read, [23, 29], saw('10')),
        operation('c', append('0'), [25, 35]),
        operation('f', read, [38, 48], saw('10')),
      ],
    ],
    [
      'an unknown write of the same text may be what others are hidden before',
      [
        operation('c', append('v3'), [4, 8]),
        operation('f', remove, [6, Infinity], unknown),
        operation('b', write('v5'), [7, 12]),
        operation('a', append('v7'), [16, 24]),
        operation('e', read, [25, 26], saw('v3v7')),
      ],
    ],
    [
      'an unknown write of the same value may be what others are hidden before',
      [
        operation('b', remove, [0, Infinity], unknown),
        operation('a', write('0'), [23, 30]),
        operation('c', swap(undefined, ''), [24, 28]),
        operation('c', read, [32, 34], saw('')),
      ],
    ],
    [
      'the way out of a state may lead through a write of the same text',
      [
        operation('b', write('0'), [109, 117]),
        operation('a', swap('0', '2'), [112, 116], { type: 'mismatch' }),
        operation('f', append('1'), [113, 118]),
        operation('f', read, [130, 141], saw('01')),
        operation('z', write('0'), [1, 2]),
      ],
    ],
  ];
  it.each(tricky)('knows that %s', (_, history) => {
    expect(isLinearizableByForce(history, undefined)).toBe(true);
    expect(search(problemOf(history, undefined), DEFAULT_SEARCH_LIMITS).type).toBe('placed');
  });

  it('gives up where it would have to make more texts than it may', () => {
    const appends = Array.from({ length: 20 }, (_, client) =>
      operation(`c${client}`, append(`${client}.`), [client, 100]),
    );
    const seen = appends
      .map(({ call }) => (call.type === 'append' ? call.value : ''))
      .reverse()
      .join('');
    const history = [...appends, operation('r', read, [101, 102], saw(seen))];
    const limits = { ...DEFAULT_SEARCH_LIMITS, maxStates: 100 };
    expect(search(problemOf(history, undefined), limits).type).toBe('exhausted');
    expect(search(problemOf(history, undefined), DEFAULT_SEARCH_LIMITS).type).toBe('placed');
  });
});
