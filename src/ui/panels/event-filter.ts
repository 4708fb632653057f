import { describe, isNoise, kindOf, type EventKind } from '../../timeline/describe.ts';
import type { ActorId, TimelineEvent } from '../../timeline/event.ts';

/** Which events a person wants to see. An empty set means all. */
export interface EventFilter {
  readonly kinds: ReadonlySet<EventKind>;
  readonly actors: ReadonlySet<ActorId>;
  /** Words that the event's sentence or section holds, in any case; empty: any. */
  readonly text: string;
  /** Whether heartbeats and what follows from them are shown. */
  readonly noise: boolean;
}

export const everything: EventFilter = { kinds: new Set(), actors: new Set(), text: '', noise: false };

export type Verdict = 'shown' | 'folded' | 'hidden';

/** Whether an event is shown; `folded` is what would be, were it no heartbeat. The cheapest questions come first. */
export function judge(filter: EventFilter, event: TimelineEvent): Verdict {
  if (filter.actors.size > 0 && !filter.actors.has(event.actor)) return 'hidden';
  if (filter.kinds.size > 0 && !filter.kinds.has(kindOf(event.event))) return 'hidden';
  const noise = !filter.noise && isNoise(event.event, undefined);
  // Folded events are counted without being put into words.
  if (noise) return 'folded';
  if (filter.text === '') return 'shown';
  const { text, section } = describe(event);
  return `${text} ${section ?? ''}`.toLowerCase().includes(filter.text.toLowerCase()) ? 'shown' : 'hidden';
}
