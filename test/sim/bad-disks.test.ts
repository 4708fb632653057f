import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { PlayedWorkers } from '../support/played-workers.ts';
import type { Breach } from '../../src/check/invariants/breach.ts';
import type { Action, DiskDamage } from '../../src/timeline/action.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { LyingCache } from '../../src/host/lying-cache.ts';
import type { StorageWrite } from '../../src/host/ports.ts';
import { InvariantWatch } from '../../src/check/invariants/invariant-watch.ts';
import { MAX_UNSYNCED } from '../../src/timeline/run-schema.ts';
import { defaultRunConfig, type RunConfig } from '../../src/timeline/run-config.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { openPage } from '../support/simulated-page.ts';
import { anyRun, withLies } from '../support/random-run.ts';

describe('A disk that fails a write', () => {
  it('stops its node at that moment, before all else, and once only', async () => {
    const cluster = createSimulatedCluster({ seed: 5 });
    await cluster.advanceTo(800);
    const { leader = 'n1' } = await cluster.status();
    await cluster.setWrites('fail-next', [leader]);
    const writing = cluster.set('x', '5').catch(() => undefined);
    await cluster.advanceTo(2_000);
    const { actions, untilUs } = await cluster.run();
    const crash = actions.find(({ action }) => action.type === 'crash');
    expect(crash?.action).toEqual({
      type: 'crash',
      node: leader,
      reason: `${leader}'s disk could not write: that write is lost, and is not tried again.`,
    });
    const events = await cluster.events();
    const atThatMoment = events.filter(({ atUs }) => atUs === crash?.atUs);
    expect(atThatMoment[0]?.event.type).toBe('action');
    expect(atThatMoment.filter(({ actor }) => actor === leader)).toEqual([]);
    await cluster.revive(leader);
    await cluster.advanceTo(untilUs / 1_000 + 2_000);
    expect((await cluster.status()).nodes.every(({ status }) => status === 'up')).toBe(true);
    await writing;
  });

  it('that is full stops its node again and again, until there is room', async () => {
    const cluster = createSimulatedCluster({ seed: 5 });
    await cluster.advanceTo(800);
    const { leader = 'n1', nodes } = await cluster.status();
    const follower = nodes.find(({ id }) => id !== leader)?.id ?? 'n2';
    await cluster.setWrites('full', [follower]);
    const statusOf = async (): Promise<string | undefined> =>
      (await cluster.status()).nodes.find(({ id }) => id === follower)?.status;
    void cluster.set('x', '5');
    await cluster.advanceTo(1_200);
    expect(await statusOf()).toBe('down');
    await cluster.revive(follower);
    await cluster.advanceTo(1_600);
    expect(await statusOf()).toBe('down');
    await cluster.setWrites('kept', [follower]);
    await cluster.revive(follower);
    await cluster.advanceTo(2_400);
    expect(await statusOf()).toBe('up');
  });

  it('gives the same run and timeline in workers, in the simulator, and when the run is played again', async () => {
    const workers = await PlayedWorkers.start({ seed: 5 });
    await workers.advance(800);
    await workers.act({ type: 'set-disk', nodes: ['n1', 'n3'], writes: 'fail-next' });
    const operation = { type: 'set', key: 'x', value: '5' } as const;
    await workers.act({ type: 'request', client: 'c1', requestId: 'r1', operation });
    await workers.advance(2_000);
    const run = workers.run();
    expect(workers.crashes.map(({ node }) => node).sort()).toEqual(['n1', 'n3']);
    expect(playRun(run)).toEqual(workers.events);
    const asked = { ...run, actions: run.actions.filter(({ action }) => action.type !== 'crash') };
    expect(playRun(asked)).toEqual(workers.events);
  });

  it('does so among all other faults, in random runs', { timeout: 60_000 }, async () => {
    let crashes = 0;
    const runs = fc.sample(fc.oneof(anyRun(24), anyRun(24).map(withLies)), { numRuns: 12, seed: 20_261_126 });
    for (const run of runs) {
      const workers = await PlayedWorkers.start({ seed: run.seed, config: run.config });
      await workers.play(run);
      expect(workers.events).toEqual(playRun(run));
      crashes += workers.crashes.length;
    }
    expect(crashes).toBeGreaterThan(0);
  });
});

