/**
 * A map that remembers the last `limit` names that came to be in it; one that is put again keeps its place among them. What is
 * forgotten counts as never seen.
 */
export class BoundedMap<Key, Value> {
  readonly #limit: number;
  readonly #map = new Map<Key, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: Value): void {
    this.#map.set(key, value);
    if (this.#map.size <= this.#limit) return;
    const oldest = this.#map.keys().next();
    if (oldest.done !== true) this.#map.delete(oldest.value);
  }

  /** Oldest first. */
  entries(): IterableIterator<[Key, Value]> {
    return this.#map.entries();
  }
}
