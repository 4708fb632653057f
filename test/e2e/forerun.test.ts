import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import type { TimedAction } from '../../src/timeline/action.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION, type Run } from '../../src/timeline/run.ts';
import { openPlayground, playUntil, presentEvents, presentRun, status, stopClock } from './playground.ts';

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Far enough that the simulator is sooner there than the nodes. */
const END_US = 80_000_000;
/** More actions than a worker is told of at once, and than the journal takes without a breath; they change nothing. */
const MANY = 1_200;

/**
 * Three nodes with snapshots; a fourth is started, a disk is copied, damaged and left so, and most of the time nothing
 * happens.
 */
function longRun(): Run {
  const writes = Array.from({ length: 40 }, (_, place): TimedAction => {
    const operation = { type: 'set', key: `k${place % 7}`, value: `v${place}` } as const;
    return {
      atUs: 2_000_000 + place * 50_000,
      action: { type: 'request', client: 'c1', requestId: `r${place}`, operation },
    };
  });
  const actions: TimedAction[] = [
    ...writes,
    ...Array.from({ length: MANY }, (): TimedAction => ({
      atUs: 4_500_000,
      action: { type: 'heal', links: undefined },
    })),
    { atUs: 5_000_000, action: { type: 'start-node', node: 'n4' } },
    { atUs: 6_000_000, action: { type: 'kill', node: 'n3' } },
    { atUs: 6_100_000, action: { type: 'copy-disk', node: 'n3' } },
    { atUs: 6_200_000, action: { type: 'damage-disk', node: 'n3', damage: { type: 'flip-byte', record: 'state' } } },
  ];
  const config = { ...defaultRunConfig, nodes: 3, snapshot: { everyEntries: 15, keepEntries: 3 } };
  return { format: 'whitewater-run', version: RUN_VERSION, seed: 6, config, actions, untilUs: END_US };
}

async function expectSame(page: Page): Promise<void> {
  const run = await presentRun(page);
  expect(plain(playRun(run))).toEqual(plain(await presentEvents(page)));
}

describe('Opening a long run and going to its end', () => {
  it(
    'is done in the simulator; its nodes go on from there, and are back after a reload',
    { timeout: 60_000 },
    async () => {
      const { page, pageErrors } = await openPlayground();
      await stopClock(page);
      const phrases = await page.evaluate(async (run) => {
        const heard = new Set<string>();
        await whitewater.load(run);
        whitewater.subscribe((update) => {
          if ('clock' in update && update.clock.busy !== undefined) heard.add(update.clock.busy);
        });
        await whitewater.advanceTo(run.untilUs / 1_000);
        return [...heard];
      }, longRun());
      expect(phrases.at(-1)).toBe('the nodes go on from there');
      const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''));
      expect(
        names
          .filter((name) => /\/n\d+(\/copy)?$/.test(name))
          .map((name) => name.replace(/^whitewater\/[^/]+\//, ''))
          .sort(),
      ).toEqual(expect.arrayContaining(['n1', 'n2', 'n3', 'n3/copy', 'n4']));

      // What is wrong with n3's disk, its worker finds there; and the copy is whole.
      const refused = page.evaluate(() => whitewater.revive('n3'));
      await expect(refused).rejects.toThrow(/n3's disk/);
      await page.evaluate(() => whitewater.restoreCopy('n3'));
      await page.evaluate(() => whitewater.revive('n3'));
      void page.evaluate(() => whitewater.set('x', '5')).catch(() => undefined);
      await playUntil(
        page,
        ({ nodes }) => nodes.filter(({ store }) => store['x'] === '5').length === 3,
        'three hold x',
      );

      await page.reload();
      await page.waitForFunction(() => 'whitewater' in globalThis);
      await stopClock(page);
      expect((await status(page)).clock.nowUs).toBeGreaterThanOrEqual(END_US);
      expect((await presentRun(page)).actions.slice(0, longRun().actions.length)).toEqual(plain(longRun().actions));
      await playUntil(page, ({ nodes }) => nodes.filter(({ store }) => store['x'] === '5').length === 3, 'x is back');
      await expectSame(page);
      expect(pageErrors).toEqual([]);
    },
  );
});
