import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import { openPlayground, playUntil, presentEvents, presentRun, status, stopClock } from './playground.ts';

const NODES = 25;

/** Absence travels through the page as a missing property. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe(`${NODES} nodes in the browser`, () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await openPlayground());
    await stopClock(page);
    await page.evaluate((nodes) => whitewater.reset({ nodes, seed: 2 }), NODES);
  });

  it('elect a leader, commit a write on all, and outlive their leader', async () => {
    const { leader = '' } = await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
    const fate = page.evaluate(() => whitewater.set('x', '5'));
    await playUntil(page, ({ nodes }) => nodes.every(({ store }) => store['x'] === '5'), 'all hold x');
    expect(await fate).toMatchObject({ type: 'committed' });
    await page.evaluate((node) => whitewater.kill(node), leader);
    await playUntil(page, (now) => now.leader !== undefined && now.leader !== leader, 'another leads');
    await page.evaluate((node) => whitewater.revive(node), leader);
    const now = await playUntil(
      page,
      ({ nodes }) => nodes.every(({ store }) => store['x'] === '5'),
      'all hold x again',
    );
    expect(now.nodes).toHaveLength(NODES);
    expect(now.nodes.every((node) => node.status === 'up')).toBe(true);
  });

  it('give the timeline that the simulator gives', async () => {
    expect((await status(page)).config.nodes).toBe(NODES);
    expect(plain(await presentEvents(page))).toEqual(plain(playRun(await presentRun(page))));
  });
});
