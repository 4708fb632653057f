import { Pace } from './pace.ts';
import { DEFAULT_SPEED } from './speed.ts';

/** The longest real time, in milliseconds, that one frame asks for: past it the clock runs slower. */
export const MAX_FRAME_MS = 100;

/**
 * The most of the time that it took to open the page that counts, in real milliseconds. At the default speed that is less
 * than the shortest election timeout: nothing that could be watched is over when the first frame is drawn.
 */
export const MAX_HEAD_START_MS = 1_000;

/** How real time becomes virtual time: whether it passes, how fast, and how much of it the frames are still owed. */
export class FrameClock {
  playing: boolean;
  readonly #pace = new Pace();
  #speed = DEFAULT_SPEED;
  #lastFrameMs: number | undefined;
  #owedMs = 0;
  /** The most that is owed at once. */
  #mostMs = MAX_FRAME_MS;

  constructor(playing: boolean) {
    this.playing = playing;
  }

  /** Virtual time per real time, as wished. */
  get speed(): number {
    return this.#speed;
  }

  /** What the machine manages of it, 0 to 1. */
  get pace(): number {
    return this.#pace.value;
  }

  setSpeed(timesRealTime: number): void {
    this.#speed = timesRealTime;
    this.#mostMs = MAX_FRAME_MS;
    this.#pace.forget();
  }

  /** Virtual time passes since that real moment, before the first frame: it does not wait for a page to be loaded. */
  countFrom(wallMs: number): void {
    this.#lastFrameMs = wallMs;
    this.#mostMs = MAX_HEAD_START_MS;
  }

  pause(): void {
    this.playing = false;
    this.#pace.forget();
  }

  /** A frame is drawn at that real moment. */
  frame(wallMs: number): void {
    const elapsedMs = wallMs - (this.#lastFrameMs ?? wallMs);
    this.#lastFrameMs = wallMs;
    this.#owedMs = this.playing ? Math.min(this.#mostMs, this.#owedMs + elapsedMs) : 0;
  }

  /** Takes what is owed; undefined where there is nothing to be played. */
  takeOwed(): { readonly wallMs: number; readonly virtualUs: number } | undefined {
    const wallMs = this.#owedMs;
    this.#owedMs = 0;
    this.#mostMs = MAX_FRAME_MS;
    if (!this.playing || wallMs <= 0) return undefined;
    return { wallMs, virtualUs: Math.max(1, Math.round(wallMs * 1_000 * this.#speed)) };
  }

  /** Of what was owed for so long a real time a share (0 to 1) has been played. */
  note(wallMs: number, share: number): void {
    this.#pace.note(wallMs, share);
  }
}
