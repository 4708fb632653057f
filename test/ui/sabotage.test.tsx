// @vitest-environment happy-dom
import { act } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { sabotageBook } from '../../src/raft/sabotage-book.ts';
import { sabotageNames } from '../../src/raft/sabotage-name.ts';
import { NewClusterDialog } from '../../src/ui/dialogs/new-cluster-dialog.tsx';
import { Masthead } from '../../src/ui/masthead.tsx';
import { drawScreen, type TestScreen } from './screen.tsx';

// Here at once, so that what the page loads late takes a few frames.
beforeAll(async () => {
  await import('../../src/ui/dialogs/sabotage-switches.tsx');
  await import('../../src/ui/sabotage-mark.tsx');
});

let screen: TestScreen | undefined;
afterEach(async () => {
  await screen?.dispose();
  screen = undefined;
});

/** Draws until that is there. */
async function until<Found>(drawn: TestScreen, find: () => Found | null | undefined): Promise<Found> {
  for (let frames = 0; frames < 100; frames++) {
    const found = find();
    if (found !== null && found !== undefined) return found;
    await drawn.frame();
  }
  throw new Error('It did not come.');
}

test('a cluster that is broken on purpose says so beside the name of the page, and one that is not says what this is', async () => {
  screen = await drawScreen(<Masthead />);
  const drawn = screen;
  expect(drawn.text('.masthead-sentence')).toMatch(/^A Raft cluster/);
  await act(() => drawn.control.reset({ config: { sabotages: ['figure-8', 'half-is-majority'] } }));
  const mark = await until(drawn, () => drawn.root.querySelector('button.sabotage-mark'));
  expect(mark.textContent).toBe('Broken on purpose: figure-8 and 1 more');
  await drawn.click(mark);
  const told = await until(drawn, () => document.querySelector('.sabotage-list')?.textContent);
  expect(told).toContain(sabotageBook['half-is-majority'].sentence);
  await act(() => drawn.control.reset());
  await drawn.frame();
  expect(drawn.text('.masthead-sentence')).toMatch(/^A Raft cluster/);
});

test('the dialog for a new cluster has a switch for every sabotage, and starts one that has them', async () => {
  screen = await drawScreen(<NewClusterDialog />);
  const drawn = screen;
  await act(async () => drawn.playground.hand.show('new-cluster'));
  const fold = await until(drawn, () => document.querySelector('details.fold'));
  await act(async () => {
    fold.setAttribute('open', '');
    fold.dispatchEvent(new Event('toggle'));
  });
  const first = await until(drawn, () => fold.querySelector('input'));
  expect(fold.querySelectorAll('input')).toHaveLength(sabotageNames.length);
  for (const name of sabotageNames) expect(fold.textContent).toContain(`${name}, ${sabotageBook[name].section}`);
  await drawn.click(first);
  await act(async () => {
    document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  });
  await until(drawn, () => drawn.playground.store.getState().config.sabotages);
  expect(drawn.playground.store.getState().config.sabotages).toEqual(['longer-log-wins']);
});
