import type { Fate } from '../kv/client-message.ts';
import type { Operation } from '../kv/command.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Action, Delay, DirectedLink, LinkQuality, TimedAction } from '../timeline/action.ts';
import { shapeFault } from '../timeline/action-fault.ts';
import { inverseOf, wouldChange } from '../timeline/availability.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import { MAX_ACTIONS, RUN_VERSION, type Run } from '../timeline/run.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { Timeline } from '../timeline/timeline.ts';
import {
  ClusterError,
  type ClockStatus,
  type ClusterControl,
  type ClusterStatus,
  type ClusterUpdate,
} from './cluster-control.ts';
import { leaderOf, statusOf } from './cluster-status.ts';
import type { Engine, Progress } from './engine.ts';
import type { FrameSource } from './frame-source.ts';
import { Pace } from './pace.ts';
import { PageIncomplete } from './page-part.ts';
import { PendingRequests } from './pending-requests.ts';
import { Queue } from './queue.ts';
import type { RunJournal, SavedRun } from './run-journal.ts';

/** Virtual time per real time, at the start: a message takes about a quarter of a second, an election timeout about two. */
const DEFAULT_SPEED = 0.1;
const MIN_SPEED = 0.001;
const MAX_SPEED = 20;

/** The longest real time, in milliseconds, that one frame asks for or that running ahead keeps others waiting. */
const MAX_FRAME_MS = 100;
const SLICE_WALL_MS = 12;
/** How far a slice goes before it looks at the real clock, in virtual microseconds. */
const SLICE_US = 20_000;
/** How often the clock is saved, in real milliseconds. */
const NOTE_EVERY_MS = 500;
/** The most actions that undo remembers. */
const MAX_UNDO = 200;

const CLOSED = 'The cluster was closed.';

export interface EngineClusterOptions {
  readonly seed: number;
  readonly config: RunConfig;
  readonly playing: boolean;
  readonly frames: FrameSource;
  /** The real clock, in milliseconds. */
  readonly wallMs: () => number;
  /** Makes an engine for a new cluster of that name, or for one to be gone on with. */
  readonly createEngine: (seed: number, config: RunConfig, cluster: string) => Engine;
  /** Brings back a cluster that lost its power; undefined where the engine keeps nothing. */
  readonly revive?: (saved: SavedRun, say: (busy: string) => void) => Promise<Revival>;
  readonly journal?: RunJournal;
  /** Names a new cluster. */
  readonly nameCluster: () => string;
  /** Deletes what a cluster that was thrown away had stored. */
  readonly forgetCluster?: (cluster: string, config: RunConfig) => Promise<void>;
}

/** A cluster brought back: everything up to the moment before its nodes start again. */
export interface Revival {
  readonly engine: Engine;
  readonly actions: readonly TimedAction[];
  /** All that happened before, as far as a timeline holds it: a run may be long. */
  readonly timeline: Timeline;
  /** Starts the nodes that were running; undefined where none was. */
  readonly returning: Action | undefined;
  /** Given what the returning brought about, says in a sentence what is not as the run says it should be. */
  readonly verify: (events: readonly TimelineEvent[]) => string | undefined;
}

interface Undoable {
  readonly atUs: number;
  readonly action: Action;
  readonly inverse: readonly Action[];
  /** Its position among the run's actions. */
  readonly position: number;
}

/** {@link ClusterControl} over an {@link Engine}: the clock, the run, the timeline, requests, undo. */
export class EngineCluster implements ClusterControl {
  readonly #options: EngineClusterOptions;
  readonly #queue = new Queue();
  readonly #listeners = new Set<(update: ClusterUpdate) => void>();
  readonly #requests = new PendingRequests();
  readonly #pace = new Pace();
  #engine: Engine;
  #timeline: Timeline;
  #seed: number;
  #config: RunConfig;
  #cluster: string;
  #actions: TimedAction[] = [];
  /** The names of the run's requests, each of which is used once. */
  readonly #requestIds = new Set<string>();
  #undo: Undoable[] = [];
  #replay: { readonly untilUs: number; readonly actions: readonly TimedAction[]; next: number } | undefined;
  #playing: boolean;
  #speed = DEFAULT_SPEED;
  #busy: string | undefined;
  #stopFrames: () => void;
  #lastFrameMs: number | undefined;
  #owedMs = 0;
  #running = false;
  /** Set by whoever does not want to wait until running ahead has come to its end. */
  #aheadStopped = false;
  #unpublished: TimelineEvent[] = [];
  #notedMs = -Infinity;
  /** How many of the actions are in the journal. */
  #journalled = 0;
  #journalScheduled = false;
  #journalFailed = false;
  #disposed = false;

