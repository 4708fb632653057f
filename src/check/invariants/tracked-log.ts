import type { Entry } from '../../raft/entry.ts';
import type { LogPlace } from '../../raft/snapshot.ts';

/** How many entries of a log are remembered at least, the last ones. Those before them count as not known. */
export const MAX_TRACKED_ENTRIES = 20_000;

/**
 * What events have told of a log, in memory or on a disk. What was there before the watch began is not known, nor is
 * what lies further back than {@link MAX_TRACKED_ENTRIES}.
 */
export class TrackedLog {
  /** Behind which entry it begins (§7). */
  base: LogPlace = { index: 0, term: 0 };
  /** Undefined where it is not known. */
  lastIndex: number | undefined = undefined;
  #entries: Entry[] = [];
  /** The index of the first entry that is remembered. */
  #first = 1;

  /** The term of the entry at `index`; undefined where there is none, or where it is not known. */
  termAt(index: number): number | undefined {
    const entry = this.#entries[index - this.#first];
    if (entry !== undefined) return entry.term;
    return index === this.base.index ? this.base.term : undefined;
  }

  entryAt(index: number): Entry | undefined {
    return this.#entries[index - this.#first];
  }

  /** The entries from `from` on, as far as they are known. */
  from(from: number): readonly Entry[] {
    return this.#entries.slice(Math.max(0, from - this.#first));
  }

  /** It is empty, and begins behind that entry. */
  reset(base: LogPlace): void {
    this.base = base;
    this.lastIndex = base.index;
    this.#entries = [];
    this.#first = base.index + 1;
  }

  /** It ends there, and no more is known of it. */
  forget(base: LogPlace, lastIndex: number): void {
    this.reset(base);
    this.lastIndex = lastIndex;
    this.#first = lastIndex + 1;
  }

  append(entries: readonly Entry[]): void {
    const [first] = entries;
    if (first === undefined) return;
    // Where they do not follow what is known (a write of what was compacted meanwhile), that is known no longer.
    if (first.index !== this.#first + this.#entries.length) {
      this.#entries = [];
      this.#first = first.index;
    }
    for (const entry of entries) this.#entries.push(entry);
    this.lastIndex = first.index + entries.length - 1;
    if (this.#entries.length > 2 * MAX_TRACKED_ENTRIES) this.#dropTo(this.lastIndex - MAX_TRACKED_ENTRIES);
  }

  /** The entry at `index` and all that follow it are gone. */
  truncateFrom(index: number): void {
    this.#entries.length = Math.min(this.#entries.length, Math.max(0, index - this.#first));
    this.lastIndex = index - 1;
  }

  /** The entries up to that place are forgotten. */
  compactTo(place: LogPlace): void {
    if (place.index <= this.base.index) return;
    this.base = place;
    this.#dropTo(place.index);
  }

  /** Becomes what the other one is. */
  become(other: TrackedLog): void {
    this.base = other.base;
    this.lastIndex = other.lastIndex;
    this.#entries = other.#entries.slice();
    this.#first = other.#first;
  }

  #dropTo(index: number): void {
    const count = index + 1 - this.#first;
    if (count <= 0) return;
    this.#entries = this.#entries.slice(count);
    this.#first += count;
  }
}
