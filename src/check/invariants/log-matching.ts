import type { Entry, NodeId } from '../../raft/entry.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Evidence, Finding } from './breach.ts';
import { MAX_REMEMBERED, type Facts } from './facts.ts';
import type { Invariant } from './invariant.ts';
import { isSameEntry } from './same-value.ts';

interface Held {
  readonly entry: Entry;
  /** The term of the entry before it; undefined where that is not known. */
  readonly termBefore: number | undefined;
  readonly node: NodeId;
  readonly at: Evidence;
}

/**
 * §5.3: who holds an entry of the same index and term holds the same entry, and the same one before it; so, by
 * induction, the same log up to there. A log has no gaps, and its terms never go down.
 */
export class LogMatching implements Invariant {
  readonly name = 'log-matching';
  readonly sees = ['entries-appended'] as const;
  exercised = 0;
  /** By index, each term's. */
  readonly #held = new BoundedMap<number, Held[]>(MAX_REMEMBERED);

  see(at: Evidence, facts: Facts): Finding | undefined {
    const { actor, event } = at.event;
    if (event.type !== 'entries-appended') return undefined;
    const { log } = facts.node(actor);
    const [first] = event.entries;
    if (first === undefined) return undefined;
    let last = log.lastIndex ?? first.index - 1;
    let termBefore = log.termAt(last);
    for (const entry of event.entries) {
      this.exercised += 1;
      if (entry.index !== last + 1) {
        const sentence = `${actor} appends entry ${entry.index} to a log that ends at ${last}.`;
        return { sentence, nodes: [actor], entries: [entry] };
      }
      if (termBefore !== undefined && entry.term < termBefore) {
        const sentence = `${actor} appends entry ${entry.index} of term ${entry.term} behind one of term ${termBefore}.`;
        return { sentence, nodes: [actor], entries: [entry] };
      }
      const finding = this.#compare({ entry, termBefore, node: actor, at });
      if (finding !== undefined) return finding;
      last = entry.index;
      termBefore = entry.term;
    }
    return undefined;
  }

  #compare(held: Held): Finding | undefined {
    const { entry, termBefore, node } = held;
    const { index, term } = entry;
    const known = this.#held.get(index);
    if (known === undefined) {
      this.#held.set(index, [held]);
      return undefined;
    }
    const other = known.find((one) => one.entry.term === term);
    if (other === undefined) {
      known.push(held);
      return undefined;
    }
    const found = { earlier: other.at, nodes: [other.node, node], entries: [other.entry, entry] };
    if (!isSameEntry(other.entry, entry)) {
      return {
        ...found,
        sentence: `${other.node} and ${node} hold different entries of index ${index} and term ${term}.`,
      };
    }
    if (termBefore === undefined || other.termBefore === undefined || termBefore === other.termBefore) return undefined;
    const before = `one of term ${other.termBefore}, in that of ${node} one of term ${termBefore}`;
    return {
      ...found,
      sentence: `Before entry ${index} of term ${term} stands in the log of ${other.node} ${before}.`,
    };
  }
}
