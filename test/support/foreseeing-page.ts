import type { ClusterControl } from '../../src/cluster/cluster-control.ts';
import { EngineCluster } from '../../src/cluster/engine-cluster.ts';
import { noFrames } from '../../src/cluster/frame-source.ts';
import { playAhead } from '../../src/cluster/play-ahead.ts';
import type { RunJournal } from '../../src/cluster/run-journal.ts';
import { WorkerEngine } from '../../src/cluster/worker-engine.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { ThreadWorker, type Platters, type Troubles } from './thread-worker.ts';

export interface ForeseeingPage {
  readonly cluster: ClusterControl;
  /** The databases that there are, of all clusters that this page had. */
  readonly platters: Platters;
  readonly notices: readonly string[];
  /** How often the run was played ahead. */
  readonly foreruns: () => number;
}

/** A page whose nodes live in {@link ThreadWorker}s, and which plays ahead in the simulator whatever it is asked to. */
export function openForeseeingPage({
  journal,
  troubles = {},
}: { readonly journal?: RunJournal; readonly troubles?: Troubles } = {}): ForeseeingPage {
  const platters: Platters = new Map();
  const notices: string[] = [];
  let clusters = 0;
  let foreruns = 0;
  const createWorker = (id: NodeId): Worker => ThreadWorker.as(new ThreadWorker(id, platters, troubles));
  const cluster = EngineCluster.create({
    seed: 1,
    config: defaultRunConfig,
    playing: false,
    frames: noFrames,
    wallMs: () => performance.now(),
    createEngine: (seed, config, name) => new WorkerEngine({ seed, config, cluster: name, createWorker }),
    nameCluster: () => `cluster-${(clusters += 1)}`,
    ...(journal !== undefined && { journal }),
    playAhead: (core, ahead) => {
      foreruns += 1;
      const { seed, config } = core.live.ledger;
      return playAhead(core, ahead, {
        createWorker,
        createEngine: (name, landing) => new WorkerEngine({ seed, config, cluster: name, createWorker, landing }),
        claim: () => undefined,
      });
    },
  });
  cluster.subscribe((update) => {
    if (update.type === 'notice') notices.push(update.message);
  });
  return { cluster, platters, notices, foreruns: () => foreruns };
}
