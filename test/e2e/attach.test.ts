import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startedCluster, type RunningCommand } from '../adapter/commands/whitewater.ts';
import type { ClusterStatus } from '../../src/cluster/cluster-control.ts';
import { eventually } from '../support/eventually.ts';
import { openPage } from './browser.ts';
import { openPlayground, seenOn } from './playground.ts';

let command: RunningCommand;
let urls: readonly string[];

beforeAll(async () => {
  ({ command, urls } = await startedCluster(3, ['--faults']));
});
afterAll(() => command.end());

const stands = ({ leader, nodes }: ClusterStatus): boolean =>
  leader !== undefined && nodes.every((node) => node.leader === leader);

/** Run in a page: true once it has fetched all that it may need later. */
async function haveAllParts(): Promise<true | undefined> {
  const list = await fetch('parts.json');
  const parts = (await list.json()) as readonly string[];
  const there = new Set(performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname.slice(1)));
  return parts.length > 0 && parts.every((part) => there.has(part)) ? true : undefined;
}

describe('A cluster of processes, with a browser attached', () => {
  it('is served and shown by each of its nodes; its leader, killed from the page, is seen replaced and comes back', async () => {
    const { page, consoleErrors, pageErrors } = await openPage({ path: `${urls[1]}/` });
    await page.getByText('A real cluster, at 127.0.0.1').waitFor();
    const { leader: first = '', clock } = await seenOn(page, 'all follow one', stands);
    expect(clock.real?.nodes.map(({ isConnected }) => isConnected)).toEqual([true, true, true]);
    expect(page.workers()).toEqual([]);
    const line = page.getByRole('combobox', { name: /^Command line/ });
    await line.fill('x=5');
    await line.press('Escape');
    await line.press('Enter');
    // Who serves the page may be the one that is killed, and is to have served it whole.
    await eventually('it has fetched all its parts', () => page.evaluate(haveAllParts));
    await seenOn(page, 'all hold x', ({ nodes }) => nodes.every(({ store }) => store['x'] === '5'));
    const box = await page.locator(`.stage [data-node=${first}] circle`).first().boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2);
    await page.getByRole('menuitem', { name: 'Kill' }).click();
    await seenOn(page, 'it is down', ({ nodes }) => nodes.some(({ id, status: is }) => id === first && is === 'down'));
    const elected = await seenOn(page, 'another leads', ({ leader }) => leader !== undefined && leader !== first);
    expect(elected.term).toBeGreaterThan(1);
    expect(await page.evaluate(() => whitewater.set('x', '6'))).toMatchObject({ type: 'committed' });
    await page.evaluate((id) => whitewater.revive(id), first);
    await seenOn(page, 'it is back', ({ nodes }) =>
      nodes.every(({ status: is, store }) => is === 'up' && store['x'] === '6'),
    );
    await page.evaluate(() => whitewater.split([['n1'], ['n2', 'n3']]));
    await seenOn(page, 'it is split', ({ cuts }) => cuts.length === 4);
    await page.evaluate(() => whitewater.undo());
    await seenOn(page, 'it is whole', ({ cuts }) => cuts.length === 0);
    expect(pageErrors).toEqual([]);
    // A connection that is refused while a process is gone is the browser's to tell of.
    expect(consoleErrors.filter((text) => !text.includes('WebSocket connection to'))).toEqual([]);
  });

  it('is attached to from a playground elsewhere, whose own cluster stands still meanwhile and then goes on', async () => {
    const { page, consoleErrors, pageErrors } = await openPlayground();
    await page.waitForFunction(() => whitewater.status().then(({ leader }) => leader !== undefined));
    const workers = page.workers().length;
    await page.evaluate(() => whitewater.set('mine', '1'));
    await page.getByRole('button', { name: 'Save and open' }).click();
    await page.getByRole('menuitem', { name: /^Attach to a real cluster/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Attach to a real cluster' });
    await dialog.getByLabel('Address of any node').fill('127.0.0.1:1');
    await dialog.getByRole('button', { name: 'Attach' }).click();
    await dialog.getByText('No node of a cluster can be reached at ws://127.0.0.1:1').waitFor();
    await dialog.getByLabel('Address of any node').fill(urls[0] ?? '');
    await dialog.getByRole('button', { name: 'Attach' }).click();
    await page.getByText('A real cluster, at 127.0.0.1').waitFor();
    const now = await seenOn(page, 'all follow one', stands);
    expect(now.nodes).toHaveLength(3);
    expect(page.workers()).toHaveLength(workers);
    expect(await page.getByRole('button', { name: 'Network…' }).getAttribute('aria-disabled')).toBe('false');
    await page.getByRole('button', { name: 'Disks…' }).press('Enter');
    await page.getByText('Real machines are as they are: their disks, their clocks, their pace.').waitFor();
    const line = page.getByRole('combobox', { name: /^Command line/ });
    await line.fill('pause');
    await line.press('Escape');
    await line.press('Enter');
    await page.getByText('The picture stands still; the cluster goes on.').waitFor();
    await page.getByRole('button', { name: 'Detach' }).click();
    const own = await seenOn(
      page,
      'its own is back',
      ({ clock, nodes }) => clock.real === undefined && nodes.length === 5 && clock.playing,
    );
    expect(own.nodes.some(({ store }) => store['mine'] === '1')).toBe(true);
    expect(page.workers()).toHaveLength(workers);
    expect(pageErrors).toEqual([]);
    expect(consoleErrors.filter((text) => !text.includes('WebSocket connection to'))).toEqual([]);
  });

  it('shows all that it has, and lets go, when the node is gone that served the page', async () => {
    const { page, pageErrors } = await openPage({ path: `${urls[0]}/`, viewport: { width: 390, height: 844 } });
    await page.getByRole('region', { name: 'The real cluster' }).waitFor();
    await seenOn(page, 'all follow one', stands);
    await eventually('it has fetched all its parts', () => page.evaluate(haveAllParts));
    await page.evaluate(() => whitewater.kill('n1'));
    await seenOn(page, 'it is down', ({ nodes }) => nodes.some(({ id, status: is }) => id === 'n1' && is === 'down'));
    for (const tab of ['State', 'Logs', 'Timeline', 'Checks']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.locator(`.panel.${tab.toLowerCase()}`).waitFor();
    }
    for (const [item, dialog] of Object.entries({
      'Hunt for a mistake…': 'Hunt for a mistake',
      'Attach to a real cluster…': 'Attach to a real cluster',
    })) {
      await page.getByRole('button', { name: 'Menu' }).click();
      await page.getByRole('menuitem', { name: item }).click();
      await page.getByRole('dialog', { name: dialog }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name: dialog }).waitFor({ state: 'hidden' });
    }
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: 'New cluster…' }).click();
    await page.getByText('A real cluster is not thrown away from here').waitFor();
    await seenOn(page, 'another leads', ({ leader }) => leader !== undefined && leader !== 'n1');
    await page.getByRole('button', { name: 'Join as a learner' }).click();
    await seenOn(page, 'it is a member', ({ clock: { real } }) => real?.member !== undefined);
    await page.getByRole('button', { name: 'Leave the cluster' }).click();
    await page.getByRole('button', { name: 'Join as a learner' }).waitFor();
    await page.evaluate(() => whitewater.revive('n1'));
    await page.getByRole('button', { name: 'Detach' }).click();
    await seenOn(page, 'its own has a leader', ({ clock, leader }) => clock.real === undefined && leader !== undefined);
    expect(await page.locator('.load-failure').count()).toBe(0);
    expect(pageErrors).toEqual([]);
  });
});
