import type { Map as ImmutableMap } from 'immutable';
import type { NodeId } from '../../raft/entry.ts';
import type { View } from '../../timeline/view.ts';

/** The stores of a cluster side by side. */
export interface StoreRows {
  /** Every key that a running node holds, sorted. */
  readonly keys: readonly string[];
  /** The running node that has applied most: what the others are compared with. */
  readonly reference: NodeId | undefined;
  /** Running nodes that hold something else than the reference, and in how many keys. */
  readonly differing: readonly { readonly node: NodeId; readonly keys: number }[];
}

type Store = ImmutableMap<string, string>;

const byNumberInText = new Intl.Collator('en', { numeric: true });

/**
 * Compares the stores of running nodes. Given to itself again as `previous`, it sorts the keys only where they changed.
 */
export function storeRows(view: View, previous?: StoreRows): StoreRows {
  const running = view.world.nodes.flatMap((id) => {
    const node = view.nodes[id];
    return node === undefined || view.world.machines[id]?.status === 'down' ? [] : [node];
  });
  let reference = running[0];
  for (const node of running) {
    if (node.lastApplied > (reference?.lastApplied ?? 0)) reference = node;
    else if (node.lastApplied === reference?.lastApplied && node.role === 'leader') reference = node;
  }
  if (reference === undefined) return { keys: [], reference: undefined, differing: [] };
  const distinct = [...new Set(running.map(({ store }) => store))];
  const mine = reference.store;
  const counts = new Map(distinct.map((store) => [store, countDifferences(mine, store)]));
  return {
    keys: keysOf(distinct, previous?.keys ?? []),
    reference: reference.id,
    differing: running.flatMap(({ id, store }) => {
      const keys = counts.get(store) ?? 0;
      return keys === 0 ? [] : [{ node: id, keys }];
    }),
  };
}

function countDifferences(reference: Store, store: Store): number {
  if (store === reference) return 0;
  let different = 0;
  let shared = 0;
  for (const [key, value] of store) {
    const mine = reference.get(key);
    if (mine !== undefined) shared += 1;
    if (mine !== value) different += 1;
  }
  return different + reference.size - shared;
}

function keysOf(stores: readonly Store[], previous: readonly string[]): readonly string[] {
  const keys = new Set<string>();
  for (const store of stores) for (const key of store.keys()) keys.add(key);
  if (keys.size === previous.length && previous.every((key) => keys.has(key))) return previous;
  return [...keys].sort(byNumberInText.compare);
}

/** Above so many values in all, the stores are compared only once in a while. */
const MANY_VALUES = 10_000;
const COMPARE_EVERY_MS = 500;

/** Compares the stores of one view after another, no more often than they change; large ones every half second. */
export class StoreComparison {
  readonly #wallMs: () => number;
  #rows: StoreRows | undefined;
  #compared: readonly unknown[] = [];
  #atMs = 0;

  constructor(wallMs: () => number = () => performance.now()) {
    this.#wallMs = wallMs;
  }

  of(view: View): StoreRows {
    const parts = view.world.nodes.flatMap((id) => {
      const node = view.nodes[id];
      return [node?.store, node?.role, view.world.machines[id]?.status];
    });
    const same = parts.length === this.#compared.length && parts.every((part, place) => part === this.#compared[place]);
    if (this.#rows !== undefined && same) return this.#rows;
    const values = view.world.nodes.reduce((sum, id) => sum + (view.nodes[id]?.store.size ?? 0), 0);
    const nowMs = this.#wallMs();
    if (this.#rows !== undefined && values > MANY_VALUES && nowMs - this.#atMs < COMPARE_EVERY_MS) return this.#rows;
    this.#rows = storeRows(view, this.#rows);
    this.#compared = parts;
    this.#atMs = nowMs;
    return this.#rows;
  }
}
