import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunBeginning } from '../../src/cluster/run-journal.ts';
import { reviveCluster } from '../../src/cluster/revive.ts';
import { WorkerEngine } from '../../src/cluster/worker-engine.ts';
import { StorageError } from '../../src/host/ports.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { checkRun } from '../../src/timeline/run-file.ts';
import { RUN_VERSION, type Run } from '../../src/timeline/run.ts';
import { openForeseeingPage } from '../support/foreseeing-page.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { anyRun, smallSize, withLies } from '../support/random-run.ts';
import { ThreadWorker } from '../support/thread-worker.ts';

/** How many random runs are played. */
const RUNS = 40;

/** Three nodes, one of which dies, comes back, and is asked things meanwhile. */
const recorded: Run = {
  format: 'whitewater-run',
  version: RUN_VERSION,
  seed: 5,
  config: { ...defaultRunConfig, nodes: 3 },
  actions: [
    {
      atUs: 900_000,
      action: { type: 'request', client: 'c1', requestId: 'r1', operation: { type: 'set', key: 'x', value: '5' } },
    },
    { atUs: 1_200_000, action: { type: 'kill', node: 'n3' } },
    {
      atUs: 1_300_000,
      action: { type: 'request', client: 'c1', requestId: 'r2', operation: { type: 'set', key: 'y', value: '6' } },
    },
  ],
  untilUs: 2_000_000,
};

