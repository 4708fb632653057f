import type { Browser, CDPSession, Page } from 'playwright-core';
import { countFrames, mainThread, openPage } from './page-probe.ts';
import type { Report } from './report.ts';

/** How the logs are filled: as many requests at once, so far apart, as a leader keeps up with; a few of them end as unknown. */
const ENTRIES = 10_080;
const BURST = 60;
const BURST_US = 70_000;
const FIRST_US = 1_500_000;
const END_US = FIRST_US + Math.ceil(ENTRIES / BURST) * BURST_US + 1_500_000;
/** The most that a frame may take of the main thread while the logs are scrolled, in milliseconds. */
const FRAME_MS = 8;
/** Turns of the wheel, its pixels each time, and jumps to other places. */
const TURNS = 120;
const TURN_PX = 180;
const JUMPS = 60;

/** What scrolling the logs of a long run takes of the main thread, while the cluster stands and while it runs. */
export async function measureLogScrolling(browser: Browser, url: string, report: Report): Promise<void> {
  const { page, session } = await openPage(browser, url);
  const entries = await fillLogs(page);
  report('entries in the longest log', entries, 'entries');
  await countFrames(page);
  const box = await page.locator('.log-grid').boundingBox();
  if (box === null) throw new Error('The logs are not on the screen.');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const state of ['paused', 'playing'] as const) {
    await page.evaluate((isPlaying) => (isPlaying ? whitewater.play() : whitewater.pause()), state === 'playing');
    await page.locator('.log-grid').evaluate((grid) => grid.scrollTo({ left: grid.scrollWidth / 3 }));
    for (const [way, scroll] of [
      ['the wheel', turnWheel],
      ['jumps', jumpAbout],
    ] as const) {
      await measureFrames(`scrolling the logs, ${way}, ${state}`, page, session, scroll, report);
    }
  }
  await page.context().close();
}

async function measureFrames(
  name: string,
  page: Page,
  session: CDPSession,
  scroll: (page: Page) => Promise<void>,
  report: Report,
): Promise<void> {
  await page.evaluate(() => {
    longTasksMs.length = 0;
  });
  const before = await mainThread(page, session);
  await scroll(page);
  const after = await mainThread(page, session);
  const frames = after.frames - before.frames;
  const frameMs = (after.busyMs - before.busyMs) / frames;
  report(`${name}: main thread a frame`, frameMs, 'ms');
  report(`${name}: of it scripts`, (after.scriptMs - before.scriptMs) / frames, 'ms');
  report(`${name}: to its limit`, frameMs / FRAME_MS, 'ratio');
  report(`${name}: tasks over 50 ms`, (await page.evaluate(() => longTasksMs)).length, 'tasks');
}

/** Loads a run that writes ten thousand entries, and plays it to its end. */
export async function fillLogs(page: Page): Promise<number> {
  return page.evaluate(
    async ({ entries, burst, burstUs, firstUs, endUs }) => {
      const actions = Array.from({ length: entries }, (_, place) => ({
        atUs: firstUs + Math.floor(place / burst) * burstUs,
        action: {
          type: 'request',
          client: 'c1',
          requestId: `r${place}`,
          operation: { type: 'set', key: `k${place % 50}`, value: `v${place}` },
        } as const,
      }));
      await whitewater.load({ ...(await whitewater.run()), actions, untilUs: endUs });
      await whitewater.advanceTo(endUs / 1_000);
      const { nodes } = await whitewater.status();
      return Math.max(...nodes.map(({ lastLogIndex }) => lastLogIndex));
    },
    { entries: ENTRIES, burst: BURST, burstUs: BURST_US, firstUs: FIRST_US, endUs: END_US },
  );
}

async function turnWheel(page: Page): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await page.mouse.wheel(turn < TURNS / 2 ? TURN_PX : -TURN_PX, 0);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

async function jumpAbout(page: Page): Promise<void> {
  await page.locator('.log-grid').evaluate(async (grid, jumps) => {
    for (let jump = 1; jump <= jumps; jump += 1) {
      // The golden ratio visits every part, no two times the same.
      grid.scrollLeft = ((jump * 0.618_034) % 1) * (grid.scrollWidth - grid.clientWidth);
      await new Promise(requestAnimationFrame);
    }
  }, JUMPS);
}
