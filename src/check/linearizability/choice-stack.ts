/**
 * Where a search can turn back to: for each choice that it made a frame with what else there was to choose, and what was so before.
 * Frames are kept as columns of numbers, for there are many.
 */
export class ChoiceStack {
  /** The choices of all frames, one frame after the other. */
  readonly choices: number[] = [];
  readonly #trails: number[] = [];
  readonly #begins: number[] = [];
  readonly #cursors: number[] = [];
  readonly #states: number[] = [];
  readonly #ends: number[] = [];
  readonly #boundaries: number[] = [];

  get size(): number {
    return this.#trails.length;
  }

  /** Adds a frame with the choices from `begin` on; `trail`: how many choices had been made. */
  push(begin: number, trail: number, state: number, boundary: number): void {
    this.#trails.push(trail);
    this.#begins.push(begin);
    this.#cursors.push(begin);
    this.#ends.push(this.choices.length);
    this.#states.push(state);
    this.#boundaries.push(boundary);
  }

  /** Of the last frame: how many choices had been made; 0 where there is no frame. */
  get trail(): number {
    return this.#trails.at(-1) ?? 0;
  }

  get boundary(): number {
    return this.#boundaries.at(-1) ?? -1;
  }

  /** The next choice of the last frame that has not been tried; undefined where there is none left. */
  next(): number | undefined {
    const top = this.size - 1;
    const cursor = this.#cursors[top] ?? 0;
    if (cursor >= (this.#ends[top] ?? 0)) return undefined;
    this.#cursors[top] = cursor + 1;
    return this.choices[cursor];
  }

  /** Takes the last frame away, with its choices. */
  pop(): void {
    this.choices.length = this.#begins.pop() ?? 0;
    this.#trails.pop();
    this.#cursors.pop();
    this.#ends.pop();
    this.#states.pop();
    this.#boundaries.pop();
  }

  stateOf(frame: number): number {
    return this.#states[frame] ?? 0;
  }

  /** Which of its choices is being tried. */
  triedOf(frame: number): number {
    return this.choices[(this.#cursors[frame] ?? 0) - 1] ?? 0;
  }

  /** Nothing else of that frame is tried. */
  giveUpOthersOf(frame: number): void {
    this.#cursors[frame] = this.#ends[frame] ?? 0;
  }
}
