import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import { openPlayground, playUntil, presentEvents, presentRun, status, stopClock } from './playground.ts';

/** Writes so many keys; the clock has to be stopped. */
async function writeKeys(page: Page, from: number, count: number): Promise<void> {
  const fates = page.evaluate(
    ([first, last]) =>
      Promise.all(
        Array.from({ length: last - first + 1 }, (_, place) =>
          whitewater.set(`k${first + place}`, 'a value of some length'),
        ),
      ),
    [from, from + count - 1] as const,
  );
  await playUntil(
    page,
    (now) => now.nodes.some(({ store }) => store[`k${from + count - 1}`] !== undefined),
    'all is written',
  );
  await page.evaluate(async () => whitewater.advanceTo((await whitewater.status()).clock.nowUs / 1_000 + 300));
  expect((await fates).every(({ type }) => type === 'committed')).toBe(true);
}

/** A cluster of three with short logs: one follower was down for long, and has just come back. */
async function behind(page: Page): Promise<string> {
  await stopClock(page);
  await page.evaluate(() =>
    whitewater.reset({
      nodes: 3,
      seed: 77,
      config: { snapshot: { everyEntries: 10, keepEntries: 2, chunkBytes: 100 } },
    }),
  );
  await stopClock(page);
  const { leader } = await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
  const node = ['n1', 'n2', 'n3'].find((id) => id !== leader) ?? 'n1';
  await page.evaluate((id) => whitewater.kill(id), node);
  await writeKeys(page, 1, 25);
  await page.evaluate((id) => whitewater.revive(id), node);
  return node;
}

describe('Snapshots in web workers, on IndexedDB', () => {
  it('bring a follower up to date that needs what the leader has forgotten, and the screen shows how far', async () => {
    const { page, pageErrors } = await openPlayground({ viewport: { width: 1440, height: 900 } });
    const node = await behind(page);
    const row = page.locator(`.log-row[data-node="${node}"]`);
    const receiving = row.locator('.log-receiving');
    for (let tries = 0; tries < 200 && (await receiving.count()) === 0; tries++) {
      await page.evaluate(async () => whitewater.advanceTo((await whitewater.status()).clock.nowUs / 1_000 + 5));
    }
    await expect.poll(() => receiving.textContent()).toMatch(/^snapshot up to 2\d: \d+ %$/);
    const { leader = '' } = await status(page);
    await expect
      .poll(() => page.locator(`.log-row[data-node="${leader}"] .log-snapshot`).textContent())
      .toMatch(new RegExp(`^snapshot up to 2\\d → ${node} \\d+ %$`));
    await playUntil(page, (now) => now.nodes.every(({ store }) => store['k25'] !== undefined), 'all hold all');
    await expect.poll(() => row.locator('.log-snapshot').textContent()).toMatch(/^snapshot up to 2\d$/);
    const run = await presentRun(page);
    expect(JSON.parse(JSON.stringify(await presentEvents(page)))).toEqual(JSON.parse(JSON.stringify(playRun(run))));
    expect(pageErrors).toEqual([]);
  });

  it('outlive the page: every node comes back from its snapshot and its log, as the run says', async () => {
    const first = await openPlayground();
    await behind(first.page);
    await playUntil(first.page, (now) => now.nodes.every(({ store }) => store['k25'] !== undefined), 'all hold all');
    const before = await status(first.page);
    expect(before.nodes.every(({ logBaseIndex }) => logBaseIndex > 10)).toBe(true);
    await first.page.close();
    const { page } = await openPlayground({ context: first.context });
    await stopClock(page);
    await playUntil(page, (now) => now.nodes.every(({ store }) => store['k25'] !== undefined), 'all hold all again');
    expect(await page.getByText('does not hold what the run says').count()).toBe(0);
    const events = await presentEvents(page);
    const run = await presentRun(page);
    expect(JSON.parse(JSON.stringify(events))).toEqual(JSON.parse(JSON.stringify(playRun(run))));
    expect(events.filter(({ event }) => event.type === 'store-restored').length).toBeGreaterThanOrEqual(3);
  });

  it('are taken from a node’s menu, which says why not a second time', async () => {
    const { page } = await openPlayground();
    await stopClock(page);
    await playUntil(page, (now) => now.nodes.every(({ lastApplied }) => lastApplied > 0), 'all have applied something');
    const node = page.locator('.stage [data-node=n3]');
    const openMenu = async (): Promise<void> => {
      await node.focus();
      await page.keyboard.press('Enter');
    };
    await openMenu();
    await page.getByRole('menuitem', { name: 'Take a snapshot now' }).click();
    await expect.poll(async () => (await status(page)).nodes[2]?.snapshotIndex).toBeGreaterThan(0);
    await openMenu();
    await expect
      .poll(() => page.getByRole('menuitem', { name: /Take a snapshot now/ }).getAttribute('aria-disabled'))
      .toBe('true');
  });
});
