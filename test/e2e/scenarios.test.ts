import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { playScenario, transcriptOf } from '../support/scenario.ts';
import { scenarioFiles } from '../support/scenario-files.ts';
import { openPlayground, presentEvents, stopClock } from './playground.ts';

describe('The web workers tell each scenario as its transcript does', () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await openPlayground());
    await stopClock(page);
  });

  it.each(scenarioFiles().map((file) => [file.name, file] as const))('%s', async (_, { scenario, transcriptPath }) => {
    const played = playScenario(scenario);
    await page.evaluate((run) => whitewater.load(run), played.run);
    await page.evaluate((untilMs) => whitewater.advanceTo(untilMs), played.run.untilUs / 1_000);
    const told = transcriptOf(scenario, played, await presentEvents(page));
    expect(told).toBe(readFileSync(transcriptPath, 'utf8'));
  });
});
