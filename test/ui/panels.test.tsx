// @vitest-environment happy-dom
import { act } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { leaderOf } from '../../src/cluster/cluster-status.ts';
import { ClockBar } from '../../src/ui/clock-bar.tsx';
import { PaletteDoor } from '../../src/ui/palette-door.tsx';
import { MAX_LISTED } from '../../src/ui/palette-items.ts';
import { ClientPanel } from '../../src/ui/panels/client-panel.tsx';
import { LogsPanel } from '../../src/ui/panels/logs-panel.tsx';
import { StatePanel } from '../../src/ui/panels/state-panel.tsx';
import { TimelinePanel } from '../../src/ui/panels/timeline-panel.tsx';
import { drawScreen, type TestScreen } from './screen.tsx';

let screen: TestScreen | undefined;
afterEach(async () => {
  await screen?.dispose();
  screen = undefined;
});

/** A cluster that has elected a leader, with `x=5` committed and applied everywhere. */
async function withKey(part: Parameters<typeof drawScreen>[0]): Promise<TestScreen> {
  screen = await drawScreen(part);
  await screen.playTo(1_000);
  const fate = screen.control.set('x', '5');
  await screen.playTo(2_000);
  await fate;
  await screen.frame();
  return screen;
}

const leaderIn = ({ playground }: TestScreen): string => leaderOf(playground.store.getState().view) ?? 'none';
const texts = (elements: Iterable<Element>): readonly (string | null)[] =>
  [...elements].map(({ textContent }) => textContent);
const names = (elements: Iterable<Element>): readonly (string | null)[] =>
  [...elements].map((element) => element.getAttribute('aria-label'));

describe('the logs', () => {
  test('an empty panel says what will appear and how', async () => {
    screen = await drawScreen(<LogsPanel />);
    expect(screen.text('.panel-foot')).toContain('Entries appear here when a leader stands');
  });

  test('each node has a row with its entries, committed solid and durable', async () => {
    const { root } = await withKey(<LogsPanel />);
    const rows = [...root.querySelectorAll('.log-row')];
    expect(rows).toHaveLength(5);
    for (const row of rows) {
      expect(names(row.querySelectorAll('.log-cell'))).toEqual(['no-op, term 1', 'x=5, term 1']);
      expect(texts(row.querySelectorAll('.log-cell'))).toEqual(['1no-op', '1x=5']);
      expect(row.querySelectorAll('.uncommitted, .volatile, .gone')).toHaveLength(0);
    }
  });

  test('what the leader knows of its followers stands in their rows, not in its own', async () => {
    const drawn = await withKey(<LogsPanel />);
    const leader = leaderIn(drawn);
    const marked = [...drawn.root.querySelectorAll('.log-row:has([data-mark="match"])')];
    expect(marked.map((row) => row.getAttribute('data-node'))).toEqual(
      ['n1', 'n2', 'n3', 'n4', 'n5'].filter((id) => id !== leader),
    );
  });

  test('an entry that a cut-off leader took is dashed, and struck out when another leader overwrites it', async () => {
    const drawn = await withKey(<LogsPanel />);
    const old = leaderIn(drawn);
    await drawn.control.isolate(old);
    // What a clerk asks of the old leader after the cut stands there alone.
    const lonely = drawn.control.set('lost', '1');
    await drawn.playTo(2_060);
    const oldRow = (): Element | null => drawn.root.querySelector(`[data-node="${old}"]`);
    expect(names(oldRow()?.querySelectorAll('.uncommitted') ?? [])).toEqual(['lost=1, term 1']);
    await drawn.playTo(4_000);
    await drawn.control.heal();
    await drawn.playTo(4_300);
    expect(names(oldRow()?.querySelectorAll('.gone') ?? [])).toContain('lost=1, term 1');
    await drawn.playTo(9_000);
    expect(oldRow()?.querySelectorAll('.gone')).toHaveLength(0);
    await lonely;
  });

  test('the leader’s row has a mark for each peer, and pointing at a name tells the figures', async () => {
    const drawn = await withKey(<LogsPanel />);
    const leader = leaderIn(drawn);
    const row = drawn.root.querySelector('.log-row:has(.log-progress)');
    expect(row?.getAttribute('data-node')).toBe(leader);
    const marks = [...(row?.querySelectorAll('.progress-mark') ?? [])];
    expect(marks.map((mark) => mark.getAttribute('data-state'))).toEqual(Array(4).fill('replicate'));
    const grid = drawn.root.querySelector('.log-grid');
    await drawn.press(grid, 'Home');
    await drawn.press(grid, 'ArrowLeft');
    for (let row = 1; row < Number(leader.slice(1)); row++) await drawn.press(grid, 'ArrowDown');
    for (let frames = 0; frames < 3; frames++) await drawn.frame();
    expect(grid?.getAttribute('aria-activedescendant')).toBe(`log-${leader}-0`);
    const told = texts(document.querySelectorAll('.panel-tip span'));
    expect(told).toHaveLength(4);
    expect(told[0]).toMatch(/^n\d: agrees up to 2, next is 3; 0 of 256 appends under way\.$/);
  });

  test('a follower that does not answer is probed, and both rows say so', async () => {
    screen = await drawScreen(<LogsPanel />);
    await screen.control.reset({ nodes: 3, seed: 7, config: { maxInflightMessages: 2, probeSilent: true } });
    await screen.playTo(1_000);
    const leader = leaderIn(screen);
    const away = leader === 'n2' ? 'n3' : 'n2';
    await screen.control.isolate(away);
    const write = screen.control.set('x', '1');
    await screen.playTo(2_000);
    await write;
    await screen.frame();
    expect(screen.text(`[data-node="${leader}"] .log-progress`)).toContain(`${away}: probe`);
    expect(screen.root.querySelector(`[data-node="${away}"] .log-next`)?.classList).toContain('probe');
  });

  test('the row of a node that is down is marked, and says so', async () => {
    const drawn = await withKey(<LogsPanel />);
    await drawn.control.kill('n2');
    await drawn.frame();
    expect(drawn.text('.log-row.down .log-name')).toContain('down');
  });

  test('arrow keys go to an entry and explain it in words', async () => {
    const drawn = await withKey(<LogsPanel />);
    const grid = drawn.root.querySelector('.log-grid');
    await drawn.press(grid, 'End');
    await drawn.frame();
    await drawn.frame();
    await drawn.press(grid, 'Home');
    await drawn.press(grid, 'ArrowRight');
    for (let frames = 0; frames < 3; frames++) await drawn.frame();
    expect(grid?.getAttribute('aria-activedescendant')).toBe('log-n1-2');
    const tip = document.querySelector('.panel-tip')?.textContent;
    expect(tip).toContain('set x to 5');
    expect(tip).toContain('committed, as all nodes know');
  });
});

