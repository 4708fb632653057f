// @vitest-environment happy-dom
import { act, type FunctionComponent } from 'react';
import { afterEach, expect, test } from 'vitest';
import { useShown } from '../../src/ui/hooks.ts';
import { Late } from '../../src/ui/late.tsx';
import { latePart } from '../../src/ui/late-part.ts';
import { drawScreen, type TestScreen } from './screen.tsx';

let screen: TestScreen | undefined;
afterEach(async () => {
  await screen?.dispose();
  screen = undefined;
});

interface Waiting<Part> {
  readonly resolve: (part: Part) => void;
  readonly reject: (error: Error) => void;
}

/** A server that answers, or does not, when the test says so. */
function server<Part>(part: Part) {
  const waiting: Waiting<Part>[] = [];
  const settle = async (how: (one: Waiting<Part>) => void): Promise<void> => {
    await act(async () => {
      for (const one of waiting.splice(0)) how(one);
    });
    await screen?.frame();
  };
  return {
    fetchPart: (): Promise<Part> =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
      }),
    asked: () => waiting.length,
    answer: () => settle((one) => one.resolve(part)),
    fail: () => settle((one) => one.reject(new Error('Failed to fetch'))),
  };
}

const Words: FunctionComponent = () => <p className="words">here it is</p>;
const notices = (): readonly string[] =>
  (screen?.playground.store.getState().notices ?? []).map(({ message }) => message);

test('a place of the page whose code does not come says so in one sentence, and comes at another try', async () => {
  const source = server(Words);
  const part = latePart('The logs', source.fetchPart);
  screen = await drawScreen(
    <Late part={part} isPlace standIn={<p className="stand-in" />}>
      {(Part) => <Part />}
    </Late>,
  );
  expect(screen.root.querySelector('.stand-in')).not.toBeNull();
  await source.fail();
  expect(screen.text('[role="alert"] p')).toBe(
    'The logs could not be loaded from the server of this page: try again, or reload the page.',
  );
  expect(source.asked()).toBe(0);
  await screen.click(screen.root.querySelector('[role="alert"] button'));
  expect(source.asked()).toBe(1);
  await source.answer();
  expect(screen.text('.words')).toBe('here it is');
  expect(screen.root.querySelector('[role="alert"]')).toBeNull();
  expect(notices()).toEqual([]);
});

test('what is loaded once is there at once the next time', async () => {
  const source = server(Words);
  const part = latePart('The logs', source.fetchPart);
  const loads = Promise.all([part.load(), part.load()]);
  expect(source.asked()).toBe(1);
  await source.answer();
  await loads;
  screen = await drawScreen(<Late part={part}>{(Part) => <Part />}</Late>);
  expect(screen.text('.words')).toBe('here it is');
});

test('who asks for a part before it is there gets it when it comes, and is told when it does not', async () => {
  let shown = 0;
  const Dialog: FunctionComponent = () => {
    useShown('network', () => (shown += 1));
    return null;
  };
  const source = server(Dialog);
  const part = latePart('Network and disks', source.fetchPart);
  screen = await drawScreen(
    <Late part={part} isTime={false} shows={['network']}>
      {(Part) => <Part />}
    </Late>,
  );
  const { hand } = screen.playground;
  expect(source.asked()).toBe(0);
  await act(async () => hand.show('network'));
  await source.fail();
  expect(notices()).toEqual([
    'Network and disks could not be loaded from the server of this page: try again, or reload the page.',
  ]);
  await act(async () => hand.show('network'));
  expect(source.asked()).toBe(1);
  await source.answer();
  expect(shown).toBe(1);
});

test('a part that nobody waits for fails in silence, and what waited for it is given up once told', async () => {
  const source = server(Words);
  const part = latePart('The menu', source.fetchPart);
  let givenUp = 0;
  const draw = (isWanted: boolean) => (
    <Late part={part} isWanted={isWanted} onGiveUp={() => (givenUp += 1)}>
      {(Part) => <Part />}
    </Late>
  );
  screen = await drawScreen(draw(false));
  await source.fail();
  expect(notices()).toEqual([]);
  expect(givenUp).toBe(0);
  await screen.dispose();
  screen = await drawScreen(draw(true));
  await source.fail();
  expect(notices()).toHaveLength(1);
  expect(givenUp).toBe(1);
});
