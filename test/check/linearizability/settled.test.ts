import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SEARCH_LIMITS } from '../../../src/check/linearizability/check-history.ts';
import type { Call, HistoryOperation, Outcome, Value } from '../../../src/check/linearizability/history.ts';
import { problemOf } from '../../../src/check/linearizability/problem.ts';
import { search } from '../../../src/check/linearizability/search.ts';
import { settledOf } from '../../../src/check/linearizability/settled.ts';

type Spell = readonly [call: Call, outcome: Outcome, invokedAt: number, returnedAt: number];

function historyOf(...spells: readonly Spell[]): HistoryOperation[] {
  return spells.map(([call, outcome, invokedAt, returnedAt]) => ({
    client: 'c1',
    key: 'x',
    call,
    outcome,
    invokedAt,
    returnedAt,
  }));
}

const write = (value: string): Call => ({ type: 'write', value });
const saw = (value: Value): Outcome => ({ type: 'saw', value });
const unknown: Outcome = { type: 'unknown' };

const anyHistory: fc.Arbitrary<HistoryOperation[]> = fc
  .array(
    fc.record({
      call: fc.oneof(
        fc.constant<Call>({ type: 'read' }),
        fc.constantFrom('1', '2').map(write),
        fc.constantFrom('1', '2').map((value): Call => ({ type: 'append', value })),
        fc.constant<Call>({ type: 'delete' }),
        fc.constant<Call>({ type: 'compare-and-set', expected: '1', value: '2' }),
      ),
      told: fc.constantFrom(undefined, '1', '2', '12'),
      kind: fc.constantFrom('saw', 'saw', 'saw', 'saw', 'found', 'none', 'unknown' as const),
      waits: fc.integer({ min: 0, max: 3 }),
      takes: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 7 },
  )
  .map((drawn) => {
    let now = 0;
    return drawn.map(({ call, told, kind, waits, takes }) => {
      now += 1 + waits;
      const outcome: Outcome =
        kind === 'none' || kind === 'unknown'
          ? { type: kind }
          : kind === 'found' && call.type === 'compare-and-set'
            ? { type: 'found', value: told }
            : saw(call.type === 'write' ? call.value : call.type === 'delete' ? undefined : told);
      const returnedAt = kind === 'unknown' ? Infinity : now + takes + 0.5;
      return { client: 'c1', key: 'x', call, outcome, invokedAt: now, returnedAt };
    });
  });

function isPossible(operations: readonly HistoryOperation[], initial: Value): boolean {
  return search(problemOf(operations, initial), DEFAULT_SEARCH_LIMITS).type === 'placed';
}

describe('What is settled of a history', () => {
  it('ends with the last operation that was alone and says what the key held', () => {
    const history = historyOf(
      [write('1'), saw('1'), 0, 1],
      [write('2'), saw('2'), 2, 5],
      [{ type: 'read' }, saw('2'), 4, 6],
      [{ type: 'read' }, saw('2'), 7, 8],
      [write('3'), saw('3'), 9, Infinity],
    );
    expect(settledOf(history)).toEqual({ count: 4, value: '2' });
    expect(settledOf(history.slice(0, 3))).toEqual({ count: 1, value: '1' });
  });

  it('is nothing behind a write whose fate is unknown, and as much as ever behind one that failed', () => {
    const second = [{ type: 'read' } as const, saw('1'), 4, 5] as const;
    const first = [write('1'), saw('1'), 0, 1] as const;
    expect(settledOf(historyOf(first, [write('2'), unknown, 2, 3], second))?.count).toBe(1);
    expect(settledOf(historyOf(first, [write('2'), { type: 'none' }, 2, 3], second))?.count).toBe(3);
    expect(settledOf(historyOf(first, [{ type: 'read' }, unknown, 2, 3], second))?.count).toBe(3);
  });

  it('can be left aside: the whole can be explained exactly if both parts can', () => {
    let cut = 0;
    fc.assert(
      fc.property(anyHistory, (history) => {
        const settled = settledOf(history);
        if (settled === undefined) return;
        cut += 1;
        const { count, value } = settled;
        const parts = isPossible(history.slice(0, count), undefined) && isPossible(history.slice(count), value);
        expect(parts).toBe(isPossible(history, undefined));
      }),
      { numRuns: 5_000 },
    );
    expect(cut).toBeGreaterThan(2_000);
  });
});
