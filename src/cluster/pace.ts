/** Over how much wished-for time the pace is measured, in real milliseconds. */
export const PACE_WINDOW_MS = 1_000;

/** Measures how much of the wished-for speed the machine manages: 1 is all of it. */
export class Pace {
  #asked = 0;
  #done = 0;

  get value(): number {
    return this.#asked <= 0 ? 1 : Math.min(1, this.#done / this.#asked);
  }

  /** In `wallMs` of real time a share `done` (0 to 1) of the wished-for virtual time has passed. */
  note(wallMs: number, done: number): void {
    const keep = Math.max(0, 1 - wallMs / PACE_WINDOW_MS);
    this.#asked = this.#asked * keep + wallMs;
    this.#done = this.#done * keep + wallMs * done;
  }

  forget(): void {
    this.#asked = 0;
    this.#done = 0;
  }
}