describe('A run that is played far ahead', () => {
  it(
    `goes on as if its nodes had played it, whenever they take over, in ${RUNS} random runs`,
    { timeout: 60_000 },
    async () => {
      const seed = 20_261_130;
      const small = anyRun(16, smallSize);
      // Of what a lying disk changes, a machine's start may fall away.
      const anyOne = fc.oneof(small, small.map(withLies)).filter((run) => !('error' in checkRun(run)));
      const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 2 });
      for (const [place, [run, ahead]] of fc.sample(fc.tuple(anyOne, shares), { numRuns: RUNS, seed }).entries()) {
        const { cluster, foreruns } = openForeseeingPage();
        await cluster.load(run);
        const moments = ahead
          .map((share) => Math.round((share * run.untilUs) / 1_000))
          .sort((one, other) => one - other);
        for (const atMs of moments) {
          await cluster.advanceTo(atMs);
          // The nodes themselves, in single steps.
          for (let steps = 0; steps < 20; steps += 1) await cluster.step();
        }
        // Also where the steps have led beyond the end: what is left of their moment is shown.
        do await cluster.advanceTo(run.untilUs / 1_000);
        while ((await cluster.status()).clock.nowUs < run.untilUs);
        const what = `run ${place} of seed ${seed}, ahead to ${moments.join(', ')} ms`;
        expect(foreruns(), what).toBeGreaterThan(moments.length);
        expect(await cluster.events(), what).toEqual(playRun(await cluster.run()));
        await cluster.dispose();
      }
    },
  );

  it('is in the journal only when all its databases are whole, and comes back from them', async () => {
    const beginnings: { readonly cluster: string; readonly lastWrites: readonly (number | undefined)[] }[] = [];
    class Watching extends MemoryJournal {
      override begin(beginning: RunBeginning): Promise<void> {
        const { cluster } = beginning;
        const lastWrites = ['n1', 'n2', 'n3'].map((node) => platters.get(`whitewater/${cluster}/${node}`)?.lastWriteUs);
        beginnings.push({ cluster, lastWrites });
        return super.begin(beginning);
      }
    }
    const journal = new Watching();
    const { cluster, platters } = openForeseeingPage({ journal });
    await cluster.load(recorded);
    const before = beginnings.length;
    await cluster.advanceTo(1_600);
    const { saved } = await journal.load();
    expect(beginnings).toHaveLength(before + 1);
    const landed = beginnings.at(-1);
    expect(saved?.cluster).toBe(landed?.cluster);
    expect(saved?.run.actions).toEqual(recorded.actions);
    // n3 was dead when y was written.
    expect(landed?.lastWrites.map((atUs) => atUs !== undefined && atUs > 1_300_000)).toEqual([true, true, false]);
    const eventsBefore = await cluster.events();
    await cluster.dispose();

    if (saved === undefined) throw new Error('Nothing is saved.');
    const lastWrites = new Map(['n1', 'n2', 'n3'].map((node, place) => [node, landed?.lastWrites[place] ?? -1]));
    const { seed, config } = recorded;
    const revival = await reviveCluster(
      { ...saved, run: { ...saved.run, untilUs: 1_600_000 } },
      lastWrites,
      (resume) => {
        const createWorker = (id: string): Worker => ThreadWorker.as(new ThreadWorker(id, platters));
        return new WorkerEngine({ seed, config, cluster: saved.cluster, createWorker, resume });
      },
      () => undefined,
    );
    expect(revival.timeline.slice(0, eventsBefore.length)).toEqual(eventsBefore);
    expect(revival.returning).toEqual({ type: 'power-return', nodes: ['n1', 'n2'] });
    if (revival.returning === undefined) return;
    const { events } = await revival.engine.act(revival.returning);
    expect(revival.verify(events)).toBeUndefined();
    await revival.engine.dispose();
  });

  it('leaves the journal as it is until then, however far it has come', async () => {
    const journal = new MemoryJournal();
    const { cluster } = openForeseeingPage({ journal });
    await cluster.load(recorded);
    const { saved: first } = await journal.load();
    let seen = 0;
    const looked = new Promise<void>((resolve) => {
      cluster.subscribe((update) => {
        if (update.type !== 'events' || update.clock.nowUs < 1_000_000 || seen > 0) return;
        seen += 1;
        expect(journal.actions).toEqual([]);
        void journal.load().then(({ saved }) => {
          expect(saved?.cluster).toBe(first?.cluster);
          resolve();
        });
      });
    });
    await cluster.advanceTo(2_000);
    await looked;
    expect(journal.actions).toHaveLength(recorded.actions.length);
    await cluster.dispose();
  });

  it('stops where it is told to, and its nodes go on from there', async () => {
    const { cluster } = openForeseeingPage();
    await cluster.reset({ nodes: 3, seed: 5 });
    const far = 600_000;
    const stopped = new Promise<void>((resolve) => {
      cluster.subscribe((update) => {
        if (update.type === 'events' && update.clock.nowUs > 2_000_000) void cluster.pause().then(resolve);
      });
    });
    await cluster.advanceTo(far);
    await stopped;
    const { clock } = await cluster.status();
    expect(clock.nowUs).toBeLessThan(far * 1_000);
    await cluster.kill('n1');
    for (let steps = 0; steps < 40; steps += 1) await cluster.step();
    await cluster.advanceTo((await cluster.status()).clock.nowUs / 1_000);
    expect(await cluster.events()).toEqual(playRun(await cluster.run()).slice(-(await cluster.events()).length));
    await cluster.dispose();
  });

  it('has a node crash where it lands if its database cannot be written, and plays again the same', async () => {
    const { cluster, notices } = openForeseeingPage({
      troubles: {
        beforeFill: ({ id }) => {
          if (id === 'n2') throw new StorageError('full', "n2's disk is full.");
        },
      },
    });
    await cluster.load(recorded);
    await cluster.advanceTo(1_500);
    const { nodes } = await cluster.status();
    expect(nodes.map(({ status }) => status)).toEqual(['up', 'down', 'down']);
    expect(notices).toContain("n2's disk is full.");
    for (let steps = 0; steps < 20; steps += 1) await cluster.step();
    await cluster.advanceTo(1_900);
    const run = await cluster.run();
    expect(run.actions.at(-1)).toEqual({
      atUs: 1_500_000,
      action: { type: 'crash', node: 'n2', reason: "n2's disk is full." },
    });
    expect(await cluster.events()).toEqual(playRun(run));
    await cluster.dispose();
  });
});
