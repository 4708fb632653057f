/** What an applied entry did to the map; undefined for nothing. */
export type StoreChange = { readonly key: string; readonly value: string | undefined } | undefined;

/** How many of the last changes are kept apart: a store from before them cannot be told any more. */
export const MAX_KEPT_CHANGES = 20_000;

/** What the store is after each index, as the first to apply each entry has shown it. */
export class ReferenceStore {
  /** The store after `#baseIndex`; undefined as long as nothing is known. */
  #base: Map<string, string> | undefined;
  #baseIndex = 0;
  #changes: StoreChange[] = [];

  /** The store begins empty, unless the watch `beganLate`: then it is known from when a node tells it. */
  constructor(beganLate: boolean) {
    this.#base = beganLate ? undefined : new Map();
  }

  /** The last index after which the store is known. */
  get lastIndex(): number {
    return this.#baseIndex + this.#changes.length;
  }

  /** An entry was applied. Only the first to apply it has anything to tell. */
  note(index: number, change: StoreChange): void {
    if (this.#base === undefined || index !== this.lastIndex + 1) return;
    this.#changes.push(change);
    if (this.#changes.length <= 2 * MAX_KEPT_CHANGES) return;
    const folded = this.#changes.splice(0, MAX_KEPT_CHANGES);
    for (const one of folded) applyTo(this.#base, one);
    this.#baseIndex += folded.length;
  }

  /** Keys and values after `index`, in the order in which the keys came into being; undefined where that is not known. */
  after(index: number): readonly (readonly [key: string, value: string])[] | undefined {
    if (this.#base === undefined || index < this.#baseIndex || index > this.lastIndex) return undefined;
    const store = new Map(this.#base);
    for (const change of this.#changes.slice(0, index - this.#baseIndex)) applyTo(store, change);
    return [...store];
  }

  /** Where nothing was known yet, or nothing so new: from now on this is the store after `index`. */
  begin(index: number, entries: readonly (readonly [key: string, value: string])[]): void {
    this.#base = new Map(entries);
    this.#baseIndex = index;
    this.#changes = [];
  }
}

function applyTo(store: Map<string, string>, change: StoreChange): void {
  if (change === undefined) return;
  if (change.value === undefined) store.delete(change.key);
  else store.set(change.key, change.value);
}
