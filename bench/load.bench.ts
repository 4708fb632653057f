import type { Browser, CDPSession, Page } from 'playwright-core';
import { exportHtml } from '../src/timeline/export-html.ts';
import { defaultRunConfig } from '../src/timeline/run-config.ts';
import { Timeline } from '../src/timeline/timeline.ts';
import { Simulator } from '../src/sim/simulator.ts';
import { fillLogs } from './page-logs.ts';
import { countFrames, metric, openPage, traceTasks } from './page-probe.ts';
import { onBuiltSite } from './page-site.ts';
import type { Report } from './report.ts';

const HOUR_MS = 3_600_000;
/** For how long nine nodes are played at full speed, in real milliseconds. */
const NINE_MS = 10_000;
/** How many places of a full timeline are looked at. */
const LOOKS = 60;
/** What it took when the nodes themselves played it (commit 996da6b), in seconds of all processes' time, on two cores. */
const before = { entriesCpuS: 20, hourCpuS: 50 };
/** The longest that the page may be deaf meanwhile, in milliseconds of its thread's own time. */
const LONGEST_TASK_MS = 50;

/** What a person waits for: a long run that is opened, an hour ahead, a page that comes back, a full timeline. */
export function run(report: Report): Promise<void> {
  return onBuiltSite(async (browser, url) => {
    await measureAhead(browser, url, report);
    await measureReturn(browser, url, report);
    await measureNine(browser, url, report);
    await measureFile(browser, report);
  });
}

async function measureAhead(browser: Browser, url: string, report: Report): Promise<void> {
  const { page, session } = await openPage(browser, url);
  await page.evaluate(() => whitewater.pause());
  const entries = await waited(
    '10,000 entries, opened and played to the end',
    { browser, session, report },
    async () => {
      const longest = await fillLogs(page);
      if (longest < 10_000) throw new Error(`The longest log has ${longest} entries.`);
    },
  );
  report('the same, of what it took before', entries / before.entriesCpuS, 'ratio');
  await measureFullTimeline(page, session, report);
  await page.context().close();

  const idle = await openPage(browser, url);
  await idle.page.evaluate(() => whitewater.pause());
  const hour = await waited('an idle hour ahead', { browser, session: idle.session, report }, () =>
    idle.page.evaluate((untilMs) => whitewater.advanceTo(untilMs), HOUR_MS),
  );
  report('the same, of what it took before', hour / before.hourCpuS, 'ratio');
  await idle.page.context().close();
}

/** A timeline that holds as much as it may: what it weighs, and how long a look at any place of it takes. */
async function measureFullTimeline(page: Page, session: CDPSession, report: Report): Promise<void> {
  await session.send('HeapProfiler.collectGarbage');
  report('heap with a full timeline', (await metric(session, 'JSHeapUsedSize')) / 1e6, 'MB');
  const slider = page.getByLabel('Moment shown');
  const box = await slider.boundingBox();
  if (box === null) throw new Error('The timeline is not on the screen.');
  await countFrames(page);
  const busyS = await metric(session, 'TaskDuration');
  for (let look = 1; look <= LOOKS; look += 1) {
    // The golden ratio visits every part, no two times the same.
    await page.mouse.click(box.x + ((look * 0.618_034) % 1) * box.width, box.y + box.height / 2);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  report(
    'a look at any place of it, main thread',
    (((await metric(session, 'TaskDuration')) - busyS) * 1_000) / LOOKS,
    'ms',
  );
  report('its tasks over 50 ms', (await page.evaluate(() => longTasksMs)).length, 'tasks');
}

/** A page that comes back to a cluster of which only the clock has gone on, for an hour. */
async function measureReturn(browser: Browser, url: string, report: Report): Promise<void> {
  const { page, session } = await openPage(browser, url);
  await page.evaluate(() => whitewater.pause());
  await page.evaluate(() => whitewater.advanceTo(3_000));
  // The clock is saved where the page goes away; then it says that an hour has passed.
  await page.addInitScript(
    (hourUs) => {
      for (const key of Object.keys(localStorage)) {
        if (key.endsWith('/nowUs')) localStorage.setItem(key, hourUs);
      }
    },
    String(HOUR_MS * 1_000),
  );
  await page.reload();
  await page.waitForFunction(() => 'whitewater' in globalThis);
  await waited('coming back after an idle hour', { browser, session, report }, async () => {
    const { clock } = await page.evaluate(() => whitewater.status());
    if (clock.nowUs < HOUR_MS * 1_000) throw new Error(`The clock stands at ${clock.nowUs} us.`);
  });
  await page.context().close();
}

async function measureNine(browser: Browser, url: string, report: Report): Promise<void> {
  const { page } = await openPage(browser, url);
  await page.evaluate(async () => {
    await whitewater.reset({ nodes: 9, seed: 1 });
    await whitewater.speed(20);
    await whitewater.play();
  });
  const clock = async (): Promise<number> => (await page.evaluate(() => whitewater.status())).clock.nowUs;
  const [fromUs, fromMs] = [await clock(), performance.now()];
  await page.waitForTimeout(NINE_MS);
  const speed = ((await clock()) - fromUs) / 1_000 / (performance.now() - fromMs);
  report('nine nodes, speed reached at 20 times real time', speed, 'times');
  await page.context().close();
}

/** A full timeline as the page that is saved of it, and how long the browser takes to open that. */
async function measureFile(browser: Browser, report: Report): Promise<void> {
  const simulator = new Simulator({ seed: 1, config: defaultRunConfig });
  const timeline = new Timeline(defaultRunConfig);
  while (timeline.length < timeline.maxEvents) {
    simulator.advance(simulator.nowUs + 1_000_000);
    timeline.append(simulator.takeEvents());
  }
  const begunMs = performance.now();
  const html = [...exportHtml(timeline, { seed: 1 })].join('');
  report('a full timeline, made into a page', performance.now() - begunMs, 'ms');
  report('that page', html.length / 1e6, 'MB');
  const page = await browser.newPage();
  await page.route('**/timeline.html', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  const openedMs = performance.now();
  await page.goto('http://timeline.invalid/timeline.html');
  report('that page, opened', performance.now() - openedMs, 'ms');
  await page.close();
}

interface Waiting {
  readonly browser: Browser;
  readonly session: CDPSession;
  readonly report: Report;
}

/** Reports how long somebody waits, what of it the processors worked, and how the page fares meanwhile; gives the seconds worked. */
async function waited(name: string, { browser, session, report }: Waiting, work: () => Promise<void>): Promise<number> {
  const whole = await browser.newBrowserCDPSession();
  const [fromS, busyS, fromMs] = [await processorS(whole), await metric(session, 'TaskDuration'), performance.now()];
  let waitedMs = 0;
  const tasksMs = await traceTasks(session, async () => {
    await work();
    waitedMs = performance.now() - fromMs;
  });
  const busy = (await metric(session, 'TaskDuration')) - busyS;
  const workedS = (await processorS(whole)) - fromS;
  report(name, waitedMs / 1_000, 's');
  report(`${name}: all processes`, workedS, 's of processor time');
  report(`${name}: main thread`, busy, 's');
  const longestMs = tasksMs.reduce((most, ms) => Math.max(most, ms), 0);
  report(`${name}: its longest task to its limit`, longestMs / LONGEST_TASK_MS, 'ratio');
  await whole.detach();
  return workedS;
}

/** The processor time of all of the browser's processes so far, in seconds. */
async function processorS(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}