describe('the state', () => {
  test('an empty panel says what will appear and how', async () => {
    screen = await drawScreen(<StatePanel />);
    expect(screen.text('.empty')).toContain('Nothing is stored yet. Type x=5');
  });

  test('when the power is back and nobody knows yet what is committed, it says why it is empty', async () => {
    const drawn = await withKey(<StatePanel />);
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
    await drawn.control.act({ type: 'power-failure', nodes, clients: true });
    await drawn.control.act({ type: 'power-return', nodes });
    await drawn.frame();
    expect(drawn.text('.empty')).toContain('nobody knows how much of the logs is committed');
    await drawn.playTo(3_500);
    expect(drawn.root.querySelector('.empty')).toBeNull();
    expect(texts(drawn.root.querySelectorAll('.state-row .state-cell'))).toEqual(['5', '5', '5', '5', '5']);
  });

  test('when all agree it says so, with a row a key and a column a node', async () => {
    const drawn = await withKey(<StatePanel />);
    expect(drawn.text('.panel-foot')).toBe('All 5 running nodes agree on 1 key.');
    expect(texts(drawn.root.querySelectorAll('.state-row .state-cell'))).toEqual(['5', '5', '5', '5', '5']);
  });

  test('what differs is marked and named, and it says who', async () => {
    const drawn = await withKey(<StatePanel />);
    const leader = leaderIn(drawn);
    const behind = leader === 'n1' ? 'n2' : 'n1';
    await drawn.control.isolate(behind);
    const write = drawn.control.set('y', '6');
    await drawn.playTo(2_800);
    await write;
    await drawn.frame();
    expect(drawn.text('.panel-foot')).toBe(
      `Compared with ${leader}, which has applied most, ${behind} differs in 1 key.`,
    );
    const marked = [...drawn.root.querySelectorAll('.state-cell.differs')];
    expect(texts(marked)).toEqual(['missing–']);
  });

  test('markup in keys and values is text', async () => {
    const drawn = await withKey(<StatePanel />);
    const write = drawn.control.set('<b>k</b>', '<img src=x onerror=alert(1)>');
    await drawn.playTo(3_000);
    await write;
    await drawn.frame();
    expect(drawn.root.querySelector('.state-grid img, .state-grid b')).toBeNull();
    expect(texts(drawn.root.querySelectorAll('.state-key'))).toContain('<b>k</b>');
  });
});

