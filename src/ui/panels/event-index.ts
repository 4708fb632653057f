import type { Timeline } from '../../timeline/timeline.ts';
import { judge, type EventFilter } from './event-filter.ts';
import { PositionQueue } from './position-queue.ts';

/** How many events are looked at between two looks at the clock. */
const SLICE_EVENTS = 256;

interface Positions {
  push(position: number): unknown;
}

/** What a timeline is to an index: some events, counted since the run began. */
export type EventSource = Pick<Timeline, 'first' | 'length' | 'at'>;

/**
 * Which events of a timeline a filter shows, found a little at a time: new events as they come, and from where it began
 * back to the oldest, so that the newest are there at once. `count` and `at` speak of what has been found so far.
 */
export class EventIndex {
  readonly filter: EventFilter;
  readonly #source: EventSource;
  /** Found going back: positions in falling order, so that dropped ones stand at the end. */
  readonly #older: number[] = [];
  readonly #foldedOlder: number[] = [];
  /** Found going on. */
  readonly #newer = new PositionQueue();
  readonly #foldedNewer = new PositionQueue();
  /** All from `#back` up to `#front` have been looked at. */
  #back: number;
  #front: number;

  constructor(source: EventSource, filter: EventFilter) {
    this.#source = source;
    this.filter = filter;
    this.#back = source.length;
    this.#front = source.length;
  }

  /** How many events are shown. */
  get count(): number {
    return this.#older.length + this.#newer.length;
  }

  /** How many rows have come before the first one since the index began, less those dropped from the front. */
  get shift(): number {
    return this.#older.length - this.#newer.dropped;
  }

  /** How many are folded away. */
  get folded(): number {
    return this.#foldedOlder.length + this.#foldedNewer.length;
  }

  /** Whether all that the timeline holds has been looked at. */
  get complete(): boolean {
    return this.#back <= this.#source.first && this.#front >= this.#source.length;
  }

  /** The position in the timeline of the row; undefined where there is none. */
  at(row: number): number | undefined {
    if (row < 0 || row >= this.count) return undefined;
    const older = this.#older.length;
    return row < older ? this.#older[older - 1 - row] : this.#newer.at(row - older);
  }

  /** The last row whose event is at or before the position; -1 where there is none. */
  rowOf(position: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.at(middle) ?? Infinity) <= position) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Looks on for at most so long, by the clock given, in milliseconds. Returns whether anything changed. */
  advance(budgetMs: number, nowMs: () => number): boolean {
    const before = this.count + this.folded + this.shift;
    const untilMs = nowMs() + budgetMs;
    this.#forgetDropped();
    while (!this.complete) {
      if (this.#front < this.#source.length) this.#goOn();
      else this.#goBack();
      if (nowMs() >= untilMs) break;
    }
    return this.count + this.folded + this.shift !== before;
  }

  #goOn(): void {
    const end = Math.min(this.#front + SLICE_EVENTS, this.#source.length);
    for (let position = Math.max(this.#front, this.#source.first); position < end; position++) {
      this.#judge(position, this.#newer, this.#foldedNewer);
    }
    this.#front = end;
  }

  #goBack(): void {
    const end = Math.max(this.#back - SLICE_EVENTS, this.#source.first);
    for (let position = this.#back - 1; position >= end; position--) {
      this.#judge(position, this.#older, this.#foldedOlder);
    }
    this.#back = end;
  }

  #judge(position: number, shown: Positions, folded: Positions): void {
    const event = this.#source.at(position);
    if (event === undefined) return;
    const verdict = judge(this.filter, event);
    if (verdict === 'shown') shown.push(position);
    else if (verdict === 'folded') folded.push(position);
  }

  /** Takes what the timeline has dropped off the lists. */
  #forgetDropped(): void {
    const { first } = this.#source;
    for (const list of [this.#older, this.#foldedOlder]) {
      while ((list.at(-1) ?? Infinity) < first) list.pop();
    }
    this.#newer.dropBelow(first);
    this.#foldedNewer.dropBelow(first);
  }
}
