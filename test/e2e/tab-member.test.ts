import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterStatus } from '../../src/cluster/cluster-control.ts';
import { startedCluster, type RunningCommand } from '../adapter/commands/whitewater.ts';
import { openPage } from './browser.ts';
import { seenOn, status } from './playground.ts';

let command: RunningCommand;
let urls: readonly string[];

beforeAll(async () => {
  ({ command, urls } = await startedCluster(3));
});
afterAll(() => command.end());

async function attached(node: number): Promise<Page> {
  const { page } = await openPage({ path: `${urls[node]}/` });
  await page.getByRole('region', { name: 'The real cluster' }).waitFor();
  await seenOn(page, 'all follow one', ({ leader }) => leader !== undefined);
  return page;
}

/** Joins with this tab, and gives the name that its node has. */
async function join(page: Page, as: 'learner' | 'voter'): Promise<string> {
  await page.getByRole('button', { name: `Join as a ${as}` }).click();
  const { clock } = await seenOn(page, 'it is a member', ({ clock: { real }, nodes }) =>
    nodes.some(({ id, membership }) => id === real?.member && membership === as),
  );
  return clock.real?.member ?? '';
}

const holds =
  (node: string, key: string, value: string) =>
  ({ nodes }: ClusterStatus): boolean =>
    nodes.some(({ id, store }) => id === node && store[key] === value);

describe('Browser tabs in a cluster of processes', () => {
  it('learn and vote, outlive being loaded anew, and leave', async () => {
    const [first, second] = await Promise.all([attached(0), attached(1)]);
    await first.evaluate(() => whitewater.set('x', '1'));
    const learner = await join(first, 'learner');
    await seenOn(first, 'the learner holds what was there', holds(learner, 'x', '1'));
    const voter = await join(second, 'voter');
    await seenOn(
      first,
      'both tabs are members',
      ({ configuration }) => configuration.voters.includes(voter) && configuration.learners.includes(learner),
    );
    // Two of three processes are no majority of the four that vote: without the tab nothing would be committed.
    const { leader = '' } = await status(first);
    const other = ['n1', 'n2', 'n3'].find((node) => node !== leader) ?? '';
    await first.evaluate((node) => whitewater.kill(node), other);
    expect(await first.evaluate(() => whitewater.set('x', '2'))).toMatchObject({ type: 'committed' });
    await seenOn(second, 'the voter holds it', holds(voter, 'x', '2'));
    await seenOn(first, 'the other page sees that', holds(voter, 'x', '2'));
    const before = await second.evaluate(() => whitewater.events().then((events) => events.length));
    expect(before).toBeGreaterThan(0);
    await first.evaluate((node) => whitewater.revive(node), other);
    await seenOn(first, 'it is back', ({ nodes }) => nodes.every(({ status: is }) => is === 'up'));
    await second.reload();
    await second.getByRole('region', { name: 'The real cluster' }).waitFor();
    await seenOn(second, 'it is the same node again', ({ clock: { real } }) => real?.member === voter);
    await first.evaluate(() => whitewater.set('x', '3'));
    await seenOn(second, 'and catches up', holds(voter, 'x', '3'));
    for (const page of [first, second]) {
      await page.getByRole('button', { name: 'Leave the cluster' }).click();
      await page.getByRole('button', { name: 'Join as a learner' }).waitFor();
    }
    const { configuration } = await seenOn(
      first,
      'both are gone',
      ({ configuration: { voters, learners } }) => voters.length === 3 && learners.length === 0,
    );
    expect(configuration.voters).toEqual(['n1', 'n2', 'n3']);
    for (const page of [first, second]) {
      await seenOn(page, 'neither is shown any more', ({ nodes }) => nodes.map(({ id }) => id).join() === 'n1,n2,n3');
    }
    expect(await first.evaluate(() => whitewater.set('x', '4'))).toMatchObject({ type: 'committed' });
    const databases = await second.evaluate(() =>
      indexedDB.databases().then((all) => all.map(({ name }) => name ?? '')),
    );
    expect(databases.filter((name) => name.startsWith('whitewater-member/'))).toEqual([]);
  });
});