describe('the client', () => {
  const field = ({ root }: TestScreen): HTMLInputElement | null => root.querySelector('.command-line input');

  test('a line is run with Enter, and its request is listed with its fate', async () => {
    screen = await drawScreen(<ClientPanel />);
    await screen.playTo(1_000);
    await screen.type(field(screen), 'x=5');
    await screen.press(field(screen), 'Enter');
    expect(field(screen)?.value).toBe('');
    expect(screen.text('.request.pending .request-name')).toBe('set x 5');
    await screen.playTo(2_000);
    expect(screen.text('.request.committed .request-fate')).toMatch(/^committed at 2 by n\d/);
    expect(screen.text('.said')).toBe('x is 5.');
  });

  test('what is not understood is one sentence, and the line stays to be mended', async () => {
    screen = await drawScreen(<ClientPanel />);
    await screen.type(field(screen), 'kil 3');
    await screen.press(field(screen), 'Enter');
    expect(screen.text('.said.problem')).toBe('Unknown command “kil”. Did you mean kill?');
    expect(field(screen)?.value).toBe('kil 3');
  });

  test('what cannot be done is said in the cluster’s own sentence', async () => {
    screen = await drawScreen(<ClientPanel />);
    await screen.playTo(1_000);
    for (const line of ['kill 3', 'kill 3']) {
      await screen.type(field(screen), line);
      await screen.press(field(screen), 'Enter');
    }
    expect(screen.text('.said.problem')).toBe('n3 is down already.');
  });

  test('Tab completes, arrow keys go through what was typed before', async () => {
    screen = await drawScreen(<ClientPanel />);
    await screen.playTo(1_000);
    await screen.type(field(screen), 'rev');
    expect(texts(screen.root.querySelectorAll('.offer-label'))).toEqual(['revive NODE']);
    await screen.press(field(screen), 'Tab');
    expect(field(screen)?.value).toBe('revive ');
    await screen.press(field(screen), 'Tab');
    expect(field(screen)?.value).toBe('revive 1');
    for (const line of ['get a', 'get b']) {
      await screen.type(field(screen), line);
      await screen.press(field(screen), 'Enter');
    }
    await screen.press(field(screen), 'ArrowUp');
    await screen.press(field(screen), 'ArrowUp');
    expect(field(screen)?.value).toBe('get a');
    await screen.press(field(screen), 'ArrowDown');
    expect(field(screen)?.value).toBe('get b');
  });

  test('a compare-and-set that finds another value says what it found', async () => {
    const drawn = await withKey(<ClientPanel />);
    await drawn.type(field(drawn), 'cas x 6 7');
    await drawn.press(field(drawn), 'Enter');
    await drawn.playTo(3_000);
    expect(drawn.text('.said')).toBe('Nothing was written: x is 5.');
    expect(drawn.text('.request-result')).toBe('not written, is 5');
  });

  test('a request without a majority ends as unknown, and says so with a word', async () => {
    const drawn = await withKey(<ClientPanel />);
    const leader = leaderIn(drawn);
    for (const id of ['n1', 'n2', 'n3', 'n4', 'n5']) if (id !== leader) await drawn.control.kill(id);
    await drawn.type(field(drawn), 'x=8');
    await drawn.press(field(drawn), 'Enter');
    await drawn.playTo(8_000);
    expect(drawn.text('.request.unknown .request-fate')).toMatch(/^unknown: /);
  });

  test('help lists every command, and closes', async () => {
    screen = await drawScreen(<ClientPanel />);
    await screen.type(field(screen), 'help');
    await screen.press(field(screen), 'Enter');
    expect(screen.root.querySelectorAll('.command-help li').length).toBeGreaterThan(20);
    await screen.click(screen.root.querySelector('.command-help-head button'));
    expect(screen.root.querySelector('.requests')).not.toBeNull();
  });
});

