/** How many dropped positions are carried along before the list is made anew. */
const MAX_CARRIED = 4_096;

/** Rising positions: added at the end, dropped at the front. */
export class PositionQueue {
  #positions: number[] = [];
  #start = 0;
  #dropped = 0;

  get length(): number {
    return this.#positions.length - this.#start;
  }

  /** How many have been dropped in all. */
  get dropped(): number {
    return this.#dropped;
  }

  at(place: number): number | undefined {
    return this.#positions[this.#start + place];
  }

  push(position: number): void {
    this.#positions.push(position);
  }

  dropBelow(first: number): void {
    const from = this.#start;
    while ((this.#positions[this.#start] ?? Infinity) < first) this.#start += 1;
    this.#dropped += this.#start - from;
    if (this.#start > MAX_CARRIED) {
      this.#positions = this.#positions.slice(this.#start);
      this.#start = 0;
    }
  }
}
