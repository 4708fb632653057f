import type { Evidence, Finding } from './breach.ts';
import type { Facts } from './facts.ts';
import type { Invariant } from './invariant.ts';

/**
 * §5.1, Figure 2: the term never goes back, not even past a crash; commitIndex and lastApplied only grow while a node lives, one
 * entry after the other, and nothing is applied that is not committed.
 */
export class Monotonic implements Invariant {
  readonly name = 'monotonic';
  readonly sees = [
    'term-advanced',
    'became-candidate',
    'became-leader',
    'became-follower',
    'commit-advanced',
    'applied',
  ] as const;
  exercised = 0;

  see(at: Evidence, facts: Facts): Finding | undefined {
    const { actor, event } = at.event;
    const node = facts.node(actor);
    const found = (sentence: string): Finding => ({ sentence, nodes: [actor] });
    this.exercised += 1;
    switch (event.type) {
      case 'term-advanced':
      case 'became-candidate':
        if (event.term > node.term) return undefined;
        return found(`${actor} goes from term ${node.term} to term ${event.term}.`);
      case 'became-leader':
      case 'became-follower':
        if (event.term >= node.term) return undefined;
        return found(`${actor} goes from term ${node.term} back to term ${event.term}.`);
      case 'commit-advanced': {
        const before = node.commitIndex ?? event.from;
        if (event.from === before && event.commitIndex > before) return undefined;
        return found(`The commitIndex of ${actor} goes from ${before} to ${event.commitIndex}.`);
      }
      case 'applied': {
        const { index } = event.entry;
        if (node.lastApplied !== undefined && index !== node.lastApplied + 1) {
          return found(`${actor} applies entry ${index} after entry ${node.lastApplied}.`);
        }
        if (index <= (node.commitIndex ?? index)) return undefined;
        return found(`${actor} applies entry ${index}, and its commitIndex is ${node.commitIndex}.`);
      }
      default:
        return undefined;
    }
  }
}
