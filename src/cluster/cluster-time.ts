import type { Ahead, ClusterCore } from './cluster-core.ts';

/** How long a frame, and running ahead, keep others waiting at most, in real milliseconds. */
const FRAME_WALL_MS = 12;
const AHEAD_WALL_MS = 100;

/** Lets virtual time pass: frame by frame, or ahead as fast as the machine can. */
export class ClusterTime {
  readonly #core: ClusterCore;
  #stopFrames: () => void = () => undefined;
  #isPlayingFrame = false;
  /** Whether the last frame ended before all that it was owed was played. */
  #isBehind = false;
  /** Set by whoever does not want to wait until running ahead has come to its end. */
  #isAheadStopped = false;

  constructor(core: ClusterCore) {
    this.#core = core;
  }

  /** From here on it goes by the frames. */
  start(): void {
    if (!this.#core.isClosed) this.#stopFrames = this.#core.options.frames((wallMs) => this.#onFrame(wallMs));
  }

  stop(): void {
    this.#stopFrames();
  }

  stopRunningAhead(): void {
    this.#isAheadStopped = true;
  }

  /** Plays until that moment, saying how far it has come; far ahead in the simulator, where that is sooner there. */
  async runAhead(untilUs: number, what: string): Promise<void> {
    this.#isAheadStopped = false;
    const play: Ahead['play'] = (wallMs, breathe) => this.#playUntil(untilUs, what, wallMs, breathe);
    const ahead = { untilUs, what, play, isStopped: () => this.#isStopped() };
    const isThere = await this.#core.options.playAhead?.(this.#core, ahead);
    if (isThere !== true) await play(AHEAD_WALL_MS);
    this.#core.say(undefined);
  }

  async #playUntil(untilUs: number, what: string, wallMs: number, breathe?: () => Promise<void>): Promise<void> {
    const { live, options } = this.#core;
    const fromUs = live.engine.nowUs;
    do {
      const share = (live.engine.nowUs - fromUs) / Math.max(1, untilUs - fromUs);
      this.#core.say(what, { share, canStop: true });
      // Also where there is no way to go: what is due at this very moment is done, and all that has happened is shown.
      await live.runTo(untilUs, options.wallMs() + wallMs);
      await breathe?.();
    } while (live.engine.nowUs < untilUs && !this.#isStopped());
  }

  #isStopped(): boolean {
    return this.#core.isClosed || this.#isAheadStopped;
  }

  #onFrame(wallMs: number): void {
    const { clock, isClosed } = this.#core;
    if (isClosed) return;
    clock.frame(wallMs);
    if (!clock.playing || this.#isPlayingFrame) return;
    this.#isPlayingFrame = true;
    const played = this.#core.exclusive(() => this.#playFrame());
    // What broke has been said.
    void played
      .catch(() => undefined)
      .finally(() => {
        this.#isPlayingFrame = false;
        // Who is behind does not wait for the next frame: that is drawn meanwhile.
        if (this.#isBehind) this.#onFrame(this.#core.options.wallMs());
      });
  }

  async #playFrame(): Promise<void> {
    const { clock, live, options } = this.#core;
    const owed = clock.takeOwed();
    this.#isBehind = false;
    if (owed === undefined) return;
    const fromUs = live.engine.nowUs;
    await live.runTo(fromUs + owed.virtualUs, options.wallMs() + FRAME_WALL_MS);
    this.#isBehind = live.engine.nowUs < fromUs + owed.virtualUs;
    clock.note(owed.wallMs, (live.engine.nowUs - fromUs) / owed.virtualUs);
    this.#core.tellClock();
  }
}
