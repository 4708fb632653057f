import type { Entry } from './entry.ts';

/** What may be seen of a node's log from outside. Indexes count from 1. */
export interface ReadonlyLog {
  /** 0 if the log is empty. */
  readonly lastIndex: number;
  /** The term of the last entry, 0 if the log is empty. */
  readonly lastTerm: number;
  /** The term of the entry at `index`; 0 at index 0, undefined where there is no entry. */
  termAt(index: number): number | undefined;
  entryAt(index: number): Entry | undefined;
  /** Entries `from` to `to`, both included. The array may be shared: never change it. */
  slice(from: number, to: number): readonly Entry[];
}

const noEntries: readonly Entry[] = [];

/**
 * The replicated log in memory (§5.3). Append, read and the search for a term cost the same however long it is, or its
 * logarithm. It starts with the very array it is given, which is its own from then on.
 */
export class Log implements ReadonlyLog {
  lastTerm: number;
  private readonly entries: Entry[];
  /** The last slice that was cut, and where: a turn wants the same entries for its write and for every peer. */
  private cut: readonly Entry[] = noEntries;
  private cutFrom = 0;
  private cutTo = 0;

  constructor(entries: Entry[]) {
    this.entries = entries;
    this.lastTerm = entries.at(-1)?.term ?? 0;
  }

  get lastIndex(): number {
    return this.entries.length;
  }

  termAt(index: number): number | undefined {
    return index === 0 ? 0 : this.entries[index - 1]?.term;
  }

  entryAt(index: number): Entry | undefined {
    return this.entries[index - 1];
  }

  slice(from: number, to: number): readonly Entry[] {
    if (from > to) return noEntries;
    if (from === this.cutFrom && to === this.cutTo) return this.cut;
    this.cutFrom = from;
    this.cutTo = to;
    const first = this.entries[from - 1];
    this.cut = from === to && first !== undefined ? [first] : this.entries.slice(from - 1, to);
    return this.cut;
  }

  /** The array serves as a slice from now on, so that it need not be cut out again to be written and sent. */
  append(entries: readonly Entry[]): void {
    this.cutFrom = this.entries.length + 1;
    for (const entry of entries) {
      this.entries.push(entry);
      this.lastTerm = entry.term;
    }
    this.cut = entries;
    this.cutTo = this.entries.length;
  }

  /** Removes the entry at `index` and all that follow it. */
  truncateFrom(index: number): void {
    this.entries.length = index - 1;
    this.lastTerm = this.entries.at(-1)?.term ?? 0;
    this.cut = noEntries;
    this.cutFrom = 0;
    this.cutTo = 0;
  }

  /** The first index whose term is `term` or later; lastIndex + 1 if there is none. Terms never fall along a log. */
  firstIndexFrom(term: number): number {
    let low = 1;
    let high = this.entries.length + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle - 1]?.term ?? Infinity) < term) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last index whose term is exactly `term`; 0 if there is none. */
  lastIndexOf(term: number): number {
    const index = this.firstIndexFrom(term + 1) - 1;
    return index > 0 && this.termAt(index) === term ? index : 0;
  }
}

/** What is wrong with a log that a disk held, as one clause; undefined if it is sound. */
export function faultInLog(entries: readonly Entry[], term: number): string | undefined {
  let previous = 0;
  for (const [position, entry] of entries.entries()) {
    if (entry.index !== position + 1) return `entry ${position + 1} says that it is entry ${entry.index}`;
    if (!Number.isSafeInteger(entry.term) || entry.term < 1) return `entry ${entry.index} has term ${entry.term}`;
    if (entry.term < previous) return `entry ${entry.index} has term ${entry.term}, after one of term ${previous}`;
    previous = entry.term;
  }
  return previous > term ? `its last entry has term ${previous}, but the node's term is ${term}` : undefined;
}
