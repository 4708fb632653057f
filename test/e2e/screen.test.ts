import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Download, Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import { parseNdjson } from '../../src/timeline/export-ndjson.ts';
import { formatRun, parseRun } from '../../src/timeline/run-file.ts';
import type { OpenedPage } from './browser.ts';
import { openPlayground, playUntil, presentEvents, presentRun, status, stopClock } from './playground.ts';

const wide = { width: 1440, height: 900 };

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function commandLine(page: Page): Locator {
  return page.getByRole('combobox', { name: /^Command line/ });
}

async function type(page: Page, command: string): Promise<void> {
  await commandLine(page).fill(command);
  // The list of completions is closed first, so that Enter runs what was typed.
  await commandLine(page).press('Escape');
  await commandLine(page).press('Enter');
}

/** The middle of a node on the ring, in pixels of the page. */
async function middleOf(page: Page, node: string): Promise<{ x: number; y: number }> {
  const box = await page.locator(`.stage [data-node=${node}] circle`).first().boundingBox();
  if (box === null) throw new Error(`${node} is not on the ring.`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function textOf(download: Promise<Download>): Promise<string> {
  return readFile(await (await download).path(), 'utf8');
}

describe('The screen', () => {
  let opened: OpenedPage;
  let page: Page;
  beforeEach(async () => {
    opened = await openPlayground({ viewport: wide });
    ({ page } = opened);
    await stopClock(page);
    await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
  });
  afterEach(() => {
    expect(opened.consoleErrors).toEqual([]);
    expect(opened.pageErrors).toEqual([]);
  });

  it('takes a new node into the cluster while it runs: a worker of its own, which catches up', async () => {
    await type(page, 'x=5');
    await playUntil(page, ({ nodes }) => nodes.every((node) => node.store['x'] === '5'), 'all hold x');
    await page.getByRole('button', { name: 'Add a node' }).click();
    await playUntil(
      page,
      ({ nodes }) =>
        nodes.length === 6 && nodes.every((node) => node.store['x'] === '5' && node.membership === 'voter'),
      'the new node holds x, and votes',
    );
    await expect.poll(() => page.locator('.stage [data-node=n6][data-membership=voter]').count()).toBe(1);
    // The undoing of it is what undo offers.
    await type(page, 'undo');
    await playUntil(page, ({ configuration }) => configuration.voters.length === 5, 'the node is out again');
    await expect.poll(() => page.locator('.stage [data-node=n6][data-membership=outsider]').count()).toBe(1);
  });

  it('says who leads, what is agreed, what is stored, what was asked and what happened, and why', async () => {
    const { leader } = await status(page);
    await expect
      .poll(() => page.getByRole('button', { name: new RegExp(`^${leader}, leader of term 1`) }).count())
      .toBe(1);
    await type(page, 'x=5');
    await playUntil(page, ({ nodes }) => nodes.every((node) => node.store['x'] === '5'), 'all hold x');
    await expect
      .poll(() => page.getByRole('region', { name: /^Requests/ }).textContent())
      .toMatch(/set x 5.*committed at 2/s);
    await expect.poll(() => page.getByRole('row', { name: 'x 5 5 5 5 5' }).count()).toBe(1);
    await expect.poll(() => page.getByRole('row', { name: /2 entries, 2 committed/ }).count()).toBe(5);
    const events = page.getByRole('listbox', { name: /^Events/ });
    await expect.poll(() => events.textContent()).toMatch(/counts entry 2 as committed.*§5\.3/s);
  });

  it('takes the commands of the command line, and answers what it does not know with one sentence', async () => {
    await type(page, 'kill 3');
    await expect.poll(async () => (await status(page)).nodes[2]?.status).toBe('down');
    await type(page, 'kill 3');
    await expect
      .poll(() => page.getByRole('status').allTextContents())
      .toContainEqual(expect.stringMatching(/n3 is down/));
    await type(page, 'revive 3');
    await expect.poll(async () => (await status(page)).nodes[2]?.status).toBe('up');
    await type(page, 'split 1 2 | 3 4 5');
    await expect.poll(async () => (await status(page)).cuts.length).toBe(12);
    await type(page, 'heal');
    await expect.poll(async () => (await status(page)).cuts.length).toBe(0);
    await type(page, 'kil 3');
    await expect
      .poll(() => page.getByRole('status').allTextContents())
      .toContainEqual(expect.stringMatching(/kil.*kill/));
    await type(page, `${'k'.repeat(300)}=1`);
    await expect
      .poll(() => page.getByRole('status').allTextContents())
      .toContainEqual(expect.stringMatching(/256 bytes/));
  });

  it('shows keys and values as text, never as markup', async () => {
    const hostile = '<img src=x onerror=document.title=1><script>document.title=1</script>';
    const written = page.evaluate((value) => whitewater.set(value, value), hostile);
    await playUntil(page, ({ nodes }) => nodes.every((node) => node.store[hostile] === hostile), 'all hold it');
    await written;
    await expect.poll(() => page.getByRole('rowheader', { name: hostile }).count()).toBeGreaterThan(0);
    expect(await page.locator('img, #root script').count()).toBe(0);
    expect(await page.title()).toBe('Whitewater');
  });

  it('kills by the context menu, revives by the keyboard, and undoes with Ctrl-Z', async () => {
    const at = await middleOf(page, 'n3');
    await page.mouse.click(at.x, at.y, { button: 'right' });
    await page.getByRole('menuitem', { name: 'Kill' }).click();
    await expect.poll(async () => (await status(page)).nodes[2]?.status).toBe('down');
    await page.locator('.stage [data-node=n3]').focus();
    await page.keyboard.press('k');
    await expect.poll(async () => (await status(page)).nodes[2]?.status).toBe('up');
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await status(page)).nodes[2]?.status).toBe('down');
  });

  it('lets a clock run slow by the context menu, and marks the node; asks for a read of a kind by the form', async () => {
    const at = await middleOf(page, 'n3');
    await page.mouse.click(at.x, at.y, { button: 'right' });
    await page.getByRole('menuitem', { name: 'Clock' }).click();
    await page.getByRole('menuitem', { name: 'Runs 10 % slow' }).click();
    await expect.poll(() => page.locator('.stage [data-node=n3] .clock-mark[data-clock=slow]').count()).toBe(1);
    expect(await page.locator('.stage [data-node=n3]').getAttribute('aria-label')).toContain('its clock 10 % slow');
    await page.getByLabel('Operation').selectOption('get');
    await page.getByLabel('Key', { exact: true }).fill('x');
    await page.getByLabel('Answered via').selectOption('stale');
    await page.getByLabel(/^Not before this index/).fill('1');
    await page.getByRole('button', { name: 'Ask' }).click();
    await expect.poll(() => page.locator('.request-name').first().textContent()).toBe('get x via stale not-before 1');
  });

  it('sets by one form how long the disk of a node takes, and how long the node takes over messages', async () => {
    await page.getByRole('button', { name: 'Disks…' }).click();
    await page.getByLabel('On', { exact: true }).selectOption('n2');
    await page.getByLabel('A message (ms)').fill('40');
    await page.getByRole('button', { name: 'Set', exact: true }).click();
    const done = async (): Promise<unknown> => (await presentRun(page)).actions.map(({ action }) => action);
    const slow = { type: 'set-handling', nodes: ['n2'], delay: { meanMs: 40, spreadMs: 20 } };
    await expect.poll(done).toEqual([slow]);
    await page.getByRole('button', { name: 'Disks…' }).click();
    await page.getByLabel('On', { exact: true }).selectOption('n2');
    expect(await page.getByLabel('A message (ms)').inputValue()).toBe('40');
    await page.getByRole('button', { name: 'Back to normal' }).click();
    await expect.poll(done).toEqual([slow, { ...slow, delay: { meanMs: 0, spreadMs: 0 } }]);
  });

  it('splits the ring along a line that is dragged across it', async () => {
    const stage = await page.locator('.stage').boundingBox();
    const [n1, n2, n5] = [await middleOf(page, 'n1'), await middleOf(page, 'n2'), await middleOf(page, 'n5')];
    if (stage === null) throw new Error('There is no stage.');
    // Between n1 and all others, from side to side.
    const y = (n1.y + n2.y) / 2;
    await page.mouse.move(n5.x - 60, y);
    await page.mouse.down();
    await page.mouse.move(n1.x, y, { steps: 5 });
    await page.mouse.move(n2.x + 60, y, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => (await status(page)).cuts.length).toBe(8);
    const done = (await presentRun(page)).actions.map(({ action }) => action);
    expect(done).toHaveLength(1);
    expect(done[0]).toMatchObject({ type: 'split' });
    expect(done[0]?.type === 'split' && done[0].groups).toContainEqual(['n1']);
  });

  it('pauses and plays with the space bar, steps, rewinds to an event that is clicked and comes back to live', async () => {
    await page.evaluate(() => whitewater.play());
    await page.locator('body').press('Space');
    await expect.poll(async () => (await status(page)).clock.playing).toBe(false);
    const before = (await status(page)).clock.nowUs;
    await page.getByRole('button', { name: 'Step to the next event' }).click();
    await expect.poll(async () => (await status(page)).clock.nowUs).toBeGreaterThan(before);
    const events = page.getByRole('listbox', { name: /^Events/ });
    await events.getByRole('option').first().click();
    const back = page.getByRole('button', { name: 'Back to live' }).first();
    await back.click();
    await expect
      .poll(() => page.getByRole('slider', { name: 'Moment shown' }).getAttribute('aria-valuetext'))
      .toBe('live');
  });

  it('saves the run and the timeline in files that others can read, and plays a saved run again, exactly', async () => {
    const written = page.evaluate(() => whitewater.set('x', '<b>5</b>'));
    await playUntil(page, ({ nodes }) => nodes.every((node) => node.store['x'] !== undefined), 'all hold x');
    await written;
    await page.evaluate(() =>
      whitewater.split([
        ['n1', 'n2'],
        ['n3', 'n4', 'n5'],
      ]),
    );
    await playUntil(page, ({ clock }) => clock.nowUs > 1_500_000, 'some time passes');
    const save = async (name: RegExp): Promise<string> => {
      await page.getByRole('button', { name: 'Save and open' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('menuitem', { name }).click();
      return textOf(download);
    };
    const run = await presentRun(page);
    const events = await presentEvents(page);

    const parsed = parseRun(await save(/^Save the run/));
    expect(parsed).toEqual({ run });

    const ndjson = await save(/NDJSON/);
    expect(ndjson.trimEnd().split('\n')).toHaveLength(events.length + 1);
    const timeline = parseNdjson(ndjson);
    expect(plain(timeline)).toMatchObject({ events: plain(events) });

    const html = await save(/as a page/);
    const beside = await opened.context.newPage();
    await beside.setContent(html);
    expect(await beside.locator('tbody tr').count()).toBe(events.length);
    expect(await beside.locator('b').count()).toBe(0);
    expect(await beside.locator('script').count()).toBe(0);
    await beside.close();

    await page.evaluate(() => whitewater.reset({ nodes: 3, seed: 1 }));
    await page.getByLabel('Open a run file').setInputFiles({
      name: 'saved.json',
      mimeType: 'application/json',
      buffer: Buffer.from(formatRun(run)),
    });
    await expect.poll(async () => (await status(page)).nodes.length).toBe(5);
    await page.evaluate((untilMs) => whitewater.advanceTo(untilMs), run.untilUs / 1_000);
    await stopClock(page);
    const again = (await presentEvents(page)).slice(0, events.length);
    expect(plain(again)).toEqual(plain(events));
    expect(plain(playRun(run))).toEqual(plain(events));
  });

  it('answers a file that is no run with one sentence, and goes on', async () => {
    const before = await presentRun(page);
    const open = page.getByLabel('Open a run file');
    const notices = page.locator('.notices, [role=alert], [role=status]');
    const refused = async (text: string, sentence: RegExp): Promise<void> => {
      await open.setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from(text) });
      await expect.poll(() => notices.allTextContents()).toContainEqual(expect.stringMatching(sentence));
    };
    await refused('{"format": "whitewater-run", "version": 1, "seed": ', /line 1/);
    await refused('{"format": "somebody-elses"}', /format/);
    await refused(formatRun(before).replace(/"version": ?1/, '"version": 7'), /version/);
    expect((await presentRun(page)).actions).toEqual(before.actions);
    expect((await status(page)).leader).toBeDefined();
  });

  it('shows what was overwritten as gone', async () => {
    const { leader = 'n1' } = await status(page);
    const others = ['n1', 'n2', 'n3', 'n4', 'n5'].filter((node) => node !== leader);
    // Whom the client asks first depends on the moment, until it has met the leader.
    const met = page.evaluate(() => whitewater.set('met', '1'));
    await playUntil(page, ({ nodes }) => nodes.every((node) => node.store['met'] !== undefined), 'all hold met');
    await met;
    const held = (await status(page)).nodes.find(({ id }) => id === leader)?.lastLogIndex ?? 0;
    await page.evaluate((groups) => whitewater.split(groups), [[leader], others]);
    await page.evaluate(() => {
      whitewater.set('minority', '1').catch(() => undefined);
    });
    const taken = await playUntil(
      page,
      (now) => now.leader !== undefined && now.leader !== leader,
      'the majority elects',
    );
    expect(taken.nodes.find(({ id }) => id === leader)?.lastLogIndex).toBe(held + 1);
    await page.evaluate(() => whitewater.heal());
    const truncated = async (): Promise<boolean> =>
      (await presentEvents(page)).some(({ actor, event }) => actor === leader && event.type === 'entries-truncated');
    for (let turn = 0; turn < 60 && !(await truncated()); turn += 1) {
      const { clock } = await status(page);
      await page.evaluate((untilMs) => whitewater.advanceTo(untilMs), clock.nowUs / 1_000 + 20);
    }
    expect(await truncated()).toBe(true);
    const row = page.getByRole('grid', { name: /^Logs/ }).getByRole('row', { name: new RegExp(`^${leader} `) });
    await expect.poll(() => row.locator('.log-cell.gone').count()).toBe(1);
    expect(await row.locator('.log-cell.gone').getAttribute('aria-label')).toContain('minority');
  });
});

