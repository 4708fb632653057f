import type { ForesightOptions, LandOptions, OpenResult } from '../../workers/protocol.ts';
import type { NodeId } from '../raft/entry.ts';
import { Simulator } from '../sim/simulator.ts';
import type { TimedAction } from '../timeline/action.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';
import { breath } from './breath.ts';
import type { Engine } from './engine.ts';
import { copyName, databaseName } from './node-database.ts';
import { NodeWorkerHandle } from './node-worker-handle.ts';
import { SimulatedEngine } from './simulated-engine.ts';
import type { Landing } from './worker-engine.ts';

/** How much of a run is played between two looks at the real clock, virtual microseconds. */
const SLICE_US = 2_000_000;
/** For how long, in real milliseconds, the page holds its breath. */
const BREATH_MS = 15;
/** The most that a worker plays without a word, so that it is never taken for one that is gone. */
const STRETCH_US = 60_000_000;
const STRETCH_ACTIONS = 1_000;
/** How long a worker may take to write a disk down, in real milliseconds: a log of 100,000 entries takes a slow machine a while. */
const LAND_PATIENCE_MS = 300_000;

/** What a forerun needs of the page. */
export interface ForerunPorts {
  readonly createWorker: (id: NodeId) => Worker;
  /** Makes the engine that goes on. */
  readonly createEngine: (cluster: string, landing: Landing) => Engine;
  /** Told that databases of a cluster of that name are about to be made. */
  readonly claim: (cluster: string) => void;
}

export interface WorkerForerunOptions extends ForesightOptions, ForerunPorts {
  /** What has been done so far, and up to when, virtual microseconds. */
  readonly actions: readonly TimedAction[];
  readonly nowUs: number;
  /** Told how far it has come on its way there, 0 to 1; whoever throws ends it. */
  readonly say: (share: number) => void;
}

/**
 * A run that is played ahead in simulators instead of by its nodes, which is many times as fast. The page plays it in one,
 * for the timeline, and so does each node's new worker, for its node: each takes its own out of its simulator at the end. That
 * they come to the same is what determinism means.
 */
export class WorkerForerun {
  /** The page's simulator. Its present moment is where the run stood. */
  readonly engine: Engine;
  readonly #options: WorkerForerunOptions;
  readonly #simulator: Simulator;
  readonly #followers = new Map<NodeId, Follower>();
  #events = 0;

  private constructor(options: WorkerForerunOptions) {
    this.#options = options;
    this.#simulator = new Simulator({ seed: options.seed, config: options.config });
    this.engine = new SimulatedEngine(this.#simulator);
  }

  /** Plays what has been. Rejects where the workers cannot do it, or are told not to. */
  static async start(options: WorkerForerunOptions): Promise<WorkerForerun> {
    const forerun = new WorkerForerun(options);
    try {
      await forerun.#catchUp();
    } catch (error) {
      forerun.dispose();
      throw error;
    }
    return forerun;
  }

  /** How many events have led there. */
  get events(): number {
    return this.#events;
  }

  /** Lets the workers play as far as the page has; given what has been done so far. Cheap, to be called often. */
  follow(actions: readonly TimedAction[]): void {
    for (const node of this.#simulator.world.nodes) this.#followerOf(node).follow(actions, this.engine.nowUs);
  }

  /**
   * Gives the nodes, as they are at the simulator's present moment, on databases of a cluster of that name; the simulator is
   * not to go on. A node whose database cannot be written crashes when the engine is started.
   */
  async land(cluster: string): Promise<Engine> {
    this.#options.claim(cluster);
    const { world, nowUs, clients, clientIncarnation, disks, nodes } = this.#simulator;
    const failures = new Map<NodeId, string>();
    const landed = new Map<NodeId, NodeWorkerHandle>();
    await Promise.all(
      world.nodes.map(async (id) => {
        const owner = world.machines[id]?.drive ?? id;
        const names = { databaseName: databaseName(cluster, owner), copyName: copyName(cluster, owner) };
        try {
          const handle = await this.#followerOf(id).land({ owner, cluster, ...names });
          if (nodes.has(id)) landed.set(id, handle);
          else handle.terminate();
        } catch (error) {
          failures.set(id, sentenceOfError(error));
        }
      }),
    );
    this.#followers.clear();
    const open = async (id: NodeId): Promise<NodeWorkerHandle> => {
      const handle = landed.get(id);
      if (handle === undefined) throw new Error(failures.get(id) ?? `${id} has not landed.`);
      return handle;
    };
    return this.#options.createEngine(cluster, {
      world,
      nowUs,
      clientIncarnation,
      begun: new Set(disks.keys()),
      clients,
      open,
    });
  }

