import type { NodeId } from '../raft/entry.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { Timeline } from '../timeline/timeline.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';
import { ActionLedger } from './action-ledger.ts';
import { ClusterError, type BusyProgress, type ClockStatus, type ClusterUpdate } from './cluster-control.ts';
import type { Engine } from './engine.ts';
import { FrameClock } from './frame-clock.ts';
import type { FrameSource } from './frame-source.ts';
import { JournalWriter } from './journal-writer.ts';
import { LiveRun, type LiveRunOptions } from './live-run.ts';
import { PendingRequests } from './pending-requests.ts';
import { Queue } from './queue.ts';
import { Replay } from './replay.ts';
import type { Revival } from './revival.ts';
import type { Recording, RunJournal, SavedRun } from './run-journal.ts';

const CLOSED = 'The cluster was closed.';

export interface EngineClusterOptions {
  readonly seed: number;
  readonly config: RunConfig;
  readonly playing: boolean;
  readonly frames: FrameSource;
  /** The real clock, in milliseconds. */
  readonly wallMs: () => number;
  /** When somebody began to wait for a new cluster, by that clock: from then on its time passes. Left out: from its first frame. */
  readonly awaitedSinceMs?: number;
  /** Makes an engine for a new cluster of that name, or for one to be gone on with. */
  readonly createEngine: (seed: number, config: RunConfig, cluster: string) => Engine;
  /** Plays far ahead other than step by step; gives false, and changes nothing, where that is not worth it, or cannot be. */
  readonly playAhead?: (core: ClusterCore, ahead: Ahead) => Promise<boolean>;
  /** Brings back a cluster that lost its power; undefined where the engine keeps nothing. */
  readonly revive?: (saved: SavedRun, say: (share: number) => void) => Promise<Revival>;
  readonly journal?: RunJournal;
  /** Names a new cluster. */
  readonly nameCluster: () => string;
  /** Deletes what a cluster that was thrown away had stored. */
  readonly forgetCluster?: (cluster: string, nodes: readonly NodeId[]) => Promise<void>;
}

/** What is asked of whoever plays ahead. */
export interface Ahead {
  readonly untilUs: number;
  /** What is being done, as a short phrase. */
  readonly what: string;
  readonly isStopped: () => boolean;
  /** Plays the run until then, in the engine that it has, `wallMs` real milliseconds between two breaths. */
  readonly play: (wallMs: number, breathe?: () => Promise<void>) => Promise<void>;
}

/**
 * What the parts of an {@link EngineCluster} share: the run that is being lived, who is told of it, and that one thing is
 * done at a time.
 */
export class ClusterCore {
  readonly options: EngineClusterOptions;
  readonly clock: FrameClock;
  readonly journal: JournalWriter;
  readonly requests = new PendingRequests();
  /** The run that is being lived. */
  live: LiveRun;
  readonly #queue = new Queue();
  readonly #listeners = new Set<(update: ClusterUpdate) => void>();
  #busy: string | undefined;
  #progress: BusyProgress | undefined;
  #isClosed = false;

