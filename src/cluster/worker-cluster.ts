import type { NodeId } from '../raft/entry.ts';
import { defaultRunConfig, type RunConfig } from '../timeline/run-config.ts';
import { nodeIds } from '../timeline/world.ts';
import { BrowserJournal } from './browser-journal.ts';
import type { ClusterControl } from './cluster-control.ts';
import { EngineCluster } from './engine-cluster.ts';
import { pageFrames } from './frame-source.ts';
import { databaseName, readLastWrite } from './node-database.ts';
import { pagePart } from './page-part.ts';
import { takeSlot } from './page-slot.ts';
import type { Revival } from './engine-cluster.ts';
import type { SavedRun } from './run-journal.ts';
import { WorkerEngine } from './worker-engine.ts';

/** A seed whose first election is quick and needs one candidate only, and so is the one after its leader dies. */
const DEFAULT_SEED = 77;

export interface WorkerClusterOptions {
  /** For a cluster that begins anew; one that is brought back has its own. */
  readonly seed?: number;
  readonly config?: RunConfig;
}

/**
 * The cluster of this page: a web worker and an IndexedDB database for each node. If the page has had one before, that one
 * comes back, from its databases.
 */
export function createWorkerCluster(options: WorkerClusterOptions = {}): ClusterControl {
  const cluster = EngineCluster.create({
    seed: options.seed ?? DEFAULT_SEED,
    config: options.config ?? defaultRunConfig,
    playing: true,
    frames: pageFrames,
    wallMs: () => performance.now(),
    createEngine: (seed, config, name) => new WorkerEngine({ seed, config, cluster: name, createWorker }),
    revive,
    journal: new BrowserJournal(takeSlot()),
    nameCluster: () => crypto.randomUUID(),
    forgetCluster: async (name, config) => {
      await Promise.all(nodeIds(config.nodes).map((node) => deleteDatabase(databaseName(name, node))));
    },
  });
  addEventListener('pagehide', () => cluster.saveClock());
  return cluster;
}

function createWorker(id: NodeId): Worker {
  return new Worker(new URL('../../workers/node-worker.ts', import.meta.url), { type: 'module', name: id });
}

async function revive(saved: SavedRun, say: (busy: string) => void): Promise<Revival> {
  const { cluster, run } = saved;
  const { seed, config } = run;
  const lastWrites = await readLastWrites(cluster, config);
  // It brings the simulator with it, which a page that starts anew does not need.
  const { reviveCluster } = await pagePart(import('./revive.ts'));
  return reviveCluster(
    saved,
    lastWrites,
    (resume) => new WorkerEngine({ seed, config, cluster, createWorker, resume }),
    say,
  );
}

/**
 * The moment of the last write on each node's disk. A disk that cannot be read, or holds nothing, has none; its node will
 * say why.
 */
async function readLastWrites(cluster: string, config: RunConfig): Promise<ReadonlyMap<NodeId, number>> {
  const moments = new Map<NodeId, number>();
  await Promise.all(
    nodeIds(config.nodes).map(async (node) => {
      const atUs = await readLastWrite(node, cluster, createWorker);
      if (atUs !== undefined) moments.set(node, atUs);
    }),
  );
  return moments;
}

/** Settles when the database is gone. It waits for whoever still holds it, which no one may wait for in turn. */
function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase(name);
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => reject(deleting.error ?? new Error(`${name} was not deleted.`));
  });
}
