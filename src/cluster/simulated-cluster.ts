import { Simulator } from '../sim/simulator.ts';
import { defaultRunConfig, type RunConfig } from '../timeline/run-config.ts';
import type { ClusterControl } from './cluster-control.ts';
import { EngineCluster } from './engine-cluster.ts';
import { noFrames, type FrameSource } from './frame-source.ts';
import { SimulatedEngine } from './simulated-engine.ts';

export interface SimulatedClusterOptions {
  readonly seed?: number;
  readonly config?: RunConfig;
  /** What drives the clock; without it, time passes only by `step` and `advanceTo`. */
  readonly frames?: FrameSource;
}

/** A cluster in the simulator. It keeps nothing when it is disposed of. */
export function createSimulatedCluster(options: SimulatedClusterOptions = {}): ClusterControl {
  return EngineCluster.create({
    seed: options.seed ?? 1,
    config: options.config ?? defaultRunConfig,
    playing: options.frames !== undefined,
    frames: options.frames ?? noFrames,
    wallMs: () => performance.now(),
    createEngine: (seed, config) => new SimulatedEngine(new Simulator({ seed, config })),
    nameCluster: () => 'simulated',
  });
}
