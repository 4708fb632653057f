import type { TimelineEvent } from '../../timeline/event.ts';

/** How long events gather before they leave together, milliseconds. */
const GATHER_MS = 15;
/** How long a window is in which a listener is told no more than so many events, milliseconds. */
const WINDOW_MS = 250;
export const MAX_EVENTS_A_WINDOW = 2_500;
/** A listener that has yet to take so many bytes is told nothing more until it has. */
export const MAX_UNTAKEN_BYTES = 4_194_304;

export interface FeedPorts {
  readonly send: (events: readonly TimelineEvent[], dropped: number) => void;
  /** The node as it stands now; asked for only between two of its turns. */
  readonly picture: () => TimelineEvent;
  /** How many bytes the listener has yet to take. */
  readonly untakenBytes: () => number;
}

/**
 * What one listener is told of a node. One that is slow, or a node that does more than anybody can look at, costs a bounded
 * amount: what is too much is left out, counted, and made good by a picture of the node as it then stands.
 */
export class EventFeed {
  readonly #ports: FeedPorts;
  #events: TimelineEvent[] = [];
  #toldInWindow = 0;
  #dropped = 0;
  /** Whatever comes is left out until the next picture. */
  #isBehind = false;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #window: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: FeedPorts) {
    this.#ports = ports;
  }

  /** Begins, or begins again: with a picture. */
  begin(): void {
    // What had gathered before still leaves before it.
    this.flush();
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#isBehind = false;
    this.#ports.send([this.#ports.picture()], dropped);
  }

  take(events: readonly TimelineEvent[]): void {
    if (!this.#isBehind && this.#toldInWindow + events.length > MAX_EVENTS_A_WINDOW) this.#isBehind = true;
    this.#openWindow();
    if (this.#isBehind) {
      this.#dropped += events.length;
      return;
    }
    this.#toldInWindow += events.length;
    for (const event of events) this.#events.push(event);
    this.#gathering ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  close(): void {
    clearTimeout(this.#gathering);
    clearTimeout(this.#window);
    this.#isBehind = true;
  }

  /** What has gathered leaves now. */
  flush(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#ports.send(events, 0);
  }

  #openWindow(): void {
    this.#window ??= setTimeout(() => {
      this.#window = undefined;
      this.#toldInWindow = 0;
      if (this.#ports.untakenBytes() > MAX_UNTAKEN_BYTES) this.#isBehind = true;
      else if (this.#isBehind) this.begin();
      if (this.#isBehind) this.#openWindow();
    }, WINDOW_MS);
  }
}
