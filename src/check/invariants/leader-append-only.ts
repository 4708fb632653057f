import type { NodeId } from '../../raft/entry.ts';
import type { Evidence, Finding } from './breach.ts';
import type { Facts } from './facts.ts';
import type { Invariant } from './invariant.ts';

/** §5.3: a leader never overwrites or removes entries of its log. To forget what a snapshot holds is no removal (§7). */
export class LeaderAppendOnly implements Invariant {
  readonly name = 'leader-append-only';
  readonly sees = ['became-leader', 'entries-appended', 'entries-truncated', 'snapshot-installed'] as const;
  exercised = 0;
  readonly #elections = new Map<NodeId, Evidence>();

  see(at: Evidence, facts: Facts): Finding | undefined {
    const { actor, event } = at.event;
    if (event.type === 'became-leader') {
      this.#elections.set(actor, at);
      return undefined;
    }
    const node = facts.node(actor);
    if (node.role !== 'leader') return undefined;
    const found = (sentence: string, from?: number): Finding => {
      const entry = from === undefined ? undefined : node.log.entryAt(from);
      return { sentence, earlier: this.#elections.get(actor), nodes: [actor], entries: entry ? [entry] : [] };
    };
    const leader = `${actor}, the leader of term ${node.term},`;
    switch (event.type) {
      case 'entries-appended':
        this.exercised += 1;
        if (event.from === undefined) return undefined;
        return found(`${leader} takes entries from ${event.from}.`);
      case 'entries-truncated':
        return found(
          `${leader} removes its entries ${event.fromIndex} to ${event.lastIndex}, as ${event.by} wants it.`,
          event.fromIndex,
        );
      case 'snapshot-installed':
        return event.keepsLog ? undefined : found(`${leader} lets ${event.from} replace its log by a snapshot.`);
      default:
        return undefined;
    }
  }
}
