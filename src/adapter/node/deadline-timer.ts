import { monotonicNowUs } from './monotonic-clock.ts';

/** The longest that a timer of Node.js can wait, milliseconds. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * Wakes a node when something is due. A moment that moves further away, as an election deadline does with every heartbeat, costs
 * nothing: the timer comes too early then, and is set anew.
 */
export class DeadlineTimer {
  readonly #wake: () => void;
  #timer: NodeJS.Timeout | undefined;
  #setForUs = Infinity;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** When it is to wake, by {@link monotonicNowUs}; Infinity for never. */
  setDue(dueUs: number): void {
    if (this.#timer !== undefined && this.#setForUs <= dueUs) return;
    this.clear();
    if (dueUs === Infinity) return;
    this.#setForUs = dueUs;
    const waitMs = Math.ceil(Math.max(0, dueUs - monotonicNowUs()) / 1_000);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#setForUs = Infinity;
        this.#wake();
      },
      Math.min(waitMs, MAX_WAIT_MS),
    );
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#setForUs = Infinity;
  }
}
