import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import { openPlayground, playUntil, presentEvents, presentRun, status, stopClock } from './playground.ts';

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

async function written(page: Page, key: string, value: string): Promise<void> {
  const fate = page.evaluate(([asked, wanted]) => whitewater.set(asked, wanted), [key, value] as const);
  await playUntil(
    page,
    ({ nodes }) => nodes.filter((node) => node.store[key] === value).length >= 3,
    `${key} is stored`,
  );
  expect(await fate).toMatchObject({ type: 'committed' });
}

/** Reloads, and waits until the cluster is back. */
async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.waitForFunction(() => 'whitewater' in globalThis);
  await page.evaluate(() => whitewater.pause());
}

describe('Reloading the page is a power failure of the whole cluster', () => {
  it('from which it comes back with its keys, its term and its timeline, and which can be played again exactly', async () => {
    const { page } = await openPlayground();
    await stopClock(page);
    await page.evaluate(() => whitewater.reset({ nodes: 5, seed: 77 }));
    await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
    await written(page, 'x', '5');
    await page.evaluate(() => whitewater.kill('n4'));
    const before = await status(page);
    const eventsBefore = plain(await presentEvents(page)) as unknown[];

    await reload(page);
    const after = await status(page);
    expect(after.clock.nowUs).toBeGreaterThanOrEqual(before.clock.nowUs);
    expect(after.nodes.map(({ id, status: running }) => [id, running])).toEqual([
      ['n1', 'up'],
      ['n2', 'up'],
      ['n3', 'up'],
      ['n4', 'down'],
      ['n5', 'up'],
    ]);
    expect(after.nodes.filter(({ id }) => id !== 'n4').map(({ role }) => role)).toEqual(Array(4).fill('follower'));
    const eventsAfter = plain(await presentEvents(page)) as unknown[];
    expect(eventsAfter.slice(0, eventsBefore.length)).toEqual(eventsBefore);

    await playUntil(page, (now) => now.leader !== undefined, 'a leader stands again');
    await playUntil(page, ({ nodes }) => nodes.filter((node) => node.store['x'] === '5').length === 4, 'x is back');
    await page.evaluate(() => whitewater.revive('n4'));
    await written(page, 'y', '6');
    await playUntil(page, ({ nodes }) => nodes.every((node) => node.store['y'] === '6'), 'all hold y');
    const run = await presentRun(page);
    expect(run.actions.map(({ action }) => action.type)).toContain('power-failure');
    expect(plain(playRun(run))).toEqual(plain(await presentEvents(page)));
  });

  it('at any moment, also while it plays at full speed with writes under way, again and again', async () => {
    const { page } = await openPlayground();
    await page.evaluate(() => whitewater.reset({ nodes: 3, seed: 9 }));
    await page.evaluate(() => whitewater.speed(20));
    for (let round = 0; round < 4; round += 1) {
      await page.evaluate(() => whitewater.play());
      await page.evaluate(() => whitewater.speed(20));
      await page.evaluate(async (number) => {
        await whitewater.set('round', String(number));
        for (let write = 0; write < 20; write += 1) void whitewater.append('log', `${number},`).catch(() => undefined);
      }, round);
      await reload(page);
      const run = await presentRun(page);
      expect(plain(playRun(run)), `round ${round}`).toEqual(plain(await presentEvents(page)));
      await playUntil(
        page,
        ({ nodes }) => nodes.filter((node) => node.store['round'] === String(round)).length >= 2,
        `round ${round} is remembered`,
      );
    }
  });

  it('also twice and thrice before the nodes are back, with disks that take no time', async () => {
    const { page } = await openPlayground();
    const disk = { meanMs: 0, spreadMs: 0 };
    await page.evaluate((given) => whitewater.reset({ nodes: 5, seed: 9, config: { disk: given } }), disk);
    for (let round = 0; round < 4; round += 1) {
      await page.evaluate(async () => {
        await whitewater.speed(20);
        await whitewater.play();
        for (let write = 0; write < 20; write += 1) void whitewater.append('log', '+').catch(() => undefined);
      });
      for (let again = 0; again < round; again += 1) await page.reload({ waitUntil: 'domcontentloaded' });
      await reload(page);
      const { nodes } = await status(page);
      expect(nodes.map(({ status: running }) => running)).toEqual(Array(5).fill('up'));
      expect(plain(playRun(await presentRun(page))), `round ${round}`).toEqual(plain(await presentEvents(page)));
    }
  });

  it('after which the clock goes on even where every node had been killed before', async () => {
    const { page } = await openPlayground();
    await stopClock(page);
    for (const node of ['n1', 'n2', 'n3', 'n4', 'n5']) await page.evaluate((id) => whitewater.kill(id), node);
    await page.reload();
    await page.waitForFunction(() => 'whitewater' in globalThis);
    const { clock, nodes } = await status(page);
    expect(nodes.map(({ status: running }) => running)).toEqual(Array(5).fill('down'));
    // It plays by itself: no test needs to push it.
    await page.waitForFunction(async (us) => (await whitewater.status()).clock.nowUs > us, clock.nowUs);
    await page.evaluate(() => whitewater.revive('n1'));
  });

  it('which a journal with a hole does not survive: a new cluster begins, and the page says so', async () => {
    const { page } = await openPlayground();
    await stopClock(page);
    for (const node of ['n1', 'n2', 'n3']) await page.evaluate((id) => whitewater.pauseNode(id), node);
    await page.evaluate(async () => {
      const databases = await indexedDB.databases();
      const name = databases.map((database) => database.name ?? '').find((found) => found.includes('/journal/')) ?? '';
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(opening.error ?? new Error('not opened'));
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('journal', 'readwrite');
          transaction.objectStore('journal').delete('action/00000001');
          transaction.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      });
    });
    await reload(page);
    expect((await status(page)).nodes.map(({ status: running }) => running)).toEqual(Array(5).fill('up'));
    await page.getByText("The saved cluster's action 1 is missing").first().waitFor();
  });

  it('and a second tab has a cluster of its own', async () => {
    const { page, context } = await openPlayground();
    await stopClock(page);
    await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
    await written(page, 'mine', '1');
    const second = await openPlayground({ context });
    const there = await status(second.page);
    expect(there.nodes.every((node) => node.store['mine'] === undefined)).toBe(true);
    await reload(page);
    await playUntil(page, ({ nodes }) => nodes.some((node) => node.store['mine'] === '1'), 'the first has its key');
  });
});
