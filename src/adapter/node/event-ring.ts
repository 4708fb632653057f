import type { TimelineEvent } from '../../timeline/event.ts';

/** How many events a node remembers of itself. */
export const MAX_RECENT_EVENTS = 10_000;

/** Takes what happened since the last time, in order. It must not throw. */
export type EventListener = (events: readonly TimelineEvent[]) => void;

/** The latest events of a node, and whoever wants to hear of each: they are told once a turn. */
export class EventRing {
  #events: TimelineEvent[] = [];
  #fresh: TimelineEvent[] = [];
  readonly #listeners = new Set<EventListener>();

  add(event: TimelineEvent): void {
    this.#events.push(event);
    if (this.#listeners.size > 0) this.#fresh.push(event);
    // A half is thrown away at once, which costs less than one at a time.
    if (this.#events.length >= 2 * MAX_RECENT_EVENTS) this.#events = this.#events.slice(-MAX_RECENT_EVENTS);
  }

  /** The last {@link MAX_RECENT_EVENTS}, oldest first. */
  recent(): readonly TimelineEvent[] {
    return this.#events.slice(-MAX_RECENT_EVENTS);
  }

  /** Gives how to stop listening. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells all who listen what has come in since. */
  tell(): void {
    if (this.#fresh.length === 0) return;
    const events = this.#fresh;
    this.#fresh = [];
    for (const listener of this.#listeners) listener(events);
  }
}
