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

  it('that leaves the copies of disks that were put aside: an older one can be put back', async () => {
    const { page } = await openPlayground();
    await stopClock(page);
    await page.evaluate(() => whitewater.reset({ nodes: 3, seed: 77 }));
    await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
    const { leader } = await status(page);
    const node = leader === 'n3' ? 'n2' : 'n3';
    const logEnd = async (): Promise<number | undefined> =>
      (await status(page)).nodes.find(({ id }) => id === node)?.lastLogIndex;
    const holds = async (value: string): Promise<void> => {
      const fate = page.evaluate((wanted) => whitewater.set('x', wanted), value);
      await playUntil(page, ({ nodes }) => nodes.every(({ store }) => store['x'] === value), `all hold ${value}`);
      await fate;
    };
    await holds('1');
    await page.evaluate((id) => whitewater.kill(id), node);
    await page.evaluate((id) => whitewater.copyDisk(id), node);
    const copied = await logEnd();
    await page.evaluate((id) => whitewater.revive(id), node);
    for (const value of ['2', '3']) await holds(value);
    expect(await logEnd()).toBe((copied ?? 0) + 2);
    await page.evaluate((id) => whitewater.kill(id), node);

    await reload(page);
    await page.evaluate((id) => whitewater.restoreCopy(id), node);
    await page.evaluate((id) => whitewater.revive(id), node);
    expect(await logEnd()).toBe(copied);
    // At the breach that this is, the page stops once.
    const endMs = (await status(page)).clock.nowUs / 1_000 + 300;
    await page.evaluate((untilMs) => whitewater.advanceTo(untilMs), endMs).catch(() => undefined);
    await page.evaluate((untilMs) => whitewater.advanceTo(untilMs), endMs);
    const run = await presentRun(page);
    expect(run.actions.filter(({ action }) => action.type === 'crash')).toEqual([]);
    expect(plain(playRun(run))).toEqual(plain(await presentEvents(page)));

    const copies = (): Promise<readonly string[]> =>
      page.evaluate(async () =>
        (await indexedDB.databases()).flatMap(({ name = '' }) => (name.endsWith('/copy') ? [name] : [])),
      );
    expect(await copies()).toHaveLength(1);
    await page.evaluate(() => whitewater.reset({ nodes: 3, seed: 78 }));
    await expect.poll(copies).toEqual([]);
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

  it('after which what was done can still be undone, by the key as by the handle', async () => {
    const { page } = await openPlayground();
    await stopClock(page);
    await page.evaluate(async () => {
      await whitewater.kill('n1');
      await whitewater.isolate('n2');
      await whitewater.kill('n3');
      await whitewater.undo();
    });
    await reload(page);
    expect((await status(page)).clock.undoable).toEqual({ type: 'isolate', node: 'n2' });
    await page.locator('body').press('Control+z');
    await expect.poll(async () => (await status(page)).cuts).toEqual([]);
    expect(await page.evaluate(() => whitewater.undo())).toEqual({ type: 'kill', node: 'n1' });
    expect((await status(page)).nodes.map(({ status: running }) => running)).toEqual(Array(5).fill('up'));
    expect(await page.evaluate(() => whitewater.undo())).toBeUndefined();
    expect(plain(playRun(await presentRun(page)))).toEqual(plain(await presentEvents(page)));
  });

  it('in the midst of a replay, the recorded actions to come still follow', async () => {
    const { page } = await openPlayground();
    await stopClock(page);
    await page.evaluate(async () => {
      await whitewater.reset({ nodes: 3, seed: 4 });
      await whitewater.advanceTo(300);
      await whitewater.kill('n1');
      await whitewater.advanceTo(400);
      await whitewater.cut([{ from: 'n2', to: 'n3' }]);
      await whitewater.advanceTo(500);
      await whitewater.load(await whitewater.run());
      await whitewater.advanceTo(350);
    });
    await reload(page);
    expect((await status(page)).clock.replay).toEqual({ untilUs: 500_000, actionsLeft: 1 });
    await page.evaluate(() => whitewater.advanceTo(500));
    const after = await status(page);
    expect(after.clock.replay).toBeUndefined();
    expect(after.cuts).toEqual(['n2>n3']);
    expect(after.nodes.map(({ status: running }) => running)).toEqual(['down', 'up', 'up']);
    expect(plain(playRun(await presentRun(page)))).toEqual(plain(await presentEvents(page)));
  });

  it.each([
    ['no number', 'soon', undefined],
    ['absurdly late', '9007199254740991', 'The saved clock stood'],
  ])('also with a saved clock that is %s', async (_, saved, said) => {
    const { page } = await openPlayground();
    await stopClock(page);
    await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
    await written(page, 'x', '5');
    // It is set by the next page, before its cluster looks at it: this one saves its own in its last moment.
    await page.addInitScript((clock) => {
      if (sessionStorage.getItem('tampered') !== null) return;
      sessionStorage.setItem('tampered', 'yes');
      const key = Object.keys(localStorage).find((name) => name.endsWith('/nowUs'));
      if (key !== undefined) localStorage.setItem(key, clock);
    }, saved);
    await reload(page);
    expect(await page.evaluate(() => sessionStorage.getItem('tampered'))).toBe('yes');
    if (said !== undefined) await page.getByText(said).first().waitFor();
    expect((await status(page)).clock.nowUs).toBeLessThan(60_000_000);
    await playUntil(page, ({ nodes }) => nodes.some((node) => node.store['x'] === '5'), 'x is back');
    expect(plain(playRun(await presentRun(page)))).toEqual(plain(await presentEvents(page)));
  });
});