  private constructor(options: EngineClusterOptions) {
    this.#options = options;
    this.#seed = options.seed;
    this.#config = options.config;
    this.#playing = options.playing;
    this.#cluster = options.nameCluster();
    this.#engine = options.createEngine(this.#seed, this.#config, this.#cluster);
    this.#timeline = new Timeline(this.#config);
    this.#stopFrames = () => undefined;
  }

  /** Starts a cluster, or brings back the one in the journal. It can be spoken to at once; its first moments follow. */
  static create(options: EngineClusterOptions): EngineCluster {
    const cluster = new EngineCluster(options);
    // What breaks has been said.
    cluster.#exclusive(() => cluster.#begin()).catch(() => undefined);
    return cluster;
  }

  // --- Looking -----------------------------------------------------------------------------------------------------

  async status(): Promise<ClusterStatus> {
    await this.#queue.idle();
    return statusOf(this.#timeline.view, this.#clock(), this.#seed, this.#config);
  }

  async events(): Promise<readonly TimelineEvent[]> {
    await this.#queue.idle();
    return this.#timeline.slice(this.#timeline.first, this.#timeline.length);
  }

  async run(): Promise<Run> {
    await this.#queue.idle();
    return this.#presentRun();
  }

  subscribe(listener: (update: ClusterUpdate) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#started());
    return () => this.#listeners.delete(listener);
  }

  // --- Acting ------------------------------------------------------------------------------------------------------

  act(action: Action): Promise<readonly Action[]> {
    return this.#exclusive(async () => {
      this.#takeTheHelm();
      return this.#act(action, true);
    });
  }

  async kill(node: NodeId): Promise<void> {
    await this.act({ type: 'kill', node });
  }

  async revive(node: NodeId): Promise<void> {
    await this.act({ type: 'revive', node });
  }

  async restart(node: NodeId): Promise<void> {
    await this.act({ type: 'restart', node });
  }

  async pauseNode(node: NodeId): Promise<void> {
    await this.act({ type: 'pause', node });
  }

  async resumeNode(node: NodeId): Promise<void> {
    await this.act({ type: 'resume', node });
  }

  async timeOutNow(node: NodeId): Promise<void> {
    await this.act({ type: 'time-out-now', node });
  }

  async transfer(node: NodeId): Promise<void> {
    await this.#exclusive(async () => {
      this.#publish();
      const from = leaderOf(this.#timeline.view);
      if (from === undefined) throw new ClusterError('Nobody leads, so there is no lead to hand over.');
      if (from === node) throw new ClusterError(`${node} leads already.`);
      this.#takeTheHelm();
      await this.#act({ type: 'transfer', from, to: node }, true);
    });
  }

  async cut(links: readonly DirectedLink[]): Promise<void> {
    await this.act({ type: 'cut', links });
  }

  async isolate(node: NodeId): Promise<void> {
    await this.act({ type: 'isolate', node });
  }

  async split(groups: readonly (readonly NodeId[])[]): Promise<void> {
    await this.act({ type: 'split', groups });
  }

  async heal(links?: readonly DirectedLink[]): Promise<void> {
    await this.act({ type: 'heal', links });
  }

  async setLinks(quality: Partial<LinkQuality>, links?: readonly DirectedLink[]): Promise<void> {
    await this.act({ type: 'set-links', links, quality });
  }

  async setDisk(latency: Delay, nodes?: readonly NodeId[]): Promise<void> {
    await this.act({ type: 'set-disk', nodes, latency });
  }

  set(key: string, value: string): Promise<Fate> {
    return this.#request({ type: 'set', key, value });
  }

  get(key: string): Promise<Fate> {
    return this.#request({ type: 'get', key });
  }

  delete(key: string): Promise<Fate> {
    return this.#request({ type: 'delete', key });
  }

  append(key: string, value: string): Promise<Fate> {
    return this.#request({ type: 'append', key, value });
  }

  cas(key: string, expected: string | undefined, value: string): Promise<Fate> {
    return this.#request({ type: 'compare-and-set', key, expected, value });
  }

  /**
   * Undoes the last action by healing it. What leaves nothing to heal (a restart, a forced timeout) is undone by going
   * back: the run is played again up to the moment before it.
   */
  undo(): Promise<Action | undefined> {
    return this.#exclusive(async () => {
      for (let last = this.#undo.pop(); last !== undefined; last = this.#undo.pop()) {
        if (last.inverse.length === 0) {
          await this.#goBack(last);
          return last.action;
        }
        if (await this.#heal(last.inverse)) return last.action;
      }
      return undefined;
    });
  }

  // --- Time --------------------------------------------------------------------------------------------------------

  async play(): Promise<void> {
    this.#playing = true;
    this.#tell({ type: 'clock', clock: this.#clock() });
  }

  async pause(): Promise<void> {
    this.#playing = false;
    this.#aheadStopped = true;
    this.#pace.forget();
    await this.#queue.idle();
    this.#tell({ type: 'clock', clock: this.#clock() });
  }

  async speed(timesRealTime: number): Promise<void> {
    if (!Number.isFinite(timesRealTime) || timesRealTime < MIN_SPEED || timesRealTime > MAX_SPEED) {
      throw new ClusterError(`The speed must be from 1/1000 to 20 times real time, not ${timesRealTime}.`);
    }
    this.#speed = timesRealTime;
    this.#pace.forget();
    this.#tell({ type: 'clock', clock: this.#clock() });
  }

  step(): Promise<readonly TimelineEvent[]> {
    this.#playing = false;
    this.#aheadStopped = true;
    return this.#exclusive(async () => {
      const before = this.#timeline.length;
      while (this.#timeline.length === before) {
        const next = Math.min(this.#engine.nextDueUs(), this.#nextReplayUs());
        if (next === Infinity) break;
        await this.#runTo(next + 1);
      }
      this.#tell({ type: 'clock', clock: this.#clock() });
      return this.#timeline.slice(before, this.#timeline.length);
    });
  }

  advanceTo(virtualMs: number): Promise<void> {
    const untilUs = Math.round(virtualMs * 1_000);
    if (!Number.isSafeInteger(untilUs) || untilUs < 0) {
      return Promise.reject(new ClusterError(`A moment is a number of virtual milliseconds, not ${virtualMs}.`));
    }
    return this.#exclusive(async () => {
      await this.#runAhead(untilUs, 'playing ahead');
    });
  }

  // --- Beginning anew ----------------------------------------------------------------------------------------------

  async reset(options: { nodes?: number; seed?: number; config?: Partial<RunConfig> } = {}): Promise<void> {
    const { nodes, config, seed: wished } = options;
    // The schema of a config comes with a parser that the first minute does not need.
    const { completeConfig } = await import('../timeline/run-file.ts');
    const completed = completeConfig({ ...config, ...(nodes === undefined ? {} : { nodes }) });
    if ('error' in completed) throw new ClusterError(completed.error);
    this.#aheadStopped = true;
    await this.#exclusive(async () => {
      const seed = wished ?? this.#seed;
      if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
        throw new ClusterError(`A seed is a whole number from 0 to 4294967295, not ${seed}.`);
      }
      this.#replay = undefined;
      await this.#startOver(seed, completed.config);
    });
  }

  async load(given: Run): Promise<void> {
    const { checkRun } = await import('../timeline/run-file.ts');
    const checked = checkRun(given);
    if ('error' in checked) throw new ClusterError(checked.error);
    const { run } = checked;
    this.#aheadStopped = true;
    await this.#exclusive(async () => {
      await this.#startOver(run.seed, run.config);
      this.#replay = { untilUs: run.untilUs, actions: run.actions, next: 0 };
      this.#tell({ type: 'clock', clock: this.#clock() });
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#stopFrames();
    await this.#queue.add(async () => {
      this.#requests.abandon(CLOSED);
      await this.#engine.dispose();
    });
    this.#listeners.clear();
  }

  // --- Within ------------------------------------------------------------------------------------------------------

  async #begin(): Promise<void> {
    const { journal } = this.#options;
    try {
      const { saved, problem } = journal === undefined ? nothingSaved : await journal.load();
      if (problem !== undefined) this.#tell({ type: 'notice', level: 'problem', message: problem });
      const revival = saved === undefined ? undefined : await this.#findRevival(saved);
      if (saved === undefined || revival === undefined) await this.#startFirst();
      else await this.#revive(saved, revival);
    } catch (error) {
      // What is saved must not be written over by a cluster that could not be brought back for want of a part of the page.
      if (error instanceof PageIncomplete) this.#journalFailed = true;
      throw error;
    } finally {
      if (!this.#disposed) this.#stopFrames = this.#options.frames((wallMs) => this.#onFrame(wallMs));
    }
  }

  /** What is to go on; undefined where that cannot be found out, and so a new cluster is to begin: a page must not be dead for what an earlier one left. */
  async #findRevival(saved: SavedRun): Promise<Revival | undefined> {
    const { revive } = this.#options;
    if (revive === undefined) return undefined;
    this.#say('bringing the cluster back');
    try {
      return await revive(saved, (busy) => this.#say(busy));
    } catch (error) {
      if (error instanceof PageIncomplete) throw error;
      this.#say(undefined);
      const why = error instanceof Error ? error.message : String(error);
      const message = `The saved cluster cannot be brought back, so a new one begins: ${why}`;
      this.#tell({ type: 'notice', level: 'problem', message });
      return undefined;
    }
  }

  async #startFirst(): Promise<void> {
    await this.#write((journal) => journal.begin({ cluster: this.#cluster, run: this.#presentRun() }));
    const progress = await this.#engine.start();
    this.#take(progress);
    this.#tellCrashes(progress);
    this.#publish();
  }

  async #revive(saved: SavedRun, revival: Revival): Promise<void> {
    await this.#engine.dispose();
    this.#engine = revival.engine;
    this.#cluster = saved.cluster;
    this.#seed = saved.run.seed;
    this.#config = saved.run.config;
    this.#actions = [...revival.actions];
    for (const { action } of this.#actions) if (action.type === 'request') this.#requestIds.add(action.requestId);
    this.#timeline = revival.timeline;
    this.#journalled = saved.run.actions.length;
    await this.#journal();
    this.#busy = undefined;
    this.#tell(this.#started());
    const before = this.#timeline.length;
    if (revival.returning !== undefined) await this.#perform(revival.returning);
    const wrong = revival.verify(this.#timeline.slice(before, this.#timeline.length));
    if (wrong !== undefined) this.#tell({ type: 'notice', level: 'problem', message: wrong });
  }

  /** Throws away what is and begins a cluster of another name, so that databases still being deleted are in nobody's way. */
  async #startOver(seed: number, config: RunConfig): Promise<void> {
    this.#say('starting a new cluster');
    this.#requests.abandon('The cluster was thrown away before the request came to its end.');
    await this.#engine.dispose();
    const old = { cluster: this.#cluster, config: this.#config };
    this.#cluster = this.#options.nameCluster();
    this.#journalFailed = false;
    this.#seed = seed;
    this.#config = config;
    this.#actions = [];
    this.#journalled = 0;
    this.#unpublished = [];
    this.#requestIds.clear();
    this.#undo = [];
    this.#replay = undefined;
    this.#timeline = new Timeline(config);
    this.#engine = this.#options.createEngine(seed, config, this.#cluster);
    this.#busy = undefined;
    this.#tell(this.#started());
    await this.#startFirst();
    // Only now that the journal names the new one: should the page go away before, the old one is still whole.
    this.#options.forgetCluster?.(old.cluster, old.config).catch((error: unknown) => {
      const message = `The old cluster's databases could not all be deleted: ${String(error)}`;
      this.#tell({ type: 'notice', level: 'info', message });
    });
  }

  /** Does those actions, one after the other, that still change something; whether there was any. */
  async #heal(inverse: readonly Action[]): Promise<boolean> {
    let healed = false;
    for (const action of inverse) {
      if (!wouldChange(this.#engine.world, action).possible) continue;
      this.#takeTheHelm();
      await this.#act(action, false);
      healed = true;
    }
    return healed;
  }

  async #goBack(last: Undoable): Promise<void> {
    const actions = this.#actions.slice(0, last.position);
    const undo = this.#undo;
    await this.#startOver(this.#seed, this.#config);
    this.#replay = { untilUs: last.atUs, actions, next: 0 };
    await this.#runAhead(last.atUs, 'going back');
    this.#undo = undo;
  }

  async #act(action: Action, undoable: boolean): Promise<readonly Action[]> {
    this.#publish();
    const possible = wouldChange(this.#engine.world, action, this.#timeline.view);
    if (!possible.possible) throw new ClusterError(possible.reason);
    if (this.#actions.length >= MAX_ACTIONS) {
      throw new ClusterError(
        `This run holds ${MAX_ACTIONS} actions, which is all that a run may hold: start a new cluster.`,
      );
    }
    if (action.type === 'request' && this.#requestIds.has(action.requestId)) {
      throw new ClusterError(`There is a request ${action.requestId} in this run already.`);
    }
    const atUs = this.#engine.nowUs;
    const inverse = inverseOf(this.#engine.world, action, atUs);
    const position = this.#actions.length;
    // A script may change its object afterwards; the run may not.
    const failed = await this.#perform(structuredClone(action));
    if (failed !== undefined) throw new ClusterError(failed);
    if (undoable && action.type !== 'request') {
      this.#undo.push({ atUs, action, inverse, position });
      if (this.#undo.length > MAX_UNDO) this.#undo.shift();
      this.#tell({ type: 'clock', clock: this.#clock() });
    }
    return inverse;
  }

  /** Does an action that is possible; says why a node was failed by the real machine instead, the first of them if there are several. */
  async #perform(action: Action): Promise<string | undefined> {
    const progress = await this.#engine.act(action);
    this.#take(progress);
    this.#publish();
    this.#journalSoon();
    return action.type === 'crash' ? undefined : this.#tellCrashes(progress)[0];
  }

  /** Says which nodes the real machine failed. */
  #tellCrashes({ performed }: Progress): readonly string[] {
    const reasons = performed.flatMap(({ action }) => (action.type === 'crash' ? [action.reason] : []));
    for (const message of reasons) this.#tell({ type: 'notice', level: 'problem', message });
    return reasons;
  }

  async #request(operation: Operation): Promise<Fate> {
    const wrong = shapeFault({ type: 'request', client: 'c1', requestId: 'r1', operation });
    if (wrong !== undefined) throw new ClusterError(wrong);
    // Boxed, so that the queue does not wait for the fate as well.
    const { fate } = await this.#exclusive(async () => {
      this.#takeTheHelm();
      const requestId = this.#nextRequestId();
      const expected = this.#requests.expect(requestId);
      await this.#act({ type: 'request', client: 'c1', requestId, operation }, false);
      return { fate: expected };
    });
    return fate;
  }

  /** A loaded run, or a script, may have named its requests otherwise than by counting them. */
  #nextRequestId(): string {
    let number = this.#requestIds.size + 1;
    while (this.#requestIds.has(`r${number}`)) number += 1;
    return `r${number}`;
  }

  /** Someone acts while a loaded run is being replayed: from here on it is another run. */
  #takeTheHelm(): void {
    const replay = this.#replay;
    if (replay === undefined) return;
    const left = replay.actions.length - replay.next;
    this.#replay = undefined;
    if (left === 0) return;
    const message = `From here on this is a run of your own: ${left} recorded ${left === 1 ? 'action is' : 'actions are'} left out.`;
    this.#tell({ type: 'notice', level: 'info', message });
  }

  /** Keeps what has happened; {@link EngineCluster.#publish} tells of it, once for many. */
  #take({ events, performed }: Progress): void {
    for (const timed of performed) {
      this.#actions.push(timed);
      if (timed.action.type === 'request') this.#requestIds.add(timed.action.requestId);
    }
    for (const event of events) this.#unpublished.push(event);
  }

  #publish(): void {
    const events = this.#unpublished;
    this.#noteReached();
    if (events.length === 0) return;
    this.#unpublished = [];
    this.#timeline.append(events);
    this.#tell({ type: 'events', events, clock: this.#clock() });
    for (const { event } of events) {
      if (event.type === 'request-ended') this.#requests.end(event.requestId, event.fate);
    }
  }

  /** The clock is saved now and then: to be behind costs nothing but a little simulating after a reload. */
  #noteReached(): void {
    const wallMs = this.#options.wallMs();
    if (wallMs < this.#notedMs + NOTE_EVERY_MS) return;
    this.#notedMs = wallMs;
    this.saveClock();
  }

  /** Notes in the journal how far the clock has come: for a page's last moment, when nothing can be waited for. */
  saveClock(): void {
    if (!this.#journalFailed) this.#options.journal?.reached(this.#engine.nowUs);
  }

  /**
   * Writes down what was done since it was last called. It comes before time goes on, and so before anything that an action
   * brought about is on a disk: many actions of one moment are one write.
   */
  async #journal(): Promise<void> {
    const position = this.#journalled;
    if (position === this.#actions.length) return;
    this.#journalled = this.#actions.length;
    const actions = this.#actions.slice(position);
    await this.#write((journal) => journal.write(position, actions));
  }

  /** The clock may stand still: then it is written as soon as nobody else has something to do. */
  #journalSoon(): void {
    if (this.#journalScheduled) return;
    this.#journalScheduled = true;
    void this.#queue.add(async () => {
      this.#journalScheduled = false;
      await this.#journal();
    });
  }

  /** A journal that fails costs the return after a reload, not the cluster. */
  async #write(work: (journal: RunJournal) => Promise<void>): Promise<void> {
    const { journal } = this.#options;
    if (journal === undefined || this.#journalFailed) return;
    try {
      await work(journal);
    } catch (error) {
      this.#journalFailed = true;
      const why = error instanceof Error ? error.message : String(error);
      const message = `This cluster will not come back when the page is reloaded, because the browser does not keep its run: ${why}`;
      this.#tell({ type: 'notice', level: 'problem', message });
    }
  }

  #onFrame(wallMs: number): void {
    const elapsed = wallMs - (this.#lastFrameMs ?? wallMs);
    this.#lastFrameMs = wallMs;
    if (!this.#playing || this.#disposed) {
      this.#owedMs = 0;
      return;
    }
    this.#owedMs = Math.min(MAX_FRAME_MS, this.#owedMs + elapsed);
    if (this.#running) return;
    this.#running = true;
    const played = this.#exclusive(() => this.#playFrame());
    // What broke has been said.
    void played
      .catch(() => undefined)
      .finally(() => {
        this.#running = false;
      });
  }

  async #playFrame(): Promise<void> {
    const wallMs = this.#owedMs;
    this.#owedMs = 0;
    if (!this.#playing || wallMs <= 0) return;
    const fromUs = this.#engine.nowUs;
    const wishUs = Math.max(1, Math.round(wallMs * 1_000 * this.#speed));
    await this.#runTo(fromUs + wishUs, this.#options.wallMs() + SLICE_WALL_MS);
    this.#pace.note(wallMs, (this.#engine.nowUs - fromUs) / wishUs);
    this.#tell({ type: 'clock', clock: this.#clock() });
  }

  /** Goes on until that moment, or until the real clock passes `patienceMs`, doing what a replay has to do on the way. */
  async #runTo(untilUs: number, patienceMs = Infinity): Promise<void> {
    await this.#replayDue();
    while (this.#engine.nowUs < untilUs) {
      const { nowUs } = this.#engine;
      const target = Math.min(untilUs, this.#nextReplayUs(), nowUs + SLICE_US);
      await this.#journal();
      const progress = await this.#engine.advance(target);
      this.#take(progress);
      this.#tellCrashes(progress);
      await this.#replayDue();
      if (this.#options.wallMs() > patienceMs) break;
    }
    await this.#journal();
    this.#publish();
  }

  async #replayDue(): Promise<void> {
    for (let replay = this.#replay; replay !== undefined; replay = this.#replay) {
      const next = replay.actions[replay.next];
      if (next === undefined) {
        if (this.#engine.nowUs >= replay.untilUs) this.#replay = undefined;
        return;
      }
      if (next.atUs > this.#engine.nowUs) return;
      replay.next += 1;
      await this.#replayOne(next.action);
    }
  }

  /** An action that stands in a run is done as it stands, also one that changed nothing when it was recorded. */
  async #replayOne(action: Action): Promise<void> {
    this.#take(await this.#engine.act(action));
  }

  /** As fast as the machine can, saying how far it has come. To pause, or to begin anew, puts an end to it. */
  async #runAhead(untilUs: number, what: string): Promise<void> {
    const fromUs = this.#engine.nowUs;
    this.#aheadStopped = false;
    while (this.#engine.nowUs < untilUs && !this.#isStopped()) {
      const share = (this.#engine.nowUs - fromUs) / Math.max(1, untilUs - fromUs);
      this.#say(`${what}: ${Math.round(share * 100)} %`);
      await this.#runTo(untilUs, this.#options.wallMs() + MAX_FRAME_MS);
    }
    await this.#replayDue();
    this.#publish();
    this.#say(undefined);
  }

  #isStopped(): boolean {
    return this.#disposed || this.#aheadStopped;
  }

  #nextReplayUs(): number {
    return this.#replay?.actions[this.#replay.next]?.atUs ?? Infinity;
  }

  #presentRun(): Run {
    const { nowUs } = this.#engine;
    const actions = [...this.#actions];
    return {
      format: 'whitewater-run',
      version: RUN_VERSION,
      seed: this.#seed,
      config: this.#config,
      actions,
      untilUs: nowUs,
    };
  }

  #clock(): ClockStatus {
    const replay = this.#replay;
    return {
      nowUs: this.#engine.nowUs,
      playing: this.#playing,
      speed: this.#speed,
      pace: this.#pace.value,
      replay:
        replay === undefined
          ? undefined
          : { untilUs: replay.untilUs, actionsLeft: replay.actions.length - replay.next },
      busy: this.#busy,
      undoable: this.#undo.at(-1)?.action,
    };
  }

  #started(): ClusterUpdate {
    const timeline = this.#timeline;
    return { type: 'started', seed: this.#seed, config: this.#config, timeline, clock: this.#clock() };
  }

  #say(busy: string | undefined): void {
    this.#busy = busy;
    this.#tell({ type: 'clock', clock: this.#clock() });
  }

  #tell(update: ClusterUpdate): void {
    for (const listener of this.#listeners) listener(update);
  }

  /** One thing at a time. What breaks unexpectedly stops the clock and is said. */
  #exclusive<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#queue.add(async () => {
      if (this.#disposed) throw new ClusterError(CLOSED);
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ClusterError)) {
          this.#playing = false;
          this.#busy = undefined;
          const message = `The cluster stopped: ${error instanceof Error ? error.message : String(error)}`;
          this.#tell({ type: 'notice', level: 'problem', message });
        }
        throw error;
      }
    });
  }
}

const nothingSaved = { saved: undefined, problem: undefined };
