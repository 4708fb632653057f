import type { EventBody } from '../../timeline/event.ts';
import type { Evidence, Finding } from './breach.ts';
import type { Facts } from './facts.ts';
import type { Invariant } from './invariant.ts';
import { ReferenceStore } from './reference-store.ts';

type Of<Type extends EventBody['type']> = Extract<EventBody, { readonly type: Type }>;

/**
 * §7: a snapshot holds what applying the log up to its end would have brought about: the same keys with the same values, in the same
 * order. It is taken of nothing that is not applied, and no more of the log is forgotten than it holds.
 */
export class SnapshotEqualsLog implements Invariant {
  readonly name = 'snapshot-equals-log';
  readonly sees = ['applied', 'store-restored', 'snapshot-taken', 'snapshot-installed', 'log-compacted'] as const;
  exercised = 0;
  #store: ReferenceStore | undefined;

  see(at: Evidence, facts: Facts): Finding | undefined {
    const { actor, event } = at.event;
    this.#store ??= new ReferenceStore(facts.beganLate);
    switch (event.type) {
      case 'applied':
        this.#store.note(event.entry.index, event.change);
        return undefined;
      case 'store-restored':
        this.exercised += 1;
        return restored(actor, event, this.#store, facts);
      case 'snapshot-taken':
        this.exercised += 1;
        return taken(actor, event, facts);
      case 'snapshot-installed':
        return endsWithCommitted(actor, event, facts);
      case 'log-compacted':
        return compacted(actor, event, facts);
      default:
        return undefined;
    }
  }
}

function restored(
  node: string,
  { index, entries }: Of<'store-restored'>,
  store: ReferenceStore,
  { beganLate }: Facts,
): Finding | undefined {
  const expected = store.after(index);
  if (expected === undefined) {
    if (index <= store.lastIndex) return undefined;
    if (beganLate) {
      store.begin(index, entries);
      return undefined;
    }
    const sentence = `${node} restores a snapshot up to entry ${index}, and nobody has applied more than ${store.lastIndex}.`;
    return { sentence, nodes: [node] };
  }
  const place = expected.findIndex(([key, value], at) => {
    const own = entries[at];
    return own === undefined || own[0] !== key || own[1] !== value;
  });
  if (place < 0 && expected.length === entries.length) return undefined;
  const at = place < 0 ? expected.length : place;
  const sentence = `${node} restores a snapshot up to entry ${index} that holds ${shown(entries[at])} where applying the log gives ${shown(expected[at])}.`;
  return { sentence, nodes: [node] };
}

function taken(node: string, { index, term }: Of<'snapshot-taken'>, facts: Facts): Finding | undefined {
  const { lastApplied, log } = facts.node(node);
  if (lastApplied !== undefined && index > lastApplied) {
    const sentence = `${node} takes a snapshot up to entry ${index}, and has applied no more than ${lastApplied}.`;
    return { sentence, nodes: [node] };
  }
  const own = log.termAt(index);
  if (own === undefined || own === term) return undefined;
  const sentence = `${node} takes a snapshot up to entry ${index} of term ${term}, and its entry there is of term ${own}.`;
  return { sentence, nodes: [node] };
}

function endsWithCommitted(
  node: string,
  { index, term, from }: Of<'snapshot-installed'>,
  { committed }: Facts,
): Finding | undefined {
  const known = committed.get(index);
  if (known === undefined || known.entry.term === term) return undefined;
  return {
    sentence: `${node} takes a snapshot from ${from} that ends with entry ${index} of term ${term}, where ${known.node} committed the one of term ${known.entry.term}.`,
    earlier: known.at,
    nodes: [known.node, from, node],
    entries: [known.entry],
  };
}

function compacted(node: string, { index }: Of<'log-compacted'>, facts: Facts): Finding | undefined {
  const { snapshotIndex, lastApplied } = facts.node(node);
  if (snapshotIndex !== undefined && index > snapshotIndex) {
    const sentence = `${node} forgets its log up to entry ${index}, and its snapshot ends with entry ${snapshotIndex}.`;
    return { sentence, nodes: [node] };
  }
  if (lastApplied === undefined || index <= lastApplied) return undefined;
  return { sentence: `${node} forgets its log up to entry ${index}, and has applied ${lastApplied}.`, nodes: [node] };
}

function shown(pair: readonly [key: string, value: string] | undefined): string {
  return pair === undefined ? 'nothing more' : `"${pair[0]}" = "${pair[1]}"`;
}
