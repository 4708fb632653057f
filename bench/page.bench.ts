import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { measureLogScrolling } from './page-logs.ts';
import { countFrames, mainThread, metric, openPage, traceTasks } from './page-probe.ts';
import { onBuiltSite } from './page-site.ts';
import type { Report } from './report.ts';

/** Real minutes of play at full speed; the first two are for warming up. PAGE_MINUTES makes it fewer, for a quick look. */
const MINUTES = Number(process.env['PAGE_MINUTES'] ?? 10);
const WARM_MINUTES = Math.min(2, MINUTES / 2);
const LOADS = 5;
/** The limits that the page is held to; the ratios printed are of what was measured to these. */
const limits = { leaderMs: 3_000, scriptKb: 150, frameMs: 2, longTaskMs: 50 };

/** What a visitor's browser has to do, on the built site in headless Chromium. */
export function run(report: Report): Promise<void> {
  return onBuiltSite(async (browser, url) => {
    reportWeight(report);
    await measureLoad(browser, url, report);
    await measurePlay(browser, url, report);
    await measureLogScrolling(browser, url, report);
  });
}

/** The scripts that index.html names: what has to arrive before anything is seen. The nodes' worker beside them. */
function reportWeight(report: Report): void {
  const html = readFileSync('dist/index.html', 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
  const kilobytes = (paths: readonly string[]): number =>
    paths.reduce((sum, path) => sum + gzipSync(readFileSync(`dist/${path}`)).length, 0) / 1_000;
  const workers = readdirSync('dist/assets').filter((name) => /^node-worker.*\.js$/.test(name));
  report('initial JavaScript, gzipped', kilobytes(named), 'KB');
  report('initial JavaScript to its limit', kilobytes(named) / limits.scriptKb, 'ratio');
  report("the nodes' worker, gzipped", kilobytes(workers.map((name) => `assets/${name}`)), 'KB');
}

async function measureLoad(browser: Browser, url: string, report: Report): Promise<void> {
  const times: number[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    // A new context has neither cache nor databases.
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(url);
    // The moment is taken in the page: since navigation, until the ring says that someone leads.
    const leaderMs = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const look = (): void => {
            const seen = [...document.querySelectorAll('[aria-label]')].some((element) =>
              /\bn\d+\b.*\bleader\b/i.test(element.getAttribute('aria-label') ?? ''),
            );
            if (seen) resolve(performance.now());
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    times.push(leaderMs);
    await context.close();
  }
  const worst = Math.max(...times);
  report(`cold load to the first leader on the screen, worst of ${LOADS}`, worst, 'ms');
  report('cold load to its limit', worst / limits.leaderMs, 'ratio');
}

async function measurePlay(browser: Browser, url: string, report: Report): Promise<void> {
  const { page, session } = await openPage(browser, url);
  await page.evaluate(async () => {
    while ((await whitewater.status()).leader === undefined) await new Promise(requestAnimationFrame);
    void whitewater.set('x', '5');
  });
  await countFrames(page);
  const minuteMs = MINUTES < 1 ? MINUTES * 60_000 : 60_000;
  const before = await mainThread(page, session);
  const tasksMs = await traceTasks(session, () => page.waitForTimeout(minuteMs));
  const after = await mainThread(page, session);
  const frameMs = (after.busyMs - before.busyMs) / (after.frames - before.frames);
  report('main thread a frame, the whole page, 5 nodes at default speed', frameMs, 'ms');
  report('frames a second', (after.frames - before.frames) / (minuteMs / 1_000), 'fps');
  // In the thread's own time first: on a busy machine a task may wait for its core longer than it works.
  report(`tasks over ${limits.longTaskMs} ms`, tasksMs.filter((ms) => ms > limits.longTaskMs).length, 'tasks');
  report(
    'the longest task',
    tasksMs.reduce((most, ms) => Math.max(most, ms), 0),
    'ms',
  );
  const longTasks = await page.evaluate(() => longTasksMs);
  report(`tasks over ${limits.longTaskMs} ms, waiting for the core included`, longTasks.length, 'tasks');
  // What the ring costs is what is saved when it is not drawn.
  await page.addStyleTag({ content: '.stage { display: none !important; }' });
  const hidden = await mainThread(page, session);
  await page.waitForTimeout(minuteMs / 4);
  const ended = await mainThread(page, session);
  const ringMs = frameMs - (ended.busyMs - hidden.busyMs) / (ended.frames - hidden.frames);
  report('drawing the ring, main thread a frame', ringMs, 'ms');
  report('drawing the ring to its limit', ringMs / limits.frameMs, 'ratio');
  await page.reload();
  await page.waitForFunction(() => 'whitewater' in globalThis);
  await measureMemory(page, session, report);
  await page.context().close();
}

/** The heap after a collection, minute by minute, at full speed with a write now and then. */
async function measureMemory(page: Page, session: CDPSession, report: Report): Promise<void> {
  await page.evaluate(() => whitewater.speed(20));
  const startedUs = (await page.evaluate(() => whitewater.status())).clock.nowUs;
  const megabytes: number[] = [];
  const steps = Math.max(2, Math.round(MINUTES));
  for (let step = 0; step < steps; step += 1) {
    await page.waitForTimeout((MINUTES * 60_000) / steps);
    await page.evaluate((value) => void whitewater.set('x', value), String(step));
    await session.send('HeapProfiler.collectGarbage');
    megabytes.push((await metric(session, 'JSHeapUsedSize')) / 1e6);
  }
  const ended = await page.evaluate(() => whitewater.status());
  const warm = megabytes[Math.max(0, Math.ceil((WARM_MINUTES / MINUTES) * steps) - 1)] ?? 0;
  const last = megabytes.at(-1) ?? 0;
  report('speed reached at 20 times real time', (ended.clock.nowUs - startedUs) / (MINUTES * 60e6), 'times');
  report(`heap after ${WARM_MINUTES} minutes`, warm, 'MB');
  report(`heap after ${MINUTES} minutes`, last, 'MB');
  report('heap at the end to that after the warm-up', last / warm, 'ratio');
}
