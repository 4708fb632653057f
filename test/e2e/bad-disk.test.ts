import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import { sentenceOfError } from '../../src/timeline/error-sentence.ts';
import { openPage } from './browser.ts';
import { openPlayground, playUntil, presentEvents, presentRun, status, stopClock } from './playground.ts';

/** What the page's own IndexedDB says of a node's database; run inside the page. */
async function databaseOf(page: Page, node: string): Promise<string> {
  const name = await page.evaluate(async (id) => {
    const databases = await indexedDB.databases();
    return databases
      .map((database) => database.name ?? '')
      .find((found) => found.startsWith('whitewater/') && found.endsWith(`/${id}`));
  }, node);
  if (name === undefined) throw new Error(`There is no database of ${node}.`);
  return name;
}

/** Flips one bit of the record of that log entry. */
async function flipByte(page: Page, database: string): Promise<string> {
  return page.evaluate(
    (name) =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(opening.error ?? new Error('not opened'));
        opening.onsuccess = () => {
          const opened = opening.result;
          const [storeName = ''] = [...opened.objectStoreNames];
          const store = opened.transaction(storeName, 'readwrite').objectStore(storeName);
          const keys = store.getAllKeys();
          keys.onsuccess = () => {
            const text = (key: IDBValidKey): string =>
              typeof key === 'string' ? key : new TextDecoder().decode(key as ArrayBuffer);
            const key = [...keys.result].reverse().find((candidate) => /^(log|entry)/.test(text(candidate)));
            if (key === undefined) {
              reject(new Error(`no entry among ${keys.result.map(text).join(', ')}`));
              return;
            }
            const reading = store.get(key);
            reading.onsuccess = () => {
              const bytes = new Uint8Array(reading.result as Uint8Array);
              const last = bytes.length - 1;
              bytes[last] = (bytes[last] ?? 0) ^ 1;
              const writing = store.put(bytes, key);
              writing.onsuccess = () => {
                opened.close();
                resolve(text(key));
              };
            };
          };
        };
      }),
    database,
  );
}

async function refusal(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
  } catch (error) {
    return sentenceOfError(error);
  }
  throw new Error('It was not refused.');
}

/**
 * Runs in n2's worker, ahead of its own code: its third transaction that writes breaks the worker, when the bytes are durable
 * or, aborted, are not.
 */
function breakAtThirdWrite(event: 'complete' | 'abort'): string {
  return `if (self.name === 'n2') {
    const { transaction } = IDBDatabase.prototype;
    let writes = 0;
    IDBDatabase.prototype.transaction = function (...given) {
      const made = transaction.apply(this, given);
      if (given[1] !== 'readwrite' || ++writes !== 3) return made;
      for (const type of ['complete', 'abort', 'error']) {
        made.addEventListener(type, (heard) => {
          heard.stopImmediatePropagation();
          if (type === '${event}') setTimeout(() => { throw new Error('boom'); });
        });
      }
      if ('${event}' === 'abort') made.commit = () => made.abort();
      return made;
    };
  }`;
}

/** Opens the playground with workers that run something else first; `undo` gives later ones their own code alone. */
async function openWithPrelude(prelude: string): Promise<{ page: Page; undo: () => Promise<void> }> {
  const { page, context } = await openPage({ path: 'favicon.svg' });
  const scripts = '**/node-worker*.js';
  await context.route(scripts, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: prelude + (await response.text()) });
  });
  await page.goto(new URL(page.url()).origin);
  await page.waitForFunction(() => 'whitewater' in globalThis);
  await stopClock(page);
  return { page, undo: () => context.unroute(scripts) };
}

