import * as fc from 'fast-check';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { sabotageNames } from '../../src/raft/sabotage-name.ts';
import { playRun } from '../../src/sim/simulator.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import type { Run } from '../../src/timeline/run.ts';
import { backlogRun } from '../support/backlog-run.ts';
import { anyRun, smallSize, withLies } from '../support/random-run.ts';
import { actions } from '../timeline/samples.ts';
import { openPlayground, playUntil, presentEvents, presentRun, status, stopClock } from './playground.ts';

/** How many random runs are played by both. Each takes about a second in the browser. */
const RUNS = 12;

/** How many small ones, and how many of them are played in a row before they are compared. */
const SMALL_RUNS = 200;
const BATCH = 20;

/** How many of clusters that are broken on purpose. */
const BROKEN_RUNS = 6;

/** Absence travels through the page as a missing property. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('The same run gives the same timeline, event for event, in web workers and in the simulator', () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await openPlayground());
    await stopClock(page);
  });

  async function playInWorkers(run: Run): Promise<void> {
    await page.evaluate((loaded) => whitewater.load(loaded), run);
    await page.evaluate((untilMs) => whitewater.advanceTo(untilMs), run.untilUs / 1_000);
  }

  /** Plays one after the other in the page, and brings all their events back at once. */
  function playAll(runs: readonly Run[]): Promise<readonly (readonly TimelineEvent[])[]> {
    return page.evaluate(async (loaded) => {
      const timelines = [];
      for (const run of loaded) {
        await whitewater.load(run);
        // A disk that lies breaks an invariant, and at a breach the page stops, once.
        do await whitewater.advanceTo(run.untilUs / 1_000);
        while ((await whitewater.status()).clock.nowUs < run.untilUs);
        timelines.push(await whitewater.events());
      }
      return timelines;
    }, runs);
  }

  it('when a person clicked it together', async () => {
    await page.evaluate(() => whitewater.reset({ nodes: 5, seed: 4 }));
    const { leader = 'n1' } = await playUntil(page, (now) => now.leader !== undefined, 'a leader stands');
    const writing = page.evaluate(() => whitewater.set('x', '5'));
    await playUntil(page, (now) => now.nodes.every((node) => node.store['x'] === '5'), 'all hold x');
    expect(await writing).toMatchObject({ type: 'committed' });
    await page.evaluate((node) => whitewater.kill(node), leader);
    await playUntil(page, (now) => now.leader !== undefined && now.leader !== leader, 'another leads');
    await page.evaluate((node) => whitewater.revive(node), leader);
    await page.evaluate(() => whitewater.setLinks({ loss: 0.2, duplication: 0.2 }));
    await page.evaluate(() =>
      whitewater.split([
        ['n1', 'n2'],
        ['n3', 'n4', 'n5'],
      ]),
    );
    const { clock } = await status(page);
    await page.evaluate((untilMs) => whitewater.advanceTo(untilMs), clock.nowUs / 1_000 + 700);
    await page.evaluate(() => whitewater.heal());
    await page.evaluate((untilMs) => whitewater.advanceTo(untilMs), clock.nowUs / 1_000 + 1_500);
    const run = await presentRun(page);
    const events = await presentEvents(page);
    expect(run.actions.map(({ action }) => action.type)).toEqual([
      'request',
      'kill',
      'revive',
      'set-links',
      'split',
      'heal',
    ]);
    expect(events.length).toBeGreaterThan(500);
    expect(plain(playRun(run))).toEqual(plain(events));
  });

  it('when more waits for a paused node than it may keep', async () => {
    const run = backlogRun();
    await playInWorkers(run);
    const events = await presentEvents(page);
    expect(events.filter(({ event }) => event.type === 'backlog-dropped')).toHaveLength(1);
    expect(plain(events)).toEqual(plain(playRun(run)));
  });

  it(`in ${RUNS} random runs`, async () => {
    const seed = 20_261_121;
    const runs = fc.sample(anyRun(24), { numRuns: RUNS, seed });
    let compared = 0;
    for (const [place, run] of runs.entries()) {
      await playInWorkers(run);
      const events = await presentEvents(page);
      const expected = plain(playRun(run)) as unknown[];
      expect(plain(events), `run ${place} of seed ${seed}`).toEqual(expected);
      compared += expected.length;
    }
    expect(compared).toBeGreaterThan(RUNS * 100);
  });

  it(`in ${SMALL_RUNS} small random runs, in which every kind of action is done`, { timeout: 240_000 }, async () => {
    const seed = 20_261_127;
    const small = anyRun(12, smallSize);
    const lying = { weight: 1, arbitrary: small.map(withLies) };
    const runs = fc.sample(fc.oneof({ weight: 5, arbitrary: small }, lying), { numRuns: SMALL_RUNS, seed });
    const done = new Set<string>();
    for (let first = 0; first < runs.length; first += BATCH) {
      const batch = runs.slice(first, first + BATCH);
      const timelines = await playAll(batch);
      for (const [place, run] of batch.entries()) {
        const expected = playRun(run);
        expect(plain(timelines[place]), `run ${first + place} of seed ${seed}`).toEqual(plain(expected));
        for (const { event } of expected) if (event.type === 'action') done.add(event.action.type);
      }
    }
    expect([...done].sort()).toEqual(Object.keys(actions).sort());
  });

  it('in random runs of clusters that are broken on purpose, a few rules each', async () => {
    const broken = fc.tuple(anyRun(24), fc.subarray([...sabotageNames], { minLength: 1, maxLength: 3 }));
    const seed = 20_261_126;
    for (const [place, [run, sabotages]] of fc.sample(broken, { numRuns: BROKEN_RUNS, seed }).entries()) {
      const sabotaged = { ...run, config: { ...run.config, sabotages } };
      await playInWorkers(sabotaged);
      const what = `run ${place} of seed ${seed}, ${sabotages.join(', ')}`;
      expect(plain(await presentEvents(page)), what).toEqual(plain(playRun(sabotaged)));
    }
  });
});