  constructor(options: EngineClusterOptions) {
    this.options = options;
    this.clock = new FrameClock(options.playing);
    this.journal = new JournalWriter(options.journal, options.wallMs, (message) => this.notice('problem', message));
    this.live = this.#newRun(options.seed, options.config);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Settles when all that has been asked for so far is done. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** One thing at a time. What breaks unexpectedly stops the clock and is said. */
  exclusive<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#queue.add(async () => {
      if (this.#isClosed) throw new ClusterError(CLOSED);
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ClusterError)) {
          this.clock.playing = false;
          this.say(undefined);
          this.notice('problem', `The cluster stopped: ${sentenceOfError(error)}`);
        }
        throw error;
      }
    });
  }

  /** Does it as soon as nobody else has something to do, also where the cluster is closed meanwhile. It must not break. */
  later(work: () => Promise<void>): void {
    void this.#queue.add(work);
  }

  /** Lets go of everything when what is being done has come to its end. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#queue.add(async () => {
      this.requests.abandon(CLOSED);
      await this.live.engine.dispose();
    });
    this.#listeners.clear();
  }

  /** Throws away what is and begins a cluster of another name, so that databases still being deleted are in nobody's way. */
  async startOver(seed: number, config: RunConfig, recording?: Recording): Promise<void> {
    this.say('starting a new cluster');
    this.requests.abandon('The cluster was thrown away before the request came to its end.');
    const old = this.live;
    await old.engine.dispose();
    this.become(this.#newRun(seed, config, recording));
    await this.live.begin();
    this.forget(old);
  }

  /** Deletes what it stored, only when the journal names another: should the page go away before, it is still whole. */
  forget(old: LiveRun): void {
    this.options.forgetCluster?.(old.cluster, old.engine.world.nodes).catch((error: unknown) => {
      this.notice('info', `The old cluster's databases could not all be deleted: ${sentenceOfError(error)}`);
    });
  }

  /** From here on another run is lived. */
  become(live: LiveRun): void {
    this.live = live;
    this.#busy = undefined;
    this.#progress = undefined;
    this.#tell(this.#started());
  }

  /** The present run goes on in another engine, which stands where the present one does: to be played ahead, or when it has been. */
  goOnIn(engine: Engine, cluster: string, isAhead: boolean): void {
    const { ledger, timeline, replay } = this.live;
    this.live = this.liveRun({ cluster, engine, ledger, timeline, replay }, isAhead);
  }

  /** Makes a run of these parts that is shown and, unless it is played ahead, writes itself down. */
  liveRun(
    parts: Pick<LiveRunOptions, 'cluster' | 'engine' | 'ledger' | 'timeline' | 'replay'>,
    isAhead = false,
  ): LiveRun {
    return new LiveRun({
      ...parts,
      ...(!isAhead && { journal: this.journal }),
      wallMs: this.options.wallMs,
      onShown: (events) => this.#tellEvents(events),
      onFailure: (reason) => this.notice('problem', reason),
    });
  }

  get clockStatus(): ClockStatus {
    const { engine, ledger, replay } = this.live;
    const { playing, speed, pace } = this.clock;
    return {
      nowUs: engine.nowUs,
      playing,
      speed,
      pace,
      replay: replay === undefined ? undefined : { untilUs: replay.recording.untilUs, actionsLeft: replay.actionsLeft },
      busy: this.#busy,
      progress: this.#progress,
      undoable: ledger.undo.top,
    };
  }

  subscribe(listener: (update: ClusterUpdate) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#started());
    return () => this.#listeners.delete(listener);
  }

  tellClock(): void {
    this.#tell({ type: 'clock', clock: this.clockStatus });
  }

  /** What keeps the cluster busy, as a short phrase, and how far that has come; undefined: nothing. */
  say(busy: string | undefined, progress?: BusyProgress): void {
    this.#busy = busy;
    this.#progress = progress;
    this.tellClock();
  }

  notice(level: 'info' | 'problem', message: string): void {
    this.#tell({ type: 'notice', level, message });
  }

  #newRun(seed: number, config: RunConfig, recording?: Recording): LiveRun {
    const cluster = this.options.nameCluster();
    return this.liveRun({
      cluster,
      engine: this.options.createEngine(seed, config, cluster),
      ledger: new ActionLedger(seed, config),
      timeline: new Timeline(config),
      replay: recording === undefined ? undefined : new Replay(recording),
    });
  }

  #started(): ClusterUpdate {
    const { ledger, timeline } = this.live;
    return { type: 'started', seed: ledger.seed, config: ledger.config, timeline, clock: this.clockStatus };
  }

  #tellEvents(events: readonly TimelineEvent[]): void {
    this.#tell({ type: 'events', events, clock: this.clockStatus });
    for (const { event } of events) {
      if (event.type === 'request-ended') this.requests.end(event.requestId, event.fate);
    }
  }

  #tell(update: ClusterUpdate): void {
    for (const listener of this.#listeners) listener(update);
  }
}
