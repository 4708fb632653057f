import { describe, expect, it } from 'vitest';
import type { ClusterControl } from '../../src/cluster/cluster-control.ts';
import { EngineCluster } from '../../src/cluster/engine-cluster.ts';
import { noFrames } from '../../src/cluster/frame-source.ts';
import { MAX_IDLE_US, MAX_REVIVED_US, reviveCluster } from '../../src/cluster/revive.ts';
import type { RecordedAction } from '../../src/cluster/run-journal.ts';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import { SimulatedEngine } from '../../src/cluster/simulated-engine.ts';
import { Simulator } from '../../src/sim/simulator.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { Run } from '../../src/timeline/run.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { openPage } from '../support/simulated-page.ts';

/** A run of three actions, a tenth of a virtual second apart, that goes on for a while after them. */
async function recorded(): Promise<Run> {
  const cluster = createSimulatedCluster({ seed: 9 });
  await cluster.advanceTo(100);
  await cluster.kill('n1');
  await cluster.advanceTo(200);
  await cluster.cut([{ from: 'n2', to: 'n3' }]);
  await cluster.advanceTo(300);
  await cluster.revive('n1');
  await cluster.advanceTo(500);
  return cluster.run();
}

async function deeds(cluster: ClusterControl): Promise<readonly (readonly [number, string])[]> {
  return (await cluster.run()).actions.map(({ atUs, action }) => [atUs / 1_000, action.type] as const);
}

describe('A page that is reloaded while a loaded run is being replayed', () => {
  it('does the actions to come at their moments, and stops replaying at its end', async () => {
    const journal = new MemoryJournal();
    const before = await openPage(journal);
    await before.cluster.load(await recorded());
    await before.cluster.advanceTo(200);
    const { cluster } = await openPage(journal);
    expect((await cluster.status()).clock.replay).toEqual({ untilUs: 500_000, actionsLeft: 1 });
    await cluster.advanceTo(499);
    expect((await cluster.status()).clock.replay).toEqual({ untilUs: 500_000, actionsLeft: 0 });
    await cluster.advanceTo(500);
    expect((await cluster.status()).clock.replay).toBeUndefined();
    expect(await deeds(cluster)).toEqual([
      [100, 'kill'],
      [200, 'cut'],
      [200, 'power-failure'],
      [200, 'power-return'],
      [300, 'revive'],
    ]);
  });

  it('also before its first action, and again and again', async () => {
    const journal = new MemoryJournal();
    await (await openPage(journal)).cluster.load(await recorded());
    for (let reloads = 0; reloads < 3; reloads += 1) await openPage(journal);
    const { cluster } = await openPage(journal);
    await cluster.advanceTo(600);
    const done = (await deeds(cluster)).filter(([, type]) => !type.startsWith('power'));
    expect(done).toEqual([
      [100, 'kill'],
      [200, 'cut'],
      [300, 'revive'],
    ]);
  });

  it('does none of them where somebody had acted before', async () => {
    const journal = new MemoryJournal();
    const before = await openPage(journal);
    await before.cluster.load(await recorded());
    await before.cluster.advanceTo(150);
    await before.cluster.kill('n2');
    const { cluster } = await openPage(journal);
    expect((await cluster.status()).clock.replay).toBeUndefined();
    await cluster.advanceTo(600);
    expect((await deeds(cluster)).map(([, type]) => type)).toEqual(['kill', 'kill', 'power-failure', 'power-return']);
  });
});

describe('What was done', () => {
  /** A journal that takes its time. */
  class SlowJournal extends MemoryJournal {
    override async write(position: number, actions: readonly RecordedAction[]): Promise<void> {
      await new Promise((resolve) => setImmediate(resolve));
      await super.write(position, actions);
    }
  }

  it('is in the journal when it is said to be done, and so is what was undone', async () => {
    const journal = new SlowJournal();
    const { cluster } = await openPage(journal);
    await cluster.kill('n3');
    expect(journal.actions.map(({ action }) => action.type)).toEqual(['kill']);
    await cluster.undo();
    expect(journal.actions.map(({ action }) => action.type)).toEqual(['kill', 'revive']);
  });

  it('of requests is there before time goes on', async () => {
    const journal = new SlowJournal();
    const { cluster } = await openPage(journal);
    for (const value of ['1', '2', '3']) void cluster.set('x', value).catch(() => undefined);
    await cluster.advanceTo(1);
    expect(journal.actions).toHaveLength(3);
  });
});

describe('A saved clock', () => {
  const run: Run = {
    format: 'whitewater-run',
    version: 1,
    seed: 5,
    config: { ...defaultRunConfig, nodes: 1 },
    actions: [],
    untilUs: 0,
  };

  async function revived(untilUs: number, lastWriteUs: number, actions: Run['actions'] = []) {
    const saved = { cluster: 'one', run: { ...run, actions, untilUs }, marks: new Map(), recording: undefined };
    const disks = new Map([['n1', lastWriteUs]]);
    return reviveCluster(
      saved,
      disks,
      () => new SimulatedEngine(new Simulator({ seed: run.seed, config: run.config })),
      () => undefined,
    );
  }

  it('is believed as far as it may be ahead of all else that is known', { timeout: 20_000 }, async () => {
    const revival = await revived(MAX_IDLE_US, 0);
    expect(revival.remark).toBeUndefined();
    expect(revival.actions.at(-1)?.atUs).toBe(MAX_IDLE_US);
  });

  it('is left aside with a sentence beyond that', async () => {
    for (const absurd of [MAX_IDLE_US + 400_001, Number.MAX_SAFE_INTEGER]) {
      const { remark, actions } = await revived(absurd, 400_000);
      expect(remark).toMatch(/^The saved clock stood \d+ virtual hours after .*\.$/);
      expect(actions.at(-1)?.atUs).toBe(400_001);
    }
  });

  it('and a run that is older than a page plays again is refused with a sentence', async () => {
    const atUs = MAX_REVIVED_US + 1;
    const late = [{ atUs, action: { type: 'kill', node: 'n1' } as const }];
    await expect(revived(atUs, 0, late)).rejects.toThrow(
      'it is 48 virtual hours old, and at most 48 are played again.',
    );
  });
});

describe('A new cluster that is asked for', () => {
  it('is not kept waiting for an old one that takes long to bring back', async () => {
    const journal = new MemoryJournal();
    await (await openPage(journal)).cluster.kill('n1');
    const notices: string[] = [];
    const cluster = EngineCluster.create({
      seed: 1,
      config: defaultRunConfig,
      playing: false,
      frames: noFrames,
      wallMs: () => 0,
      createEngine: (seed, config) => new SimulatedEngine(new Simulator({ seed, config })),
      nameCluster: () => 'two',
      journal,
      revive: async (_saved, say) => {
        for (let rounds = 0; rounds < 10_000; rounds += 1) {
          say(rounds / 10_000);
          await new Promise((resolve) => setImmediate(resolve));
        }
        throw new Error('Nobody gave it up.');
      },
    });
    cluster.subscribe((update) => {
      if (update.type === 'notice') notices.push(update.message);
    });
    await cluster.reset({ nodes: 3, seed: 8 });
    const { nodes, seed } = await cluster.status();
    expect([nodes.length, seed]).toEqual([3, 8]);
    expect(notices).toEqual([]);
  });
});
