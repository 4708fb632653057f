import type { RaftConfig } from './config.ts';

/** The most appends with entries that may be under way to one peer, unless a config says otherwise. */
export const MAX_INFLIGHT_MESSAGES = 256;

/** How many appends with entries may be under way to one peer at once. Without pipelining each waits for its answer. */
export function inFlightLimit({
  pipelining,
  maxInflightMessages,
}: Pick<RaftConfig, 'pipelining' | 'maxInflightMessages'>): number {
  return pipelining === false ? 1 : (maxInflightMessages ?? MAX_INFLIGHT_MESSAGES);
}

/** {@link InFlight} as plain data. */
export interface InFlightState {
  /** How many appends with entries are under way, and how many bytes their entries have. */
  readonly messages: number;
  readonly bytes: number;
  /** Each of them, oldest first. */
  readonly appends: readonly (readonly [lastIndex: number, bytes: number])[];
}

const SMALLEST_RING = 8;

/**
 * The appends with entries that a leader has sent to one peer and that have not been answered yet. They are sent in order
 * of the log, so one answer that agrees up to an index frees all that end there or before. How many there may be is for
 * the sender to see to; the ring grows to the most there ever were.
 */
export class InFlight {
  messages = 0;
  bytes = 0;
  private lastIndexes: number[] = [];
  private sizes: number[] = [];
  /** Where in the ring the oldest stands. */
  private first = 0;

  static restore({ appends }: InFlightState): InFlight {
    const inFlight = new InFlight();
    for (const [lastIndex, bytes] of appends) inFlight.add(lastIndex, bytes);
    return inFlight;
  }

  save(): InFlightState {
    return { messages: this.messages, bytes: this.bytes, appends: this.list() };
  }

  /** An append was sent whose last entry is at `lastIndex`, behind all that are under way. */
  add(lastIndex: number, bytes: number): void {
    if (this.messages === this.lastIndexes.length) this.grow();
    const behind = this.first + this.messages;
    const place = behind < this.lastIndexes.length ? behind : behind - this.lastIndexes.length;
    this.lastIndexes[place] = lastIndex;
    this.sizes[place] = bytes;
    this.messages++;
    this.bytes += bytes;
  }

  /** The peer agrees up to `matchIndex`. */
  freeUpTo(matchIndex: number): void {
    while (this.messages > 0 && (this.lastIndexes[this.first] ?? 0) <= matchIndex) {
      this.bytes -= this.sizes[this.first] ?? 0;
      this.first = this.first + 1 === this.lastIndexes.length ? 0 : this.first + 1;
      this.messages--;
    }
  }

  /** Whatever is under way no longer counts. */
  clear(): void {
    this.messages = 0;
    this.bytes = 0;
    this.first = 0;
  }

  private list(): (readonly [number, number])[] {
    return Array.from({ length: this.messages }, (_, position) => {
      const place = (this.first + position) % this.lastIndexes.length;
      return [this.lastIndexes[place] ?? 0, this.sizes[place] ?? 0] as const;
    });
  }

  private grow(): void {
    const appends = this.list();
    const room = Math.max(SMALLEST_RING, 2 * appends.length);
    this.lastIndexes = Array.from({ length: room }, (_, position) => appends[position]?.[0] ?? 0);
    this.sizes = Array.from({ length: room }, (_, position) => appends[position]?.[1] ?? 0);
    this.first = 0;
  }
}
