import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { invariantNames } from '../../src/check/invariants/invariant-book.ts';
import type { OpenedPage } from './browser.ts';
import { linkOf } from '../../src/cluster/run-link.ts';
import { openPage } from './browser.ts';
import { openPlayground, playUntil, presentRun, status, stopClock } from './playground.ts';

const wide = { width: 1440, height: 900 };

async function brokenCluster(page: Page): Promise<void> {
  await page.evaluate(() => whitewater.reset({ nodes: 3, seed: 5, config: { sabotages: ['vote-before-disk'] } }));
  await page.evaluate(() => whitewater.play());
}

async function breachTold(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'On disk first is broken' }).waitFor();
}

describe('The checks of the run', () => {
  let opened: OpenedPage;
  let page: Page;
  beforeEach(async () => {
    opened = await openPlayground({ viewport: wide });
    ({ page } = opened);
  });
  afterEach(() => {
    expect(opened.consoleErrors).toEqual([]);
    expect(opened.pageErrors).toEqual([]);
  });

  it('all hold in a cluster by the rules, each with its section and what put it to the test', async () => {
    await stopClock(page);
    await page.getByRole('tab', { name: 'Checks' }).click();
    await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
    const rows = page.getByRole('list', { name: 'Invariants' }).getByRole('listitem');
    await expect.poll(() => rows.count()).toBe(invariantNames.length + 1);
    await expect
      .poll(() => rows.filter({ hasText: 'Election Safety' }).textContent())
      .toMatch(/§5\.2.*[1-9] elections?.*holds/);
    expect(await page.locator('.check[data-standing=broken], .breach').count()).toBe(0);
  });

  it('that breaks first stops the clock, says so, and leads to the events that show it', async () => {
    await brokenCluster(page);
    await breachTold(page);
    await expect.poll(async () => (await status(page)).clock.playing).toBe(false);
    expect(await page.getByRole('tab', { name: 'Checks' }).getAttribute('aria-selected')).toBe('true');
    const evidence = page.getByRole('region', { name: 'On disk first is broken' });
    expect(await evidence.getByRole('heading').textContent()).toBe('On disk first is broken §5.1, Figure 2');
    expect(await page.getByRole('alert').textContent()).toMatch(/^On disk first is broken: /);
    expect(await page.locator('.notice').count()).toBe(0);
    expect(await evidence.textContent()).toContain('broken on purpose: vote-before-disk');
    await evidence.getByRole('list', { name: 'What shows it' }).getByRole('button').last().press('Enter');
    await expect
      .poll(() => page.locator('.checks .panel-foot').textContent())
      .toContain('the screen shows an earlier moment');
    expect(await evidence.getByRole('button').last().getAttribute('aria-current')).toBe('step');
  });

  it('mark their tab where another one is open, and say what broke once', async () => {
    await brokenCluster(page);
    await breachTold(page);
    const alert = await page.getByRole('alert').elementHandle();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    const tab = page.getByRole('tab', { name: 'Checks (something is broken)' });
    expect(await tab.locator('.tab-mark').isVisible()).toBe(true);
    await tab.click();
    await breachTold(page);
    // Nothing that is announced was drawn anew.
    expect(await page.getByRole('alert').count()).toBe(1);
    expect(await alert.evaluate((element) => element.isConnected)).toBe(true);
    await page.evaluate(() => whitewater.reset({ nodes: 3, seed: 5 }));
    await expect.poll(() => page.locator('.tab-mark').count()).toBe(0);
    expect(await page.getByRole('alert').textContent()).toBe('');
  });

  it('find the same in the run after a reload, and in the run when it is opened again', async () => {
    await brokenCluster(page);
    await breachTold(page);
    const run = await presentRun(page);
    await page.reload();
    await breachTold(page);
    await page.evaluate(() => whitewater.reset({ nodes: 3, seed: 5 }));
    await expect.poll(() => page.locator('.breach').count()).toBe(0);
    await page.evaluate((loaded) => whitewater.load(loaded), run);
    await page.evaluate(() => whitewater.advanceTo(1_000));
    await breachTold(page);
  });

  it('stop a run from a link at its first breach, whichever panel is open and however late they come', async () => {
    await brokenCluster(page);
    await breachTold(page);
    const [{ clock }, run] = [await status(page), await presentRun(page)];
    const { page: late } = await openPage({ context: opened.context, path: 'about:blank' });
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await late.route(/\/use-checks-/, async (route) => {
      await released;
      await route.continue();
    });
    await late.setViewportSize({ width: 390, height: 844 });
    await late.goto(`${page.url()}#${await linkOf({ ...run, untilUs: 3_000_000 })}`);
    await late.waitForFunction(() => 'whitewater' in globalThis);
    // As long as they are not there, the page has time enough to play past the breach, and must not.
    await late.evaluate(() => whitewater.advanceTo(600));
    release();
    await breachTold(late);
    await expect.poll(async () => (await status(late)).clock.playing).toBe(false);
    const stopped = await status(late);
    expect(stopped.seed).toBe(5);
    expect(stopped.clock.nowUs).toBeLessThan(clock.nowUs + 50_000);
  });
});
