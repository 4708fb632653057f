import { afterEach, expect, it } from 'vitest';
import { linkOf } from '../../src/cluster/run-link.ts';
import { playSeeds } from '../../src/sim/fuzz/play-seeds.ts';
import { shrink } from '../../src/sim/fuzz/shrink.ts';
import type { OpenedPage } from './browser.ts';
import { openPlayground, presentEvents, presentRun, status } from './playground.ts';

let opened: OpenedPage;
afterEach(() => {
  expect(opened.consoleErrors).toEqual([]);
  expect(opened.pageErrors).toEqual([]);
});

it('a hunt finds a rule that is wrong, makes its run small, plays it, and pauses just after the event that shows it', async () => {
  opened = await openPlayground({ viewport: { width: 1440, height: 900 } });
  const { page } = opened;
  await page.getByRole('button', { name: 'Save and open' }).click();
  await page.getByRole('menuitem', { name: /Hunt for a mistake/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Hunt for a mistake' });
  await dialog.getByLabel('A rule that is wrong on purpose').selectOption('half-is-majority');
  await dialog.getByRole('button', { name: 'Hunt', exact: true }).click();
  await dialog.getByRole('button', { name: 'Play it' }).click({ timeout: 60_000 });

  const { found } = playSeeds(1, 500, { sabotages: ['half-is-majority'] });
  if (found === undefined) throw new Error('Nothing was found.');
  const { run, failure } = shrink(found.run, found.failure);
  await page.locator('.rewound').waitFor();
  const { clock } = await status(page);
  expect(clock.playing).toBe(false);
  expect(clock.nowUs).toBeGreaterThanOrEqual(failure.atUs);
  const played = await presentRun(page);
  expect({ seed: played.seed, config: played.config, actions: played.actions }).toEqual({
    seed: run.seed,
    config: run.config,
    actions: run.actions,
  });
  const events = await presentEvents(page);
  expect(events[failure.events - 1]?.atUs).toBe(failure.atUs);
});

it('a hunt can be stopped, and says how far it had come', async () => {
  opened = await openPlayground({ viewport: { width: 1440, height: 900 } });
  const { page } = opened;
  await page.getByRole('combobox', { name: /^Command line/ }).fill('hunt');
  await page.getByRole('combobox', { name: /^Command line/ }).press('Escape');
  await page.getByRole('combobox', { name: /^Command line/ }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Hunt for a mistake' });
  await dialog.getByRole('button', { name: 'Hunt', exact: true }).click();
  await dialog.getByText(/[1-9]\d* seeds played, \d+ a second/).waitFor({ timeout: 30_000 });
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await dialog.getByText('Stopped; no run is left of it.').waitFor();
});

it('a link with a run plays it, and a broken one is refused in one sentence', async () => {
  opened = await openPlayground({ viewport: { width: 1440, height: 900 } });
  const { page } = opened;
  const { found } = playSeeds(1, 500, { sabotages: ['half-is-majority'] });
  const link = found && (await linkOf(found.run));
  if (link === undefined) throw new Error('There is no link.');
  await page.evaluate((hash) => {
    location.hash = hash;
  }, link);
  await expect.poll(async () => (await presentRun(page)).seed).toBe(found?.seed);
  expect(new URL(page.url()).hash).toBe('');
  await page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    link.slice(0, -30),
  );
  await page.getByText('The link holds no run: it is cut off, or was changed on its way.').waitFor();
});
