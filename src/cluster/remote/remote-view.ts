import type { TimelineEvent } from '../../timeline/event.ts';
import type { Timeline } from '../../timeline/timeline.ts';
import { ClusterError } from '../cluster-control.ts';
import { Playhead } from '../playhead.ts';
import { MAX_SPEED, MIN_SPEED } from '../speed.ts';
import { EventMerge } from './event-merge.ts';

/**
 * How far the screen stays behind the cluster, microseconds: so long it waits for what other nodes have to tell of the same
 * moment.
 */
const BEHIND_US = 100_000;
/** How often {@link RemoteView.advanceTo} looks whether it is there, milliseconds. */
const LOOK_MS = 5;
/** How long a step waits for something to happen, microseconds. */
const STEP_PATIENCE_US = 1_000_000;

export interface RemoteViewOptions {
  readonly timeline: Timeline;
  /** The page's clock, microseconds since the page attached. */
  readonly nowUs: () => number;
  readonly onShown: (events: readonly TimelineEvent[]) => void;
  readonly onClosed: () => string | undefined;
}

/**
 * What of a real cluster is shown. Its clock is nobody's to stop: what can be stopped, slowed down and stepped through is this
 * view of it, while the cluster goes on. Events wait in the {@link EventMerge} until the view has got to their moment.
 */
export class RemoteView {
  readonly merge = new EventMerge();
  playing = true;
  speed = 1;
  readonly #options: RemoteViewOptions;
  readonly #playhead: Playhead;
  #shownUs = 0;
  #lastWallUs: number;

  constructor(options: RemoteViewOptions) {
    this.#options = options;
    this.#playhead = new Playhead(options.timeline);
    this.#lastWallUs = options.nowUs();
  }

  /** The moment shown, microseconds since the page attached. */
  get shownUs(): number {
    return this.#shownUs;
  }

  /** How long ago what is shown happened, microseconds. */
  get behindUs(): number {
    return Math.max(0, this.#options.nowUs() - this.#shownUs);
  }

  /** Goes on, as far as the real time since the last call allows. */
  frame(): void {
    const nowUs = this.#options.nowUs();
    const elapsedUs = nowUs - this.#lastWallUs;
    this.#lastWallUs = nowUs;
    if (!this.playing) return;
    const liveUs = nowUs - BEHIND_US;
    // At real speed there is nothing to catch up with: the screen is where it can be.
    const wishedUs = this.speed === 1 ? liveUs : this.#shownUs + Math.round(elapsedUs * this.speed);
    this.#showUntil(Math.min(liveUs, wishedUs));
  }

  /** Shows all that has been told, also what by a clock that is a little ahead is yet to happen. */
  catchUp(): void {
    const { nowUs, timeline } = this.#options;
    this.#playhead.take(this.merge.take(Infinity));
    this.#showAll(Math.max(nowUs(), timeline.view.atUs));
  }

  setSpeed(timesRealTime: number): void {
    if (!Number.isFinite(timesRealTime) || timesRealTime < MIN_SPEED || timesRealTime > MAX_SPEED) {
      throw new ClusterError(`The speed must be from 1/1000 to ${MAX_SPEED} times real time, not ${timesRealTime}.`);
    }
    this.speed = timesRealTime;
  }

  /** Shows one step more of what has been told, or of what happens next; returns what is new. */
  async step(): Promise<readonly TimelineEvent[]> {
    const { nowUs } = this.#options;
    this.playing = false;
    const patienceUs = nowUs() + STEP_PATIENCE_US;
    while (!this.#playhead.isBehind) {
      const nextUs = this.merge.nextUs();
      if (nextUs >= nowUs() - BEHIND_US) {
        if (nowUs() > patienceUs) return [];
        await this.#wait(LOOK_MS);
        continue;
      }
      this.#playhead.take(this.merge.take(nextUs + 1));
      this.#shownUs = Math.max(this.#shownUs, nextUs);
    }
    const events = this.#playhead.showStep();
    if (events.length > 0) this.#options.onShown(events);
    return events;
  }

  /** Settles when that moment is shown: not before it has been, in real time. */
  async advanceTo(untilUs: number): Promise<void> {
    const { nowUs } = this.#options;
    while (nowUs() - BEHIND_US < untilUs) {
      await this.#wait(Math.min(LOOK_MS * 10, (untilUs - nowUs() + BEHIND_US) / 1_000 + 1));
    }
    this.#showUntil(untilUs);
  }

  async #wait(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const closed = this.#options.onClosed();
    if (closed !== undefined) throw new ClusterError(closed);
  }

  #showUntil(untilUs: number): void {
    this.#playhead.take(this.merge.take(untilUs));
    this.#showAll(untilUs);
  }

  /** It is that moment, and all that has been taken out is shown. */
  #showAll(untilUs: number): void {
    this.#shownUs = Math.max(this.#shownUs, untilUs);
    const events = this.#playhead.showAll();
    if (events.length > 0) this.#options.onShown(events);
  }
}
