import type { Browser, CDPSession, Page } from 'playwright-core';
import type { ClusterControl } from '../src/cluster/cluster-control.ts';

declare global {
  // The scripting handle of the page; functions handed to `evaluate` run there.
  var whitewater: ClusterControl;
  var longTasksMs: number[];
  var framesSeen: number;
}

/** What the main thread of a page has done since it was opened. */
export interface MainThread {
  readonly busyMs: number;
  /** Of that, in scripts. */
  readonly scriptMs: number;
  readonly frames: number;
}

/** The built site in a window of its own, ready to be scripted, with a session that asks the browser how it fares. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; session: CDPSession }> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const session = await page.context().newCDPSession(page);
  // In the thread's own time: what other processes take of the cores does not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(url);
  await page.waitForFunction(() => 'whitewater' in globalThis);
  return { page, session };
}

/** From here on the page counts its frames and its long tasks. */
export async function countFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    globalThis.longTasksMs = [];
    globalThis.framesSeen = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) longTasksMs.push(entry.duration);
    }).observe({ type: 'longtask' });
    const count = (): void => {
      framesSeen += 1;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
}

export async function mainThread(page: Page, session: CDPSession): Promise<MainThread> {
  const frames = await page.evaluate(() => framesSeen);
  const busyMs = (await metric(session, 'TaskDuration')) * 1_000;
  return { busyMs, scriptMs: (await metric(session, 'ScriptDuration')) * 1_000, frames };
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
  /** The thread's own time, in microseconds. */
  readonly tdur?: number;
}

/** How long each task of the page's main thread took meanwhile, in milliseconds of the thread's own time. */
export async function traceTasks(session: CDPSession, work: () => Promise<void>): Promise<readonly number[]> {
  const events: TraceEvent[] = [];
  const gather = ({ value }: { value: object[] }): void => {
    events.push(...value.filter(isTraceEvent));
  };
  session.on('Tracing.dataCollected', gather);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'], recordMode: 'recordAsMuchAsPossible' },
  });
  await work();
  const complete = new Promise((resolve) => {
    session.once('Tracing.tracingComplete', resolve);
  });
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', gather);
  const tasks = events.filter(({ name }) => name === 'ThreadControllerImpl::RunTask');
  // Of all pages' main threads, that of this one has the most to do.
  const perThread = events
    .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    .map(({ pid, tid }) => tasks.filter((task) => task.pid === pid && task.tid === tid))
    .sort((one, other) => other.length - one.length);
  const busiest = perThread[0] ?? [];
  if (busiest.length === 0) throw new Error('The trace names no task of a main thread.');
  return busiest.map(({ tdur = 0 }) => tdur / 1_000);
}

function isTraceEvent(value: object): value is TraceEvent {
  return 'name' in value && 'pid' in value && 'tid' in value;
}

export async function metric(session: CDPSession, name: string): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find((each) => each.name === name)?.value ?? 0;
}