describe('Databases of a cluster', () => {
  /** The clusters that have databases. */
  async function clusters(page: Page): Promise<readonly string[]> {
    const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''));
    return [...new Set(names.flatMap((name) => /^whitewater\/([^/]+)\/n\d+(?:\/copy)?$/.exec(name)?.[1] ?? []))].sort();
  }

  async function forgetJournal(page: Page): Promise<void> {
    await page.evaluate(async () => {
      const slot = sessionStorage.getItem('whitewater/slot') ?? '';
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(`whitewater/journal/${slot}`);
        opening.onerror = () => reject(opening.error ?? new Error('not opened'));
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('journal', 'readwrite');
          transaction.objectStore('journal').clear();
          transaction.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      });
    });
  }

  it('that no journal names are deleted, but not while a page that is open has them', async () => {
    const { page, context } = await openPlayground();
    await stopClock(page);
    await page.evaluate(() => whitewater.advanceTo(500));
    const [own = ''] = await clusters(page);
    // As if this page had been closed just when it began another cluster: nothing names this one any more.
    await forgetJournal(page);
    const second = await openPlayground({ context });
    await stopClock(second.page);
    const [other = ''] = (await clusters(second.page)).filter((name) => name !== own);
    // As a page leaves it that was closed in the midst of throwing its cluster away.
    const orphan = await second.page.evaluate(async () => {
      const cluster = crypto.randomUUID();
      for (const disk of ['n1', 'n1/copy']) {
        await new Promise<void>((resolve) => {
          const opening = indexedDB.open(`whitewater/${cluster}/${disk}`);
          opening.onsuccess = () => {
            opening.result.close();
            resolve();
          };
        });
      }
      return cluster;
    });
    expect(await clusters(page)).toEqual([own, other, orphan].sort());
    const third = await openPlayground({ context });
    await expect.poll(() => clusters(page), { timeout: 20_000 }).not.toContain(orphan);
    expect(await clusters(page)).toEqual(expect.arrayContaining([own, other]));
    // Nor does a deletion lie in wait until a node lets go of its database.
    for (const opened of [page, second.page]) {
      await opened.evaluate(() => whitewater.restart('n1'));
      expect((await status(opened)).nodes[0]).toMatchObject({ status: 'up', failure: undefined });
    }
    await page.close();
    await third.page.reload();
    await expect.poll(() => clusters(third.page), { timeout: 20_000 }).not.toContain(own);
    expect(await clusters(third.page)).toContain(other);
  });
});
