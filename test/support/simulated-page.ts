import type { ClusterControl } from '../../src/cluster/cluster-control.ts';
import { EngineCluster } from '../../src/cluster/engine-cluster.ts';
import type { Revival } from '../../src/cluster/revival.ts';
import { reviveCluster } from '../../src/cluster/revive.ts';
import type { RunJournal, SavedRun } from '../../src/cluster/run-journal.ts';
import { SimulatedEngine } from '../../src/cluster/simulated-engine.ts';
import { Simulator } from '../../src/sim/simulator.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';

/** Brings back what stood still at the last action. */
export async function revive(saved: SavedRun): Promise<Revival> {
  const engine = new SimulatedEngine(new Simulator({ seed: saved.run.seed, config: saved.run.config }));
  const revival = await reviveCluster(
    saved,
    new Map(),
    () => engine,
    () => undefined,
  );
  for (const { atUs, action } of revival.actions) {
    await engine.advance(atUs);
    await engine.act(action);
  }
  return revival;
}

interface SimulatedPage {
  readonly cluster: ClusterControl;
  readonly notices: string[];
  /** The page draws a frame, so many milliseconds after the last one. */
  readonly frame: (elapsedMs: number) => Promise<void>;
}

/** Opens a page on the journal, with a cluster in the simulator. */
export async function openPage(
  journal: RunJournal,
  reviving: (saved: SavedRun) => Promise<Revival> = revive,
): Promise<SimulatedPage> {
  let draw: ((wallMs: number) => void) | undefined;
  let wallMs = 0;
  const cluster = EngineCluster.create({
    seed: 1,
    config: defaultRunConfig,
    playing: true,
    frames: (callback) => {
      draw = callback;
      return () => (draw = undefined);
    },
    wallMs: () => 0,
    createEngine: (seed, config) => new SimulatedEngine(new Simulator({ seed, config })),
    revive: reviving,
    journal,
    nameCluster: () => 'one',
  });
  const notices: string[] = [];
  cluster.subscribe((update) => {
    if (update.type === 'notice') notices.push(update.message);
  });
  await cluster.status();
  draw?.(wallMs);
  const frame = async (elapsedMs: number): Promise<void> => {
    wallMs += elapsedMs;
    draw?.(wallMs);
    await cluster.status();
  };
  return { cluster, notices, frame };
}
