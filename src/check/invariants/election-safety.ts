import { BoundedMap } from './bounded-map.ts';
import type { Evidence, Finding } from './breach.ts';
import { MAX_REMEMBERED } from './facts.ts';
import type { Invariant } from './invariant.ts';

/** §5.2: at most one leader is elected in a term. */
export class ElectionSafety implements Invariant {
  readonly name = 'election-safety';
  readonly sees = ['became-leader'] as const;
  exercised = 0;
  readonly #leaders = new BoundedMap<number, Evidence>(MAX_REMEMBERED);

  see(at: Evidence): Finding | undefined {
    const { actor, event } = at.event;
    if (event.type !== 'became-leader') return undefined;
    this.exercised += 1;
    const earlier = this.#leaders.get(event.term);
    this.#leaders.set(event.term, at);
    if (earlier === undefined) return undefined;
    const other = earlier.event.actor;
    const sentence =
      other === actor
        ? `${actor} is elected the leader of term ${event.term} a second time.`
        : `${other} and ${actor} are both elected the leader of term ${event.term}.`;
    return { sentence, earlier, nodes: [other, actor] };
  }
}