describe("When a node's database goes bad, the node stops with a sentence, and the cluster goes on", () => {
  let page: Page;
  beforeEach(async () => {
    ({ page } = await openPlayground());
    await stopClock(page);
    await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
    const fate = page.evaluate(() => whitewater.set('x', '5'));
    await playUntil(page, ({ nodes }) => nodes.every((node) => node.store['x'] === '5'), 'all hold x');
    await fate;
  });

  it('a flipped byte in a stored entry is found by its checksum', async () => {
    const { leader } = await status(page);
    const victim = leader === 'n2' ? 'n3' : 'n2';
    await page.evaluate((node) => whitewater.kill(node), victim);
    await flipByte(page, await databaseOf(page, victim));
    const sentence = await refusal(page.evaluate((node) => whitewater.revive(node), victim));
    expect(sentence).toContain(victim);
    expect(sentence).toMatch(/checksum|damaged|corrupt/i);
    const after = await status(page);
    expect(after.nodes.find(({ id }) => id === victim)).toMatchObject({ status: 'down' });
    expect(after.nodes.find(({ id }) => id === victim)?.failure).toMatch(/checksum|damaged|corrupt/i);
    const fate = page.evaluate(() => whitewater.append('x', '6'));
    await playUntil(page, ({ nodes }) => nodes.filter((node) => node.store['x'] === '56').length === 4, 'four go on');
    expect(await fate).toMatchObject({ type: 'committed' });
    // What the real machine did is part of the run: the simulator crashes the same node at the same moment.
    const run = await presentRun(page);
    expect(JSON.parse(JSON.stringify(playRun(run)))).toEqual(JSON.parse(JSON.stringify(await presentEvents(page))));
  });

  it('a database that was deleted is not taken for a new one: its node had voted', async () => {
    await page.evaluate(() => whitewater.kill('n2'));
    const names = [await databaseOf(page, 'n2'), await databaseOf(page, 'n3')];
    const deleting = (name: string): Promise<void> =>
      page.evaluate(
        (database) =>
          new Promise<void>((resolve) => {
            const asked = indexedDB.deleteDatabase(database);
            asked.onsuccess = () => resolve();
            // A running node lets go of its database only when the page does.
            asked.onblocked = () => resolve();
          }),
        name,
      );
    for (const name of names) await deleting(name);
    expect(await refusal(page.evaluate(() => whitewater.revive('n2')))).toMatch(/n2's disk.*empty/);
    await page.reload();
    await page.waitForFunction(() => 'whitewater' in globalThis);
    const { nodes } = await status(page);
    expect(nodes.map(({ status: running }) => running)).toEqual(['up', 'down', 'down', 'up', 'up']);
    expect(nodes.find(({ id }) => id === 'n3')?.failure).toMatch(/n3's disk.*empty/);
    await stopClock(page);
    await playUntil(page, (now) => now.nodes.filter(({ store }) => store['x'] === '5').length === 3, 'x is back');
    expect(JSON.parse(JSON.stringify(playRun(await presentRun(page))))).toEqual(
      JSON.parse(JSON.stringify(await presentEvents(page))),
    );
  });

  it('without any database every node stops with a sentence, and the run still plays the same', async () => {
    const denied = `Object.defineProperty(self, 'indexedDB', { value: { open() { throw new DOMException('denied', 'SecurityError'); } } });`;
    const { page: barred } = await openWithPrelude(denied);
    const { nodes } = await status(barred);
    for (const { id, status: running, failure } of nodes) {
      expect(running).toBe('down');
      expect(failure).toMatch(new RegExp(`^${id}'s disk is not to be had`));
    }
    expect(JSON.parse(JSON.stringify(playRun(await presentRun(barred))))).toEqual(
      JSON.parse(JSON.stringify(await presentEvents(barred))),
    );
  });

  it.each(['complete', 'abort'] as const)(
    'a worker that breaks over a write (%s) is a crash, and the run still plays the same, also when the node is back',
    async (event) => {
      const { page: broken, undo } = await openWithPrelude(breakAtThirdWrite(event));
      await broken.evaluate(() => whitewater.reset({ nodes: 3, seed: 77 }));
      void broken.evaluate(() => whitewater.append('x', '5')).catch(() => undefined);
      const crashed = await playUntil(broken, ({ nodes }) => nodes[1]?.status === 'down', 'n2 is down');
      expect(crashed.nodes[1]?.failure).toMatch(/^n2's worker broke: .*boom/);
      await undo();
      await playUntil(broken, ({ nodes }) => nodes.filter(({ store }) => store['x'] === '5').length === 2, 'two go on');
      await broken.evaluate(() => whitewater.revive('n2'));
      await playUntil(broken, ({ nodes }) => nodes.every(({ store }) => store['x'] === '5'), 'all hold x');
      const run = await presentRun(broken);
      expect(run.actions.map(({ action }) => action.type)).toEqual(['request', 'crash', 'revive']);
      expect(JSON.parse(JSON.stringify(playRun(run)))).toEqual(JSON.parse(JSON.stringify(await presentEvents(broken))));
    },
  );

  it('a database that another page holds does not keep the others waiting', async () => {
    const { leader } = await status(page);
    const victim = leader === 'n2' ? 'n3' : 'n2';
    await page.evaluate((node) => whitewater.kill(node), victim);
    await page.evaluate(
      (name) =>
        new Promise<void>((resolve, reject) => {
          // An upgrade that is never finished: who opens the database next has to wait for it.
          const opening = indexedDB.open(name, 99);
          opening.onerror = () => reject(opening.error ?? new Error('not opened'));
          opening.onupgradeneeded = () => {
            const keepAlive = (): void => {
              const store = opening.transaction?.objectStore([...opening.result.objectStoreNames][0] ?? '');
              const reading = store?.count();
              if (reading !== undefined) reading.onsuccess = keepAlive;
            };
            keepAlive();
            resolve();
          };
        }),
      await databaseOf(page, victim),
    );
    const sentence = await refusal(page.evaluate((node) => whitewater.revive(node), victim));
    expect(sentence).toMatch(new RegExp(`${victim}.*blocked`));
    const fate = page.evaluate(() => whitewater.append('x', '6'));
    await playUntil(page, ({ nodes }) => nodes.filter((node) => node.store['x'] === '56').length === 4, 'four go on');
    expect(await fate).toMatchObject({ type: 'committed' });
  });

  it('a full disk stops whoever must write, and when there is room again nothing committed is lost', async () => {
    // The browser remembers for a while how much room there was: so it is told before anything is stored.
    const { page: limited, context } = await openPage({ path: 'favicon.svg' });
    const session = await context.newCDPSession(limited);
    const { origin } = new URL(limited.url());
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 6_000_000 });
    await limited.goto(origin);
    await limited.waitForFunction(() => 'whitewater' in globalThis);
    await stopClock(limited);
    const first = limited.evaluate(() => whitewater.set('x', '5'));
    await playUntil(limited, ({ nodes }) => nodes.every((node) => node.store['x'] === '5'), 'all hold x');
    await first;
    // Random digits, which no compression makes smaller, several times over: the browser counts in large pieces. All within
    // the page, so that these megabytes need not travel.
    const failures = await limited.evaluate(async () => {
      for (let number = 0; number < 40; number += 1) {
        const digits = Array.from({ length: 1_700 }, () => crypto.randomUUID()).join('');
        void whitewater.set(`big${number}`, digits).catch(() => undefined);
      }
      for (let turn = 0; turn < 60; turn += 1) {
        const { clock, nodes } = await whitewater.status();
        const failed = nodes.filter((node) => node.status === 'down');
        if (failed.length > 0) return failed.map(({ failure }) => failure ?? '');
        await whitewater.advanceTo(clock.nowUs / 1_000 + 50);
      }
      return [];
    });
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) expect(failure).toMatch(/full|room|space/i);
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    const kept = await limited.evaluate(async () => {
      for (let turn = 0; turn < 100; turn += 1) {
        const { clock, nodes } = await whitewater.status();
        for (const { id, status: running } of nodes) if (running === 'down') await whitewater.revive(id);
        if (nodes.every(({ store }) => store['x'] === '5')) return true;
        await whitewater.advanceTo(clock.nowUs / 1_000 + 50);
      }
      return false;
    });
    expect(kept).toBe(true);
  });
});
