import { expect, it } from 'vitest';
import { EngineCluster } from '../../src/cluster/engine-cluster.ts';
import { noFrames } from '../../src/cluster/frame-source.ts';
import type { RecordedAction } from '../../src/cluster/run-journal.ts';
import { WorkerEngine } from '../../src/cluster/worker-engine.ts';
import { StorageError } from '../../src/host/ports.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { smallestLatencyUs } from '../../src/timeline/world.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { ThreadWorker, type Platters } from '../support/thread-worker.ts';

it('a node that the real machine fails is in the journal before time goes on', async () => {
  const platters: Platters = new Map();
  let writes = 0;
  const beforeWrite = (worker: ThreadWorker): Promise<void> | undefined => {
    if (worker.id !== 'n2') return undefined;
    writes += 1;
    return writes === 3 ? Promise.reject(new StorageError('full', "n2's disk is full.")) : undefined;
  };
  const engines: WorkerEngine[] = [];
  const written: { readonly action: RecordedAction; readonly nowUs: number | undefined }[] = [];
  const journal = new (class extends MemoryJournal {
    override write(position: number, actions: readonly RecordedAction[]): Promise<void> {
      for (const action of actions) written.push({ action, nowUs: engines[0]?.nowUs });
      return super.write(position, actions);
    }
  })();
  // Links so fast that many windows fit into the stretch that the page asks for.
  const network = { ...defaultRunConfig.network, latency: { meanMs: 2, spreadMs: 0 } };
  const cluster = EngineCluster.create({
    seed: 7,
    config: { ...defaultRunConfig, network },
    playing: false,
    frames: noFrames,
    wallMs: () => 0,
    createEngine: (seed, config) => {
      const createWorker = (id: string): Worker => ThreadWorker.as(new ThreadWorker(id, platters, { beforeWrite }));
      const engine = new WorkerEngine({ seed, config, cluster: 'one', createWorker });
      engines.push(engine);
      return engine;
    },
    nameCluster: () => 'one',
    journal,
  });
  await cluster.advanceTo(400);
  void cluster.set('x', '1').catch(() => undefined);
  await cluster.advanceTo(600);
  expect(written.map(({ action }) => action.action.type)).toEqual(['request', 'crash']);
  const [, crash] = written;
  const engine = engines[0];
  const lookaheadUs = engine === undefined ? 0 : smallestLatencyUs(engine.world);
  expect((crash?.nowUs ?? Infinity) - (crash?.action.atUs ?? 0)).toBeLessThanOrEqual(lookaheadUs);
  expect(engine?.nowUs).toBe(600_000);
  await cluster.dispose();
});