describe('the timeline', () => {
  test('events are told in words with the section of their rule, heartbeats folded and counted', async () => {
    const { root } = await withKey(<TimelinePanel />);
    const shown = texts(root.querySelectorAll('.event-text'));
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.some((text) => text?.includes('sets its timer') === true)).toBe(false);
    expect(texts(root.querySelectorAll('.event-section')).some((text) => text?.startsWith('§') === true)).toBe(true);
    expect(root.textContent).toMatch(/Heartbeats \([1-9][\d,]* folded\)/);
  });

  test('a click on an event shows the cluster just after it, Back to live returns', async () => {
    const drawn = await withKey(<TimelinePanel />);
    const row = drawn.root.querySelector('.event');
    await drawn.click(row);
    const { cursor, view } = drawn.playground.store.getState();
    expect(cursor).toBe(Number(row?.getAttribute('data-position')));
    expect(view.eventCount).toBe((cursor ?? 0) + 1);
    await drawn.click(drawn.root.querySelector('.live'));
    expect(drawn.playground.store.getState().cursor).toBeUndefined();
  });

  test('arrow keys move from shown event to shown event, and off the end back to live', async () => {
    const drawn = await withKey(<TimelinePanel />);
    const list = drawn.root.querySelector('.events');
    const cursor = () => drawn.playground.store.getState().cursor;
    await drawn.press(list, 'ArrowUp');
    const last = cursor();
    await drawn.press(list, 'ArrowUp');
    expect(cursor()).toBeLessThan(last ?? 0);
    await drawn.press(list, 'ArrowDown');
    expect(cursor()).toBe(last);
    await drawn.press(list, 'ArrowDown');
    expect(cursor()).toBeUndefined();
  });

  test('arrow keys on the slider move by single events, and the slider stands still while live', async () => {
    const drawn = await withKey(<TimelinePanel />);
    const { root, playground } = drawn;
    const slider = root.querySelector('input[type="range"]');
    expect(slider?.getAttribute('aria-valuetext')).toBe('live');
    await drawn.press(slider, 'ArrowRight');
    expect(playground.store.getState().cursor).toBeUndefined();
    const { length } = playground.store.getState().timeline;
    await drawn.press(slider, 'ArrowLeft');
    await drawn.press(slider, 'ArrowLeft');
    expect(playground.store.getState().cursor).toBe(length - 3);
    await drawn.press(slider, 'ArrowRight');
    expect(playground.store.getState().cursor).toBe(length - 2);
    await act(async () => playground.hand.rewind(undefined));
    await drawn.playTo(2_100);
    expect(slider).toHaveProperty('value', '10000');
  });

  test('kinds and nodes narrow the list, and together', async () => {
    const drawn = await withKey(<TimelinePanel />);
    const button = (name: string): Element | null =>
      [...drawn.root.querySelectorAll('button')].find(({ textContent }) => textContent === name) ?? null;
    await drawn.click(button('Filter'));
    await drawn.click(button('Elections'));
    await drawn.click(button('n2'));
    await drawn.frame();
    const actors = new Set(texts(drawn.root.querySelectorAll('.event-actor')));
    expect([...actors]).toEqual(['n2']);
    expect(drawn.text('.event-text')).toMatch(/vote|term|election|leads|follow/);
  });

  test('when nothing matches it says so', async () => {
    const drawn = await withKey(<TimelinePanel />);
    await drawn.type(drawn.root.querySelector('input[type="search"]'), 'no such words');
    for (let frames = 0; frames < 20 && drawn.text('.empty') !== undefined; frames++) {
      if (drawn.text('.empty')?.startsWith('No event') === true) break;
      await drawn.frame();
    }
    expect(drawn.text('.empty')).toBe('No event matches. Take a filter off, or let time pass.');
  });
});