describe('The built page', () => {
  it.each([
    [1440, 900],
    [1024, 768],
    [390, 844],
  ])('fits %i by %i in light and dark, without scrolling sideways and without complaints', async (width, height) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, context, consoleErrors, pageErrors } = await openPlayground({
        viewport: { width, height },
        colorScheme,
      });
      await stopClock(page);
      await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
      await page.evaluate(() =>
        whitewater.split([
          ['n1', 'n2'],
          ['n3', 'n4', 'n5'],
        ]),
      );
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight)).toBe(true);
      expect([...consoleErrors, ...pageErrors]).toEqual([]);
      await context.close();
    }
  });

  it('works from any sub-path of any server', async () => {
    const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
    const prefix = '/some/deep/path/';
    const types: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '', 'http://localhost').pathname;
      const file = path === prefix ? 'index.html' : path.slice(prefix.length);
      readFile(path.startsWith(prefix) ? `${dist}${file}` : '').then(
        (content) => {
          response
            .writeHead(200, { 'content-type': types[file.split('.').at(-1) ?? ''] ?? 'image/svg+xml' })
            .end(content);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The site is served on no port.');
    const { page, consoleErrors, pageErrors } = await openPlayground({
      path: `http://127.0.0.1:${address.port}${prefix}`,
    });
    await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
    expect([...consoleErrors, ...pageErrors]).toEqual([]);
    await page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('sets a Content-Security-Policy for itself that allows no inline script and no eval', async () => {
    const { page } = await openPlayground();
    const policy = await page.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
    const scripts = (policy ?? '').split(';').find((directive) => directive.trim().startsWith('script-src'));
    expect(scripts).toBeDefined();
    expect(scripts).not.toMatch(/unsafe-inline|unsafe-eval/);
    const evaluated = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.broughtIn = true';
      document.head.append(script);
      return 'broughtIn' in globalThis;
    });
    expect(evaluated).toBe(false);
  });
});
