import type { Fate } from '../kv/client-message.ts';
import type { Operation } from '../kv/command.ts';
import type { NodeId } from '../raft/entry.ts';
import type { MembershipChange } from '../raft/membership-change.ts';
import type { Action } from '../timeline/action.ts';
import { shapeFault } from '../timeline/action-fault.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import { MAX_SEED, type Run } from '../timeline/run.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { ClusterError, type ClusterControl, type ClusterStatus, type ClusterUpdate } from './cluster-control.ts';
import { ClusterCore, type EngineClusterOptions } from './cluster-core.ts';
import { ClusterHand } from './cluster-hand.ts';
import { ClusterMembership } from './cluster-membership.ts';
import { returnOrBegin } from './cluster-return.ts';
import { statusOf } from './cluster-status.ts';
import { ClusterTime } from './cluster-time.ts';
import { ClusterVerbs } from './cluster-verbs.ts';
import { MAX_SPEED, MIN_SPEED } from './speed.ts';
import { countOf } from '../timeline/words.ts';

/** {@link ClusterControl} over an engine: one run at a time, in the time that the frames give. */
export class EngineCluster extends ClusterVerbs implements ClusterControl {
  readonly #core: ClusterCore;
  readonly #time: ClusterTime;
  readonly #hand: ClusterHand;
  readonly #membership: ClusterMembership;
  /** How many wait for a new cluster to begin. */
  #startingOver = 0;

  private constructor(options: EngineClusterOptions) {
    super();
    this.#core = new ClusterCore(options);
    this.#time = new ClusterTime(this.#core);
    this.#hand = new ClusterHand(this.#core, this.#time);
    this.#membership = new ClusterMembership(this.#core, this.#hand);
  }

  /** Starts a cluster, or brings back the one in the journal. It can be spoken to at once; its first moments follow. */
  static create(options: EngineClusterOptions): EngineCluster {
    const cluster = new EngineCluster(options);
    const begun = cluster.#core.exclusive(async () => {
      try {
        await returnOrBegin(cluster.#core, cluster.#hand, () => cluster.#startingOver > 0);
      } finally {
        cluster.#time.start();
      }
    });
    // What breaks has been said.
    begun.catch(() => undefined);
    return cluster;
  }

  // --- Looking -----------------------------------------------------------------------------------------------------

  async status(): Promise<ClusterStatus> {
    await this.#core.idle();
    const { live, clockStatus } = this.#core;
    return statusOf(live.timeline.view, clockStatus, live.ledger.seed, live.ledger.config);
  }

  async events(): Promise<readonly TimelineEvent[]> {
    await this.#core.idle();
    return this.#core.live.timeline.slice();
  }

  async run(): Promise<Run> {
    await this.#core.idle();
    return this.#core.live.run;
  }

  subscribe(listener: (update: ClusterUpdate) => void): () => void {
    return this.#core.subscribe(listener);
  }

  // --- Acting ------------------------------------------------------------------------------------------------------

  act(action: Action): Promise<readonly Action[]> {
    return this.#core.exclusive(() => this.#hand.act(action));
  }

  transfer(node: NodeId): Promise<void> {
    return this.#core.exclusive(() => this.#hand.transfer(node));
  }

  addNode(options: { node?: NodeId; voter?: boolean } = {}): Promise<NodeId> {
    const { node, voter = true } = options;
    return this.#core.exclusive(() => this.#membership.add(node, voter));
  }

  protected changeMembership(change: MembershipChange): Promise<void> {
    return this.#core.exclusive(() => this.#membership.change(change));
  }

  protected async request(operation: Operation): Promise<Fate> {
    const wrong = shapeFault({ type: 'request', client: 'c1', requestId: 'r1', operation });
    if (wrong !== undefined) throw new ClusterError(wrong);
    const { fate } = await this.#core.exclusive(() => this.#hand.request(operation));
    return fate;
  }

  /**
   * Undoes the last action by healing it. What leaves nothing to heal (a restart, a forced timeout) is undone by going
   * back: the run is played again up to the moment before it.
   */
  undo(): Promise<Action | undefined> {
    return this.#core.exclusive(() => this.#hand.undo());
  }

  // --- Time --------------------------------------------------------------------------------------------------------

  async play(): Promise<void> {
    this.#core.clock.playing = true;
    this.#core.live.show();
    this.#core.tellClock();
  }

  async pause(): Promise<void> {
    this.#core.clock.pause();
    this.#time.stopRunningAhead();
    await this.#core.idle();
    this.#core.tellClock();
  }

  async speed(timesRealTime: number): Promise<void> {
    if (!Number.isFinite(timesRealTime) || timesRealTime < MIN_SPEED || timesRealTime > MAX_SPEED) {
      throw new ClusterError(`The speed must be from 1/1000 to ${MAX_SPEED} times real time, not ${timesRealTime}.`);
    }
    this.#core.clock.setSpeed(timesRealTime);
    this.#core.tellClock();
  }

  step(): Promise<readonly TimelineEvent[]> {
    this.#core.clock.playing = false;
    this.#time.stopRunningAhead();
    return this.#core.exclusive(async () => {
      const events = await this.#core.live.step();
      this.#core.tellClock();
      return events;
    });
  }

  advanceTo(virtualMs: number): Promise<void> {
    const untilUs = Math.round(virtualMs * 1_000);
    if (!Number.isSafeInteger(untilUs) || untilUs < 0) {
      return Promise.reject(new ClusterError(`A moment is a number of virtual milliseconds, not ${virtualMs}.`));
    }
    return this.#core.exclusive(() => this.#time.runAhead(untilUs, 'playing ahead'));
  }

  // --- Beginning anew ----------------------------------------------------------------------------------------------

  async reset(options: { nodes?: number; seed?: number; config?: Partial<RunConfig> } = {}): Promise<void> {
    const { nodes, config, seed } = options;
    // The schema of a config comes with a parser that the first minute does not need.
    const { completeConfig } = await import('../timeline/run-file.ts');
    const completed = completeConfig({ ...config, ...(nodes === undefined ? {} : { nodes }) });
    if ('error' in completed) throw new ClusterError(completed.error);
    if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)) {
      throw new ClusterError(`A seed is a whole number from 0 to ${countOf(MAX_SEED)}, not ${seed}.`);
    }
    await this.#beginAnew(() => this.#core.startOver(seed ?? this.#core.live.ledger.seed, completed.config));
  }

  async load(given: Run): Promise<void> {
    const { checkRun } = await import('../timeline/run-file.ts');
    const checked = checkRun(given);
    if ('error' in checked) throw new ClusterError(checked.error);
    const { seed, config, untilUs, actions } = checked.run;
    await this.#beginAnew(() => this.#core.startOver(seed, config, { untilUs, actions }));
  }

  /** Notes in the journal how far the clock has come: for a page's last moment, when nothing can be waited for. */
  saveClock(): void {
    this.#core.live.saveClock();
  }

  async dispose(): Promise<void> {
    this.#time.stop();
    await this.#core.close();
  }

  /** Whoever begins anew does not wait for what is thrown away. */
  async #beginAnew(work: () => Promise<void>): Promise<void> {
    this.#time.stopRunningAhead();
    this.#startingOver += 1;
    try {
      await this.#core.exclusive(work);
    } finally {
      this.#startingOver -= 1;
    }
  }
}
