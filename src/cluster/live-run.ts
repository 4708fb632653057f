import type { Action } from '../timeline/action.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import type { Run } from '../timeline/run.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { ActionLedger } from './action-ledger.ts';
import type { Engine, Progress } from './engine.ts';
import type { JournalWriter } from './journal-writer.ts';
import { Playhead } from './playhead.ts';
import type { Replay } from './replay.ts';
import type { ActionMark } from './run-journal.ts';

/** How far a stretch goes before it looks at the real clock, in virtual microseconds. */
const STRETCH_US = 20_000;
/** The same in a simulator, which is there in no time. */
const SIMULATED_STRETCH_US = 200_000;

export interface LiveRunOptions {
  /** The name of its databases. */
  readonly cluster: string;
  readonly engine: Engine;
  readonly ledger: ActionLedger;
  readonly timeline: Timeline;
  readonly replay: Replay | undefined;
  /** Left out while it is played ahead of its nodes: should the page go away meanwhile, it comes back from before. */
  readonly journal?: JournalWriter;
  /** The real clock, in milliseconds. */
  readonly wallMs: () => number;
  /** Told of what is new on the timeline. */
  readonly onShown: (events: readonly TimelineEvent[]) => void;
  /** Told in a sentence why the real machine failed a node. */
  readonly onFailure: (reason: string) => void;
}

/** A run while it is being lived: an engine goes on, and what comes of it is written down and shown. Calls must not overlap. */
export class LiveRun {
  readonly cluster: string;
  readonly engine: Engine;
  readonly ledger: ActionLedger;
  readonly #options: LiveRunOptions;
  readonly #playhead: Playhead;
  #replay: Replay | undefined;

  constructor(options: LiveRunOptions) {
    this.#options = options;
    this.cluster = options.cluster;
    this.engine = options.engine;
    this.ledger = options.ledger;
    this.#playhead = new Playhead(options.timeline);
    this.#replay = options.replay;
  }

  /** What is shown: all that has happened, but for what is left of a moment that is being stepped through. */
  get timeline(): Timeline {
    return this.#playhead.timeline;
  }

  get replay(): Replay | undefined {
    return this.#replay;
  }

  /** The run so far. It knows no half of a moment. */
  get run(): Run {
    return this.ledger.run(this.engine.nowUs);
  }

  /** Begins the run, or, where it was played ahead, goes on with it; and so does its journal. */
  async begin(): Promise<void> {
    const { cluster, journal } = this.#options;
    const actions = this.ledger.slice(0);
    await journal?.begin({ cluster, run: this.run, recording: this.#replay?.recording, actions });
    this.saveClock();
    this.#tellFailures(this.#take(await this.engine.start()));
    this.show();
    await this.writeDown();
  }

  /** Does an action that is possible, at the present moment; says why the real machine failed a node instead, if it did. */
  async perform(action: Action, mark?: ActionMark): Promise<string | undefined> {
    const progress = this.#take(await this.engine.act(action), mark);
    this.show();
    return action.type === 'crash' ? undefined : this.#tellFailures(progress)[0];
  }

  /** Goes on until that moment, or until the real clock passes `patienceMs`, and shows all that happened. */
  async runTo(untilUs: number, patienceMs = Infinity): Promise<void> {
    await this.#goTo(untilUs, patienceMs);
    this.show();
  }

  /** Shows one step more, of this moment or of the next one at which anything happens; returns what is new. */
  async step(): Promise<readonly TimelineEvent[]> {
    while (!this.#playhead.isBehind) {
      const next = Math.min(this.engine.nextDueUs(), this.#replay?.nextUs ?? Infinity);
      if (next === Infinity) return [];
      await this.#goTo(next + 1, Infinity);
    }
    const events = this.#playhead.showStep();
    this.#shown(events);
    return events;
  }

  /** Shows all that has happened. */
  show(): void {
    this.#shown(this.#playhead.showAll());
  }

  /** Notes in the journal how far the clock has come: for a page's last moment, when nothing can be waited for. */
  saveClock(): void {
    this.#options.journal?.saveClock(this.engine.nowUs);
  }

  /** Writes down what was done, should the clock stand still. */
  async writeDown(): Promise<void> {
    await this.#options.journal?.write(this.ledger);
  }

  /** Ends a replay before its end; returns how many of its actions are left out. */
  async endReplay(): Promise<number> {
    const left = this.#replay?.actionsLeft ?? 0;
    if (this.#replay !== undefined) await this.#options.journal?.forgetRecording();
    this.#replay = undefined;
    return left;
  }

  async #goTo(untilUs: number, patienceMs: number): Promise<void> {
    await this.#replayDue();
    while (this.engine.nowUs < untilUs) {
      const stretchUs = this.#options.journal === undefined ? SIMULATED_STRETCH_US : STRETCH_US;
      const target = Math.min(untilUs, this.#replay?.nextUs ?? Infinity, this.engine.nowUs + stretchUs);
      await this.writeDown();
      this.#tellFailures(this.#take(await this.engine.advance(target)));
      await this.#replayDue();
      if (this.#options.wallMs() > patienceMs) break;
    }
    await this.writeDown();
  }

  /** Does what a replay has to do by now. It is done as it stands, also what changed nothing when it was recorded. */
  async #replayDue(): Promise<void> {
    for (let due = this.#due(); due !== undefined; due = this.#due()) {
      this.#take(await this.engine.act(due.action), due.mark);
    }
    if (this.#replay?.isOver(this.engine.nowUs) === true) this.#replay = undefined;
  }

  #due(): ReturnType<Replay['takeDue']> {
    return this.#replay?.takeDue(this.engine.nowUs);
  }

  #take(progress: Progress, mark?: ActionMark): Progress {
    for (const timed of progress.performed) this.ledger.add(timed, mark);
    this.#playhead.take(progress.events);
    return progress;
  }

  #shown(events: readonly TimelineEvent[]): void {
    this.#options.journal?.noteClock(this.engine.nowUs);
    if (events.length > 0) this.#options.onShown(events);
  }

  /** Returns why the real machine failed nodes. */
  #tellFailures({ performed }: Progress): readonly string[] {
    const reasons = performed.flatMap(({ action }) => (action.type === 'crash' ? [action.reason] : []));
    for (const reason of reasons) this.#options.onFailure(reason);
    return reasons;
  }
}