describe('A damaged disk', () => {
  /** What comes of a follower that dies, whose disk is damaged so, and that is to start again: in workers and in the simulator. */
  async function comesBack(
    damage: DiskDamage,
    config: Partial<RunConfig> = {},
  ): Promise<{ reason: string | undefined; node: string; events: TimelineEvent[] }> {
    const workers = await PlayedWorkers.start({ seed: 5, config });
    await workers.advance(900);
    for (const [place, value] of ['1', '2', '3'].entries()) {
      const operation = { type: 'set', key: 'x', value } as const;
      await workers.act({ type: 'request', client: 'c1', requestId: `r${place}`, operation });
    }
    await workers.advance(1_400);
    const node = 'n1';
    await workers.act({ type: 'kill', node });
    await workers.act({ type: 'damage-disk', node, damage });
    const from = workers.events.length;
    await workers.act({ type: 'revive', node });
    await workers.advance(2_000);
    expect(workers.playedAgain()).toEqual(workers.events);
    const asked = workers
      .run()
      .actions.map((timed) =>
        timed.action.type === 'crash' ? { ...timed, action: { type: 'revive', node } as const } : timed,
      );
    expect(playRun({ ...workers.run(), actions: asked })).toEqual(workers.events);
    return { reason: workers.crashes[0]?.reason, node, events: workers.events.slice(from) };
  }

  const stays =
    'n1 stays down, as it must not vote on what it may have forgotten: replace it by a new node, or start a new cluster.';
  const bit = (record: 'entry' | 'state' | 'snapshot' | 'identity', index?: number): DiskDamage => ({
    type: 'flip-byte',
    record,
    ...(index !== undefined && { index }),
  });

  it.each([
    [bit('entry', 2), `n1's disk is corrupt: log entry 2 does not match its checksum. ${stays}`],
    [bit('state'), `n1's disk is corrupt: the record of its term and vote does not match its checksum. ${stays}`],
    [bit('identity'), `n1's disk is corrupt: the record of its identity does not match its checksum. ${stays}`],
    [{ type: 'lose-entries', from: 2, to: 2 } as const, `n1's disk is corrupt: log entry 2 is missing. ${stays}`],
    [
      { type: 'lose-entries', from: 3, to: 900 } as const,
      `n1's disk is corrupt: its log ends at entry 2, but should go on to entry 4. ${stays}`,
    ],
  ])('is refused when its node is to start, in one sentence: %j', async (damage, reason) => {
    expect((await comesBack(damage)).reason).toBe(reason);
  });

  it('is refused where the snapshot is', async () => {
    const { reason } = await comesBack(bit('snapshot'), { snapshot: { everyEntries: 2, keepEntries: 0 } });
    expect(reason).toMatch(/^n1's disk is corrupt: part 1 of its snapshot up to entry \d does not match its checksum/);
  });

  it('is no such thing where half a write stands behind the end of the log: that is dropped, and the node starts', async () => {
    const { reason, node, events } = await comesBack({ type: 'torn-write' });
    expect(reason).toBeUndefined();
    const own = events.filter(({ actor }) => actor === node).map(({ event }) => event);
    expect(own[0]).toEqual({ type: 'torn-write-dropped', index: 5 });
    expect(own[1]).toMatchObject({ type: 'started', lastIndex: 4 });
  });

  it('of another node is refused, and taken again once the two are swapped back', async () => {
    const cluster = createSimulatedCluster({ seed: 5 });
    await cluster.advanceTo(900);
    await cluster.kill('n1');
    await cluster.kill('n2');
    await cluster.swapDisks('n1', 'n2');
    await expect(cluster.revive('n1')).rejects.toThrow("n1's disk belongs to n2: give each node its own.");
    expect((await cluster.status()).nodes[0]).toMatchObject({
      status: 'down',
      failure: "n1's disk belongs to n2: give each node its own.",
    });
    expect(await cluster.undo()).toMatchObject({ type: 'swap-disks' });
    await cluster.revive('n1');
    await cluster.revive('n2');
    expect((await cluster.status()).nodes.map(({ status }) => status)).toEqual(Array(5).fill('up'));
  });

  it('is refused after a reload of the page in the same words', async () => {
    const journal = new MemoryJournal();
    const before = await openPage(journal);
    await before.cluster.advanceTo(900);
    await before.cluster.kill('n1');
    await before.cluster.damageDisk('n1', bit('state'));
    const { cluster } = await openPage(journal);
    await expect(cluster.revive('n1')).rejects.toThrow(
      "n1's disk is corrupt: the record of its term and vote does not match",
    );
  });
});

describe('An older copy of a disk', () => {
  const appending = (requestId: string): Action => ({
    type: 'request',
    client: 'c1',
    requestId,
    operation: { type: 'append', key: 'x', value: requestId },
  });
  const firstBreach = (events: readonly TimelineEvent[]): Breach | undefined => {
    const watch = new InvariantWatch(defaultRunConfig);
    return events.map((event) => watch.see(event)).find((breach) => breach !== undefined);
  };
  const lastStart = (events: readonly TimelineEvent[]): unknown =>
    events.filter(({ actor, event }) => actor === 'n1' && event.type === 'started').at(-1)?.event;

  it('is what its node starts from, in workers as in the simulator, and the invariants say what it has forgotten', async () => {
    const workers = await PlayedWorkers.start({ seed: 5 });
    await workers.advance(900);
    await workers.act(appending('r1'));
    await workers.advance(1_400);
    await workers.act({ type: 'kill', node: 'n1' });
    await workers.act({ type: 'copy-disk', node: 'n1' });
    await workers.act({ type: 'revive', node: 'n1' });
    expect(lastStart(workers.events)).toMatchObject({ lastIndex: 2 });
    await workers.act(appending('r2'));
    await workers.advance(2_400);
    await workers.act({ type: 'kill', node: 'n1' });
    await workers.act({ type: 'damage-disk', node: 'n1', damage: { type: 'lose-entries', from: 1, to: 1 } });
    expect(firstBreach(workers.events)).toBeUndefined();
    await workers.act({ type: 'restore-copy', node: 'n1' });
    await workers.act({ type: 'revive', node: 'n1' });
    expect(workers.crashes).toEqual([]);
    expect(lastStart(workers.events)).toMatchObject({ lastIndex: 2 });
    expect(firstBreach(workers.events)).toMatchObject({ invariant: 'on-disk-first', nodes: ['n1'] });
    await workers.act(appending('r3'));
    await workers.advance(3_500);
    expect(workers.playedAgain()).toEqual(workers.events);
  });

  it('goes with the disk when that is swapped, and is kept as it was, damage and all', async () => {
    const cluster = createSimulatedCluster({ seed: 5 });
    await cluster.advanceTo(900);
    await cluster.kill('n1');
    await cluster.kill('n2');
    await cluster.damageDisk('n1', { type: 'flip-byte', record: 'state' });
    await cluster.copyDisk('n1');
    await cluster.swapDisks('n1', 'n2');
    await expect(cluster.restoreCopy('n1')).rejects.toThrow("There is no copy of n1's disk.");
    await cluster.restoreCopy('n2');
    await cluster.swapDisks('n1', 'n2');
    await expect(cluster.revive('n1')).rejects.toThrow('the record of its term and vote does not match its checksum');
    await cluster.revive('n2');
  });

  it('is there after a reload of the page', async () => {
    const journal = new MemoryJournal();
    const before = await openPage(journal);
    await before.cluster.advanceTo(900);
    await before.cluster.kill('n1');
    await before.cluster.copyDisk('n1');
    await before.cluster.damageDisk('n1', { type: 'flip-byte', record: 'state' });
    const { cluster } = await openPage(journal);
    await cluster.restoreCopy('n1');
    await cluster.revive('n1');
    expect((await cluster.status()).nodes[0]).toMatchObject({ status: 'up' });
  });
});

describe('A disk that lies', () => {
  it('loses the writes that it had only said to be durable, and the invariants say so', async () => {
    const cluster = createSimulatedCluster({ seed: 5 });
    await cluster.advanceTo(900);
    await cluster.setUnsynced(3, ['n1']);
    for (const value of ['1', '2', '3', '4', '5']) void cluster.append('x', value);
    await cluster.advanceTo(1_500);
    const before = (await cluster.status()).nodes[0];
    await cluster.restart('n1');
    const after = (await cluster.status()).nodes[0];
    expect(after?.lastLogIndex).toBeLessThan(before?.lastLogIndex ?? 0);
    const watch = new InvariantWatch(defaultRunConfig);
    const breaches = (await cluster.events()).map((event) => watch.see(event)).filter((breach) => breach !== undefined);
    expect(breaches).toMatchObject([{ invariant: 'on-disk-first', nodes: ['n1'] }]);
  });

  it('holds no more back than it is told to, and all is written with the next write once it is honest', () => {
    const cache = new LyingCache();
    const write = (index: number): StorageWrite => ({
      term: 1,
      votedFor: undefined,
      truncateFrom: undefined,
      entries: [{ type: 'no-op', index, term: 1 }],
      atUs: index,
    });
    expect(cache.add(write(1), 0)).toEqual(write(1));
    expect(
      Array.from({ length: MAX_UNSYNCED }, (_, count) => cache.add(write(count + 2), MAX_UNSYNCED)).filter(Boolean),
    ).toEqual([]);
    expect(cache.add(write(2_000), MAX_UNSYNCED)).toMatchObject({ entries: [{ index: 2 }], atUs: 2_000 });
    expect(cache.add(write(2_001), 0)).toMatchObject({ atUs: 2_001, entries: { length: MAX_UNSYNCED + 1 } });
    expect(cache.add(write(2_002), 0)).toEqual(write(2_002));
  });
});