describe('the clock bar', () => {
  test('the space bar plays and pauses outside of fields, and types a space in them', async () => {
    screen = await drawScreen(
      <>
        <ClockBar />
        <ClientPanel />
      </>,
    );
    const playing = () => screen?.playground.store.getState().clock.playing;
    expect(playing()).toBe(false);
    await screen.press(document.body, ' ');
    expect(playing()).toBe(true);
    await screen.press(screen.root.querySelector('.command-line input'), ' ');
    expect(playing()).toBe(true);
    await screen.press(document.body, ' ');
    expect(playing()).toBe(false);
  });

  test('stepping shows one event more; back and on go by the same steps, and on at the end to live', async () => {
    screen = await drawScreen(<ClockBar />);
    await screen.playTo(186);
    const { store } = screen.playground;
    const lengths = [store.getState().timeline.length];
    for (let steps = 0; steps < 3; steps += 1) {
      await screen.click(screen.root.querySelector('[aria-label="Step to the next event"]'));
      lengths.push(store.getState().timeline.length);
    }
    const [, one = 0, two = 0, three = 0] = lengths;
    expect(new Set(lengths).size).toBe(4);
    const back = screen.root.querySelector('[aria-label="Step back one event"]');
    await screen.click(back);
    expect(store.getState().cursor).toBe(two - 1);
    await screen.click(back);
    expect(store.getState().cursor).toBe(one - 1);
    expect(screen.text('.clock-state')).toContain('shown as it was');
    const on = screen.root.querySelector('[aria-label="Step on one event"]');
    await screen.click(on);
    expect(store.getState().cursor).toBe(two - 1);
    await screen.click(on);
    await screen.click(on);
    expect(store.getState().cursor).toBeUndefined();
    expect(store.getState().timeline.length).toBe(three);
  });

  test('arrow keys on the speed slider leave a round speed', async () => {
    screen = await drawScreen(<ClockBar />);
    await screen.frame();
    expect(screen.text('output')).toBe('1/8 of real time');
    await screen.press(screen.root.querySelector('[aria-label="Speed"]'), 'ArrowRight');
    expect(screen.text('output')).toBe('1/5 of real time');
  });
});

describe('the command palette', () => {
  const input = (): Element | null => document.querySelector('.palette-input');
  const lines = () => [...document.querySelectorAll('.palette-list button')];

  // First of its file to load the palette: it comes some turns after it was asked for.
  test('what is typed before it is there is kept for it, and does nothing to the page', async () => {
    const drawn = await drawScreen(
      <>
        <ClockBar />
        <PaletteDoor />
      </>,
    );
    screen = drawn;
    const { playing } = (await drawn.control.status()).clock;
    act(() => {
      document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true, cancelable: true }),
      );
    });
    expect(input()).toBeNull();
    act(() => {
      for (const key of [' ', 'h', 'e', 'x', 'Backspace', 'a']) {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      }
    });
    await act(() => vi.dynamicImportSettled());
    await drawn.frame();
    expect(input()).toHaveProperty('value', ' hea');
    expect((await drawn.control.status()).clock.playing).toBe(playing);
    await drawn.press(input(), 'Escape');
  });

  test('it opens with Ctrl-K, finds by name, and does what is chosen', async () => {
    screen = await drawScreen(<PaletteDoor />);
    await screen.playTo(1_000);
    await screen.press(document.body, 'k', { ctrlKey: true });
    await screen.type(input(), 'kill n3');
    expect(texts(lines())[0]).toContain('kill n3');
    await screen.press(input(), 'Enter');
    await screen.frame();
    expect(screen.playground.store.getState().view.world.machines['n3']?.status).toBe('down');
    expect(input()).toBeNull();
  });

  test(`no more than ${MAX_LISTED} lines are listed`, async () => {
    screen = await drawScreen(<PaletteDoor />);
    await screen.playTo(1_000);
    await screen.press(document.body, 'k', { ctrlKey: true });
    expect(lines()).toHaveLength(MAX_LISTED);
  });

  test('what would change nothing is greyed with its reason, and choosing it does nothing', async () => {
    screen = await drawScreen(<PaletteDoor />);
    await screen.playTo(1_000);
    await screen.press(document.body, 'k', { ctrlKey: true });
    await screen.type(input(), 'heal all');
    const [line] = lines();
    expect(line?.getAttribute('aria-disabled')).toBe('true');
    expect(line?.querySelector('.palette-note')?.textContent).toMatch(/\.$/);
    await screen.press(input(), 'Enter');
    expect(input()).not.toBeNull();
  });
});
