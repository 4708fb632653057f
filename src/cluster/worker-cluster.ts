import type { NodeId } from '../raft/entry.ts';
import { defaultRunConfig, type RunConfig } from '../timeline/run-config.ts';
import { nodesOfRun } from '../timeline/run-nodes.ts';
import { BrowserJournal } from './browser-journal.ts';
import type { ClusterControl } from './cluster-control.ts';
import type { Ahead, ClusterCore } from './cluster-core.ts';
import { EngineCluster } from './engine-cluster.ts';
import { isWorthForeseeing } from './foresight.ts';
import { pageFrames } from './frame-source.ts';
import { copyName, databaseName, readLastWrite } from './node-database.ts';
import { claimCluster } from './claimed-cluster.ts';
import { deleteDatabase } from './delete-database.ts';
import { pagePart } from './page-part.ts';
import { takeSlot } from './page-slot.ts';
import type { Revival } from './revival.ts';
import type { SavedRun } from './run-journal.ts';
import { WorkerEngine } from './worker-engine.ts';

/** A seed whose first election is quick and needs one candidate only, and so is the one after its leader dies. */
const DEFAULT_SEED = 77;

/** When a page looks for databases that others left behind: not in its first moments, in real milliseconds. */
const TIDY_AFTER_MS = 5_000;

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
    // That clock counts from when the page was opened.
    awaitedSinceMs: 0,
    createEngine: (seed, config, name) => {
      claimCluster(name);
      return new WorkerEngine({ seed, config, cluster: name, createWorker });
    },
    playAhead,
    revive,
    journal: new BrowserJournal(takeSlot()),
    nameCluster: () => crypto.randomUUID(),
    forgetCluster: async (name, nodes) => {
      const databases = nodes.flatMap((node) => [databaseName(name, node), copyName(name, node)]);
      await Promise.all(databases.map(deleteDatabase));
    },
  });
  addEventListener('pagehide', () => cluster.saveClock());
  // What cannot be tidied up now can be later: nobody needs to hear of it.
  setTimeout(() => void tidy().catch(() => undefined), TIDY_AFTER_MS);
  return cluster;
}

async function tidy(): Promise<void> {
  const { deleteOrphans } = await import('./orphaned-databases.ts');
  await deleteOrphans();
}

function createWorker(id: NodeId): Worker {
  return new Worker(new URL('../../workers/node-worker.ts', import.meta.url), { type: 'module', name: id });
}

/** Plays ahead in the simulator, where that is sooner there. */
async function playAhead(core: ClusterCore, ahead: Ahead): Promise<boolean> {
  if (!isWorthForeseeing(core.live, ahead.untilUs)) return false;
  const { seed, config } = core.live.ledger;
  // It brings the simulator with it, which few need. Where it does not arrive, the nodes can do it themselves.
  const part = await import('./play-ahead.ts').catch(() => undefined);
  if (part === undefined) return false;
  return part.playAhead(core, ahead, {
    createWorker,
    createEngine: (cluster, landing) => new WorkerEngine({ seed, config, cluster, createWorker, landing }),
    claim: claimCluster,
  });
}

async function revive(saved: SavedRun, say: (share: number) => void): Promise<Revival> {
  const { cluster, run } = saved;
  const { seed, config } = run;
  claimCluster(cluster);
  const lastWrites = await readLastWrites(cluster, nodesOfRun(run));
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
async function readLastWrites(cluster: string, nodes: readonly NodeId[]): Promise<ReadonlyMap<NodeId, number>> {
  const moments = new Map<NodeId, number>();
  await Promise.all(
    nodes.map(async (node) => {
      const atUs = await readLastWrite(node, cluster, createWorker);
      if (atUs !== undefined) moments.set(node, atUs);
    }),
  );
  return moments;
}
