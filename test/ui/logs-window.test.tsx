// @vitest-environment happy-dom
import fc from 'fast-check';
import { List } from 'immutable';
import { act } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../src/raft/entry.ts';
import { fitted } from '../../src/ui/panels/log-cell.tsx';
import { COLUMN_PX } from '../../src/ui/panels/log-columns.ts';
import { LogsPanel } from '../../src/ui/panels/logs-panel.tsx';
import { spanOf } from '../../src/ui/panels/use-fixed-span.ts';
import { drawScreen, type TestScreen } from './screen.tsx';

let screen: TestScreen | undefined;
afterEach(async () => {
  await screen?.dispose();
  screen = undefined;
});

/** The logs panel over five logs of that length. */
async function withLogsOf(length: number): Promise<{ readonly root: HTMLElement; readonly grid: HTMLElement }> {
  screen = await drawScreen(<LogsPanel />);
  const { store } = screen.playground;
  const log = List(
    Array.from({ length }, (_, place): Entry => {
      const index = place + 1;
      return { type: 'command', index, term: 1, command: undefined };
    }),
  );
  const { view } = store.getState();
  const nodes = Object.fromEntries(
    Object.entries(view.nodes).map(([id, node]) => [id, { ...node, log, commitIndex: length }]),
  );
  await act(async () => store.setState({ view: { ...view, nodes } }));
  const grid = screen.root.querySelector<HTMLElement>('.log-grid');
  if (grid === null) throw new Error('There is no grid.');
  Object.defineProperty(grid, 'scrollWidth', { configurable: true, value: (length + 2) * COLUMN_PX });
  return { root: screen.root, grid };
}

const indexesIn = (root: HTMLElement): readonly number[] =>
  [...root.querySelectorAll('[data-node="n1"] .log-cell')].map((cell) => Number(cell.getAttribute('data-index')));

describe('ten thousand entries', () => {
  test('as many cells are drawn as the view has room for, wherever it is scrolled to, however long the log is', async () => {
    // 700 px hold nine columns beside the names; a few more are drawn on either side.
    const mostColumns = 9 + 2 * 2 + 3 * 2;
    const { root, grid } = await withLogsOf(10_000);
    expect(indexesIn(root).at(-1)).toBe(10_000);
    for (const first of [9_990, 9_000, 5_001, 17, 0, 7_777]) {
      await act(async () => {
        grid.scrollLeft = first * COLUMN_PX;
        grid.dispatchEvent(new Event('scroll'));
      });
      const drawn = indexesIn(root);
      const inSight = Array.from({ length: 9 }, (_, place) => first + 1 + place).filter((index) => index <= 10_000);
      expect(drawn).toEqual(expect.arrayContaining(inSight));
      expect(drawn.length).toBeLessThanOrEqual(mostColumns);
      expect(root.querySelectorAll('.log-cell').length).toBe(5 * drawn.length);
      expect(root.querySelectorAll('.log-head').length).toBeLessThanOrEqual(mostColumns);
    }
  });

  test('a short log draws no more than it has', async () => {
    const { root } = await withLogsOf(3);
    expect(indexesIn(root)).toEqual([1, 2, 3]);
  });
});

test('a span holds what is in sight until the next step, little more, and nothing that is not there', () => {
  const sights = fc.record({
    first: fc.nat(12_000),
    room: fc.nat(60),
    count: fc.nat(10_000),
    overscan: fc.nat(8),
    step: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(sights, (sight) => {
      const { from, to } = spanOf(sight);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(sight.count);
      expect(to - from).toBeLessThanOrEqual(sight.room + 2 * sight.overscan + 3 * sight.step);
      // A box cannot be scrolled past its end.
      const first = Math.max(0, Math.min(sight.first, sight.count - sight.room));
      const end = Math.min(sight.count, first + sight.room + sight.step - 1);
      if (end > first) {
        expect(from).toBeLessThanOrEqual(first);
        expect(to).toBeGreaterThanOrEqual(end);
      }
    }),
  );
});

describe('a command in a cell', () => {
  test('that fits is whole, a longer one ends in an ellipsis and is as long as there is room', () => {
    expect(fitted('x=5', 5)).toBe('x=5');
    expect(fitted('k1=v1', 5)).toBe('k1=v1');
    expect(fitted('k1=v10', 5)).toBe('k1=v…');
    expect(fitted('', 5)).toBe('');
  });

  test('of letters that are not all of one width is left to the browser to clip', () => {
    expect(fitted('鍵=値', 5)).toBeUndefined();
    expect(fitted('a\tb', 5)).toBeUndefined();
  });
});
