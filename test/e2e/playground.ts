import type { Page } from 'playwright-core';
import type { ClusterControl, ClusterStatus } from '../../src/cluster/cluster-control.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import type { Run } from '../../src/timeline/run.ts';
import { seen } from '../support/seen.ts';
import { openPage, type OpenedPage, type OpenPageOptions } from './browser.ts';

declare global {
  // The scripting handle of the page; functions handed to `evaluate` run there.
  var whitewater: ClusterControl;
}

/** Opens the playground and waits until its cluster answers. */
export async function openPlayground(options: OpenPageOptions = {}): Promise<OpenedPage> {
  const opened = await openPage(options);
  await opened.page.waitForFunction(() => 'whitewater' in globalThis);
  await opened.page.evaluate(() => whitewater.status());
  return opened;
}

export function status(page: Page): Promise<ClusterStatus> {
  return page.evaluate(() => whitewater.status());
}

/** Waits until the page shows its cluster so, and gives how it shows it. */
export function seenOn(page: Page, what: string, holds: (now: ClusterStatus) => boolean): Promise<ClusterStatus> {
  return seen({ status: () => status(page) }, what, holds);
}

export function presentRun(page: Page): Promise<Run> {
  return page.evaluate(() => whitewater.run());
}

export function presentEvents(page: Page): Promise<readonly TimelineEvent[]> {
  return page.evaluate(() => whitewater.events());
}

/** Plays as fast as the machine can, a little at a time, until the condition holds; throws when it does not in `limitMs` of virtual time. */
export async function playUntil(
  page: Page,
  holds: (status: ClusterStatus) => boolean,
  what: string,
  limitMs = 5_000,
): Promise<ClusterStatus> {
  let now = await status(page);
  const endMs = now.clock.nowUs / 1_000 + limitMs;
  while (!holds(now)) {
    const nowMs = now.clock.nowUs / 1_000;
    if (nowMs >= endMs) {
      throw new Error(
        `In ${limitMs} virtual ms it did not happen that ${what}: ${JSON.stringify(now).slice(0, 4_000)}`,
      );
    }
    await page.evaluate((untilMs) => whitewater.advanceTo(untilMs), nowMs + 20);
    now = await status(page);
  }
  return now;
}

/** A stopped clock, so that nothing happens but what the test asks for. */
export async function stopClock(page: Page): Promise<void> {
  await page.evaluate(() => whitewater.pause());
}
