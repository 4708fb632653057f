// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from 'vitest';
import { explainPlace } from '../../src/ui/panels/log-words.tsx';
import { LogsPanel } from '../../src/ui/panels/logs-panel.tsx';
import { shareOf } from '../../src/ui/snapshot-share.ts';
import { nodeFacts } from '../../src/ui/stage/node-facts.ts';
import { shapeOf } from '../../src/ui/stage/message-shape.ts';
import { messages } from '../timeline/samples.ts';
import { drawScreen, type TestScreen } from './screen.tsx';

let screen: TestScreen | undefined;
afterEach(async () => {
  await screen?.dispose();
  screen = undefined;
});

/** A cluster with `x=5` committed, of which n2 has taken a snapshot. */
async function compacted(): Promise<TestScreen> {
  screen = await drawScreen(<LogsPanel />);
  await screen.playTo(1_000);
  const fate = screen.control.set('x', '5');
  await screen.playTo(2_000);
  await fate;
  await screen.control.snapshot('n2');
  await screen.frame();
  return screen;
}

describe('what a node has forgotten', () => {
  test('stands in its row as one block, with the entries of the others beside it', async () => {
    const { root } = await compacted();
    const rows = [...root.querySelectorAll('.log-row')];
    expect(rows.map((row) => row.querySelector('.log-snapshot')?.textContent)).toEqual([
      undefined,
      'snapshot up to 2',
      undefined,
      undefined,
      undefined,
    ]);
    expect(rows.map((row) => row.querySelectorAll('.log-cell').length)).toEqual([2, 0, 2, 2, 2]);
  });

  test('is explained where it is pointed at, and still counts as held', async () => {
    const { playground } = await compacted();
    const { view } = playground.store.getState();
    expect(explainPlace(view, 'n2', 1)[0]).toBe('n2: entry 1 is in its snapshot (§7)');
    expect(explainPlace(view, 'n2', 2)[1]).toMatch(
      /^Its log begins behind entry 2\. It holds all up to entry 2, in \d+ bytes\.$/,
    );
    expect(explainPlace(view, 'n1', 2)[1]).toBe('It stands on 5 of 5; committed, as all nodes know.');
    expect(explainPlace(view, 'n2', 3)).toEqual(['n2 has no entry 3']);
    const node = view.nodes['n2'];
    expect(node && nodeFacts(node, view.world.machines['n2'], 0, node.configuration).at(-1)).toMatch(
      /^Snapshot up to 2, \d+ bytes \(§7\)\.$/,
    );
  });
});

describe('a snapshot on its way', () => {
  test('is told as a share, whole numbers, and all of nothing is all', () => {
    expect([0, 99, 1_999, 2_000].map((heldBytes) => shareOf({ heldBytes, totalBytes: 2_000 }))).toEqual([
      '0 %',
      '4 %',
      '99 %',
      '100 %',
    ]);
    expect(shareOf({ heldBytes: 0, totalBytes: 0 })).toBe('100 %');
  });

  test('is a block on the ring, its answer a hollow one', () => {
    expect(shapeOf(messages['install-snapshot'][0])).toMatchObject({ form: 'block', hollow: false, term: 3 });
    expect(shapeOf(messages['install-snapshot-reply'][0])).toMatchObject({ form: 'block', hollow: true, term: 3 });
  });
});
