import type { Evidence, Finding } from './breach.ts';
import type { Facts } from './facts.ts';
import type { Invariant } from './invariant.ts';

/**
 * §5.4: what was committed in a term stands in the logs of the leaders of all later terms. Where the last such entry stands in a
 * leader's log, so do those before it: that is for Log Matching to see to.
 */
export class LeaderCompleteness implements Invariant {
  readonly name = 'leader-completeness';
  readonly sees = ['became-leader'] as const;
  exercised = 0;

  see(at: Evidence, facts: Facts): Finding | undefined {
    const { actor, event } = at.event;
    if (event.type !== 'became-leader') return undefined;
    const { log } = facts.node(actor);
    this.exercised += 1;
    // What it has compacted away was committed, and is in its snapshot.
    for (let index = facts.lastCommitted; index > log.base.index; index -= 1) {
      const committed = facts.committed.get(index);
      if (committed === undefined) return undefined;
      if (committed.inTerm >= event.term) continue;
      const isLonger = log.lastIndex !== undefined && index > log.lastIndex;
      const term = log.termAt(index);
      if (term === committed.entry.term) return undefined;
      if (!isLonger && term === undefined) continue;
      const own = log.entryAt(index);
      const instead = own === undefined ? '' : ` and holds one of term ${own.term} there`;
      return {
        sentence: `${actor} is elected in term ${event.term} and lacks entry ${index} of term ${committed.entry.term}, which ${committed.node} committed in term ${committed.inTerm}${instead}.`,
        earlier: committed.at,
        nodes: [committed.node, actor],
        entries: own === undefined ? [committed.entry] : [committed.entry, own],
      };
    }
    return undefined;
  }
}
