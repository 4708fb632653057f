import type { Entry } from './entry.ts';
import type { LogPlace } from './snapshot.ts';

/** What may be seen of a node's log from outside. Indexes count from 1. */
export interface ReadonlyLog {
  /** What the log begins behind: the last entry that was compacted away (§7), both 0 if none was. */
  readonly base: LogPlace;
  /** The base's index if the log is empty. */
  readonly lastIndex: number;
  /** The term of the last entry, the base's if the log is empty. */
  readonly lastTerm: number;
  /** The term of the entry at `index`, and of the base; undefined before it and past the end. */
  termAt(index: number): number | undefined;
  entryAt(index: number): Entry | undefined;
  /** Entries `from` to `to`, both included. The array may be shared: never change it. */
  slice(from: number, to: number): readonly Entry[];
}

const noEntries: readonly Entry[] = [];

/** Before the first entry. */
export const beginning: LogPlace = { index: 0, term: 0 };

/**
 * The replicated log in memory (§5.3). Append, read and the search for a term cost the same however long it is, or its
 * logarithm. It starts with the very array it is given, which is its own from then on: the entries that follow `base`.
 */
export class Log implements ReadonlyLog {
  base: LogPlace;
  lastIndex: number;
  lastTerm: number;
  private entries: Entry[];
  /** The last slice that was cut, and where: a turn wants the same entries for its write and for every peer. */
  private cut: readonly Entry[] = noEntries;
  private cutFrom = 0;
  private cutTo = 0;

  constructor(entries: Entry[], base: LogPlace = beginning) {
    this.entries = entries;
    this.base = base;
    this.lastIndex = base.index + entries.length;
    this.lastTerm = entries.at(-1)?.term ?? base.term;
  }

  termAt(index: number): number | undefined {
    if (index === this.lastIndex) return this.lastTerm;
    const { base } = this;
    return index === base.index ? base.term : this.entries[index - base.index - 1]?.term;
  }

  entryAt(index: number): Entry | undefined {
    return this.entries[index - this.base.index - 1];
  }

  slice(from: number, to: number): readonly Entry[] {
    if (from > to) return noEntries;
    if (from === this.cutFrom && to === this.cutTo) return this.cut;
    this.cutFrom = from;
    this.cutTo = to;
    const { index: before } = this.base;
    const first = this.entries[from - before - 1];
    this.cut =
      from === to && first !== undefined ? [first] : this.entries.slice(Math.max(0, from - before - 1), to - before);
    return this.cut;
  }

  /** The array serves as a slice from now on, so that it need not be cut out again to be written and sent. */
  append(entries: readonly Entry[]): void {
    this.cutFrom = this.lastIndex + 1;
    for (const entry of entries) {
      this.entries.push(entry);
      this.lastTerm = entry.term;
    }
    this.lastIndex += entries.length;
    this.cut = entries;
    this.cutTo = this.lastIndex;
  }

  /** Removes the entry at `index` and all that follow it. */
  truncateFrom(index: number): void {
    this.entries.length = index - this.base.index - 1;
    this.lastIndex = index - 1;
    this.lastTerm = this.entries.at(-1)?.term ?? this.base.term;
    this.forgetCut();
  }

  /** Forgets the entries up to `place`, which is one of them (§7). The array that it began with is left as it is. */
  compactTo(place: LogPlace): void {
    this.entries = this.entries.slice(place.index - this.base.index);
    this.base = place;
    this.forgetCut();
  }

  /** Forgets everything: what comes next follows `place` (§7: a snapshot takes the place of the whole log). */
  reset(place: LogPlace): void {
    this.entries = [];
    this.base = place;
    this.lastIndex = place.index;
    this.lastTerm = place.term;
    this.forgetCut();
  }

  private forgetCut(): void {
    this.cut = noEntries;
    this.cutFrom = 0;
    this.cutTo = 0;
  }

  /**
   * The first index behind the base whose term is `term` or later; lastIndex + 1 if there is none. Terms never fall along
   * a log.
   */
  firstIndexFrom(term: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle]?.term ?? Infinity) < term) low = middle + 1;
      else high = middle;
    }
    return this.base.index + low + 1;
  }

  /** The last index whose term is exactly `term`; 0 if there is none. */
  lastIndexOf(term: number): number {
    const index = this.firstIndexFrom(term + 1) - 1;
    return index > 0 && this.termAt(index) === term ? index : 0;
  }
}

/** What is wrong with a log that a disk held, as one clause; undefined if it is sound. */
export function faultInLog(entries: readonly Entry[], term: number, base: LogPlace = beginning): string | undefined {
  let previous = base.term;
  for (const [position, entry] of entries.entries()) {
    const index = base.index + position + 1;
    if (entry.index !== index) return `entry ${index} says that it is entry ${entry.index}`;
    if (!Number.isSafeInteger(entry.term) || entry.term < 1) return `entry ${entry.index} has term ${entry.term}`;
    if (entry.term < previous) return `entry ${entry.index} has term ${entry.term}, after one of term ${previous}`;
    previous = entry.term;
  }
  return previous > term ? `its last entry has term ${previous}, but the node's term is ${term}` : undefined;
}
