import type { Engine, Progress } from '../../src/cluster/engine.ts';
import { WorkerEngine } from '../../src/cluster/worker-engine.ts';
import { playRun } from '../../src/sim/simulator.ts';
import type { Action, TimedAction } from '../../src/timeline/action.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { defaultRunConfig, type RunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION, type Run } from '../../src/timeline/run.ts';
import { ThreadWorker, type Platters, type Troubles } from './thread-worker.ts';

/** A cluster of {@link ThreadWorker}s that writes down what was done and what came of it. */
export class PlayedWorkers {
  readonly engine: Engine;
  readonly seed: number;
  readonly config: RunConfig;
  readonly events: TimelineEvent[] = [];
  readonly actions: TimedAction[] = [];
  /** All that were made, dead ones included. */
  readonly workers: ThreadWorker[] = [];

  private constructor(seed: number, config: RunConfig, troubles: Troubles) {
    this.seed = seed;
    this.config = config;
    const platters: Platters = new Map();
    const createWorker = (id: string): Worker => {
      const worker = new ThreadWorker(id, platters, troubles);
      this.workers.push(worker);
      return ThreadWorker.as(worker);
    };
    this.engine = new WorkerEngine({ seed, config, cluster: 'one', createWorker });
  }

  static async start(
    options: { readonly seed?: number; readonly config?: Partial<RunConfig>; readonly troubles?: Troubles } = {},
  ): Promise<PlayedWorkers> {
    const { seed = 7, config, troubles = {} } = options;
    const played = new PlayedWorkers(seed, { ...defaultRunConfig, ...config }, troubles);
    played.#take(await played.engine.start());
    return played;
  }

  async advance(untilMs: number): Promise<void> {
    do this.#take(await this.engine.advance(untilMs * 1_000));
    while (this.engine.nowUs < untilMs * 1_000);
  }

  async act(action: Action): Promise<void> {
    this.#take(await this.engine.act(action));
  }

  /** Plays all of a run. */
  async play(run: Run): Promise<void> {
    for (const { atUs, action } of run.actions) {
      await this.advance(atUs / 1_000);
      await this.act(action);
    }
    await this.advance(run.untilUs / 1_000);
  }

  get crashes(): readonly { readonly atUs: number; readonly node: string; readonly reason: string }[] {
    return this.actions.flatMap(({ atUs, action }) =>
      action.type === 'crash' ? [{ atUs, node: action.node, reason: action.reason }] : [],
    );
  }

  run(): Run {
    const { seed, config, actions } = this;
    return { format: 'whitewater-run', version: RUN_VERSION, seed, config, actions, untilUs: this.engine.nowUs };
  }

  /** What the simulator makes of the run as it was written down. */
  playedAgain(): TimelineEvent[] {
    return playRun(this.run());
  }

  #take({ events, performed }: Progress): void {
    for (const event of events) this.events.push(event);
    for (const timed of performed) this.actions.push(timed);
  }
}
