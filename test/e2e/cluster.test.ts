import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NodeId } from '../../src/raft/entry.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { isNoise } from '../../src/timeline/noise.ts';
import { openPlayground, playUntil, presentEvents, presentRun, status, stopClock } from './playground.ts';

const others = (leader: NodeId): NodeId[] => ['n1', 'n2', 'n3', 'n4', 'n5'].filter((node) => node !== leader);

describe('Five real nodes in the browser', () => {
  let page: Page;
  let leader: NodeId;
  beforeAll(async () => {
    ({ page } = await openPlayground());
    await stopClock(page);
  });
  beforeEach(async () => {
    await page.evaluate(() => whitewater.reset({ nodes: 5, seed: 11 }));
    await stopClock(page);
    const now = await playUntil(page, ({ leader: standing }) => standing !== undefined, 'a leader stands');
    leader = now.leader ?? '';
  });

  /** Asks for a write and plays on until its fate is known. */
  async function write(key: string, value: string, limitMs = 6_000) {
    const fate = page.evaluate(([asked, wanted]) => whitewater.set(asked, wanted), [key, value] as const);
    let ended = false;
    void fate.then(() => {
      ended = true;
    });
    await playUntil(page, () => ended, `${key}=${value} comes to its end`, limitMs);
    return fate;
  }

  it('elect one leader, and the others follow it in its term', async () => {
    const now = await playUntil(page, ({ nodes }) => nodes.every((node) => node.leader === leader), 'all follow');
    expect(now.nodes.filter((node) => node.role === 'leader').map(({ id }) => id)).toEqual([leader]);
    expect(new Set(now.nodes.map(({ term }) => term)).size).toBe(1);
  });

  it('commit a write and apply it everywhere', async () => {
    expect(await write('x', '5')).toMatchObject({ type: 'committed', result: { type: 'ok', value: '5' } });
    await playUntil(page, ({ nodes }) => nodes.every((node) => node.store['x'] === '5'), 'all hold x=5');
  });

  it('elect another leader when theirs is killed, keep what was committed, and take the old one back as a follower', async () => {
    await write('x', '5');
    await page.evaluate((node) => whitewater.kill(node), leader);
    const after = await playUntil(page, (now) => now.leader !== undefined && now.leader !== leader, 'another leads');
    expect(after.nodes.find(({ id }) => id === leader)).toMatchObject({ status: 'down' });
    expect(await write('y', '6')).toMatchObject({ type: 'committed' });
    await page.evaluate((node) => whitewater.revive(node), leader);
    const back = await playUntil(
      page,
      ({ nodes }) => nodes.every((node) => node.store['x'] === '5' && node.store['y'] === '6'),
      'all hold x and y',
    );
    expect(back.nodes.find(({ id }) => id === leader)).toMatchObject({ status: 'up', role: 'follower' });
  });

  it('refuse to commit in a minority, go on in the majority, and overwrite what the minority had taken when healed', async () => {
    await write('x', 'before');
    const [companion = '', ...majority] = others(leader);
    await page.evaluate((groups) => whitewater.split(groups), [[leader, companion], majority]);
    // The client turns to the old leader first: it takes the write and cannot commit it.
    const before = (await status(page)).nodes.find(({ id }) => id === leader);
    const lost = page.evaluate(() => whitewater.set('x', 'minority'));
    const cut = await playUntil(
      page,
      ({ nodes }) => nodes.some(({ id, lastLogIndex }) => id === leader && lastLogIndex > (before?.lastLogIndex ?? 0)),
      'the old leader takes the write',
    );
    expect(cut.nodes.find(({ id }) => id === leader)).toMatchObject({
      role: 'leader',
      commitIndex: before?.commitIndex,
    });
    const split = await playUntil(
      page,
      (now) => now.leader !== undefined && now.leader !== leader,
      'the majority elects',
    );
    expect(majority).toContain(split.leader);
    const old = split.nodes.find(({ id }) => id === leader);
    expect(old?.commitIndex).toBeLessThan(old?.lastLogIndex ?? 0);
    await page.evaluate(() => whitewater.heal());
    await playUntil(page, ({ nodes }) => nodes.every((node) => node.store['x'] === 'minority'), 'all agree again');
    // The retry reached the new leader; the entry of the old term was removed, which the timeline and the view both show.
    expect(await lost).toMatchObject({ type: 'committed' });
    const truncated = (await presentEvents(page)).filter(({ event }) => event.type === 'entries-truncated');
    expect(truncated.map(({ actor }) => actor)).toContain(leader);
  });

  it('never lose a committed write, whoever of a minority is killed', async () => {
    await write('x', '5');
    const [first = '', second = ''] = others(leader);
    await page.evaluate((node) => whitewater.kill(node), first);
    await page.evaluate((node) => whitewater.kill(node), second);
    expect(await write('y', '6')).toMatchObject({ type: 'committed' });
    await page.evaluate((node) => whitewater.kill(node), leader);
    const fate = await write('z', '7');
    expect(fate.type).not.toBe('committed');
    for (const node of [first, second]) await page.evaluate((id) => whitewater.revive(id), node);
    await playUntil(
      page,
      ({ nodes }) => nodes.filter((node) => node.store['x'] === '5' && node.store['y'] === '6').length >= 3,
      'three hold what was committed',
    );
  });

  it('tell apart committed, failed and unknown', async () => {
    for (const node of others(leader).slice(0, 3)) await page.evaluate((id) => whitewater.kill(id), node);
    // The leader takes it and cannot commit it: it may still happen.
    expect(await write('x', '1')).toMatchObject({ type: 'unknown' });
    await page.evaluate(() => whitewater.reset({ nodes: 3, seed: 5 }));
    await page.evaluate(() => whitewater.split([['n1'], ['n2'], ['n3']]));
    // Nobody ever leads, and everyone says so: it never will.
    expect(await write('x', '2')).toMatchObject({ type: 'failed' });
  });

  it('undo what was done by healing it, and a forced timeout by going back to the moment before', async () => {
    const [follower = ''] = others(leader);
    await page.evaluate((node) => whitewater.kill(node), follower);
    await page.evaluate(() => whitewater.undo());
    expect((await status(page)).nodes.every((node) => node.status === 'up')).toBe(true);
    await page.evaluate((node) => whitewater.isolate(node), follower);
    await page.evaluate(() => whitewater.undo());
    expect((await status(page)).cuts).toEqual([]);
    const before = await status(page);
    await page.evaluate((node) => whitewater.timeOutNow(node), follower);
    await playUntil(page, ({ term }) => term > before.term, 'a new term begins');
    expect(await page.evaluate(() => whitewater.undo())).toEqual({ type: 'time-out-now', node: follower });
    const after = await status(page);
    expect(after.clock.nowUs).toBe(before.clock.nowUs);
    expect(after.nodes).toEqual(before.nodes);
  });

  it('stand still while paused, and go one thing at a time when stepped', async () => {
    const before = await status(page);
    const events = await page.evaluate(() => whitewater.step());
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ atUs }) => atUs)).size).toBe(1);
    const after = await status(page);
    expect(after.clock.nowUs).toBe((events[0]?.atUs ?? 0) + 1);
    expect(after.clock.nowUs).toBeGreaterThan(before.clock.nowUs);
    expect(after.clock.playing).toBe(false);
    // One event at a time, each of them shown before the next, also within one moment.
    let length = (await presentEvents(page)).length;
    for (let steps = 0; steps < 12; steps += 1) {
      const next = await page.evaluate(() => whitewater.step());
      expect(next.filter(({ event }) => !isNoise(event, undefined)).length).toBeLessThanOrEqual(1);
      length += next.length;
      expect(await presentEvents(page)).toHaveLength(length);
    }
    await page.evaluate((now) => whitewater.advanceTo(now), 0);
    expect(playRun(await presentRun(page))).toHaveLength((await presentEvents(page)).length);
  });

  it('work as one, as three and as nine', async () => {
    for (const nodes of [1, 3, 9]) {
      await page.evaluate((count) => whitewater.reset({ nodes: count, seed: 2 }), nodes);
      await playUntil(page, (now) => now.leader !== undefined, `${nodes} elect`);
      expect(await write('x', String(nodes))).toMatchObject({ type: 'committed' });
      await playUntil(page, (now) => now.nodes.every((node) => node.store['x'] === String(nodes)), `${nodes} hold x`);
    }
  });
});