  /** Lets go of everything that has not landed. */
  dispose(): void {
    for (const follower of this.#followers.values()) follower.dispose();
    this.#followers.clear();
  }

  async #catchUp(): Promise<void> {
    const { actions, nowUs, say } = this.#options;
    await Promise.all(this.#simulator.world.nodes.map((node) => this.#followerOf(node).ready));
    let breathedMs = performance.now();
    const advance = async (untilUs: number): Promise<void> => {
      while (this.#simulator.nowUs < untilUs) {
        this.#simulator.advance(Math.min(untilUs, this.#simulator.nowUs + SLICE_US));
        this.#events += this.#simulator.takeEvents().length;
        if (performance.now() - breathedMs < BREATH_MS) continue;
        say(this.#simulator.nowUs / nowUs);
        await breath();
        breathedMs = performance.now();
      }
    };
    for (const { atUs, action } of actions) {
      await advance(atUs);
      this.#simulator.act(action);
    }
    await advance(nowUs);
    this.#events += this.#simulator.takeEvents().length;
    this.#simulator.takePerformed();
    this.follow(actions);
  }

  #followerOf(id: NodeId): Follower {
    let follower = this.#followers.get(id);
    if (follower === undefined) {
      const { seed, config, createWorker } = this.#options;
      follower = new Follower(new NodeWorkerHandle(id, createWorker(id)), { seed, config });
      this.#followers.set(id, follower);
    }
    return follower;
  }
}

/** A node's worker that plays the run as far as the page has played it. */
class Follower {
  readonly ready: Promise<void>;
  readonly #handle: NodeWorkerHandle;
  #actions: readonly TimedAction[] = [];
  #untilUs = 0;
  /** How far it has been told to play, and how many of the actions it has been told. */
  #nowUs = -1;
  #told = 0;
  /** Settles when it has come to where the page is; it rejects where it never will. */
  #arrived: Promise<void> | undefined;

  constructor(handle: NodeWorkerHandle, options: ForesightOptions) {
    this.#handle = handle;
    this.ready = handle.ask((control) => control.foresee(options));
    // Whoever lands the node learns of it.
    this.ready.catch(() => undefined);
  }

  follow(actions: readonly TimedAction[], untilUs: number): void {
    this.#actions = actions;
    this.#untilUs = untilUs;
    if (this.#arrived !== undefined) return;
    this.#arrived = this.#play().finally(() => {
      this.#arrived = undefined;
    });
    this.#arrived.catch(() => undefined);
  }

  async land(options: Omit<LandOptions, 'id'>): Promise<NodeWorkerHandle> {
    try {
      await this.#arrived;
      await this.#play();
      const { id } = this.#handle;
      const landed = await this.#handle.ask<OpenResult>(
        (control) => control.land({ id, ...options }),
        LAND_PATIENCE_MS,
      );
      if (landed.type === 'failed') throw new Error(landed.message);
      return this.#handle;
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  dispose(): void {
    this.#handle.terminate();
  }

  async #play(): Promise<void> {
    await this.ready;
    while (this.#nowUs < this.#untilUs || this.#told < this.#actions.length) {
      let untilUs = Math.min(this.#untilUs, Math.max(0, this.#nowUs) + STRETCH_US);
      let actions = this.#actions.slice(this.#told, this.#told + STRETCH_ACTIONS);
      const beyond = actions.findIndex(({ atUs }) => atUs > untilUs);
      if (beyond !== -1) actions = actions.slice(0, beyond);
      else if (actions.length === STRETCH_ACTIONS) untilUs = actions.at(-1)?.atUs ?? untilUs;
      this.#told += actions.length;
      this.#nowUs = untilUs;
      await this.#handle.ask((control) => control.playAhead({ actions, untilUs }));
    }
  }
}
