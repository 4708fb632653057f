import { actorRank } from '../../host/actor.ts';
import type { TimelineEvent } from '../../timeline/event.ts';

/** The most events that wait to be shown; past it, the oldest are taken out at once. */
export const MAX_WAITING_EVENTS = 100_000;
/** How many receipts are remembered that came before their sending. */
const MAX_EARLY = 10_000;
/** What a message is taken to need before any has been seen to arrive, microseconds. */
const FIRST_GUESS_US = 1_000;

interface Stream {
  readonly events: TimelineEvent[];
  /** How many at the front of `events` are taken out already. */
  taken: number;
}

/**
 * The events of several machines as one timeline. Each machine tells its own in order; here they are put into one order, by
 * moment and then by actor. Clocks are never known exactly: where a message would arrive before it was sent, the receipt is
 * moved to just after the sending, and with it what that machine did then. A message's `dueUs` is when it was taken up, where
 * that is known when its sending is shown, and else what messages on that link have needed of late.
 */
export class EventMerge {
  readonly #streams = new Map<string, Stream>();
  /** Of messages whose sending or receipt waits here. */
  readonly #sendings = new Map<string, number>();
  readonly #receipts = new Map<string, number>();
  readonly #early = new Set<string>();
  readonly #needed = new Map<string, number>();
  readonly #sentAt = new Map<string, { readonly link: string; readonly atUs: number }>();
  #last: { readonly atUs: number; readonly rank: number } = { atUs: 0, rank: -2 };
  #waiting = 0;

  /** How many events wait. */
  get size(): number {
    return this.#waiting;
  }

  /** What that machine has done since it last told, in the page's time. */
  add(stream: string, events: readonly TimelineEvent[]): void {
    let known = this.#streams.get(stream);
    if (known === undefined) {
      known = { events: [], taken: 0 };
      this.#streams.set(stream, known);
    }
    for (const timed of events) {
      known.events.push(timed);
      this.#waiting += 1;
      if (timed.event.type === 'message-sent') this.#sendings.set(timed.event.messageId, timed.atUs);
      if (timed.event.type === 'message-received') this.#receipts.set(timed.event.messageId, timed.atUs);
    }
  }

  /** The moment of the first event that waits; Infinity where none does. */
  nextUs(): number {
    return Math.max(this.#first()?.head.atUs ?? Infinity, this.#last.atUs);
  }

  /** Takes out all that happened before that moment, in order. */
  take(untilUs: number): readonly TimelineEvent[] {
    const taken: TimelineEvent[] = [];
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      const { head, stream } = first;
      const isTooMuch = this.#waiting > MAX_WAITING_EVENTS;
      if (head.atUs >= untilUs && !isTooMuch) break;
      if (this.#mustWait(head, stream)) continue;
      this.#remove(stream);
      const event = this.#ordered(head);
      if (event !== undefined) taken.push(event);
    }
    return taken;
  }

  #first(): { readonly head: TimelineEvent; readonly stream: Stream } | undefined {
    let first: { readonly head: TimelineEvent; readonly stream: Stream } | undefined;
    for (const stream of this.#streams.values()) {
      const head = stream.events[stream.taken];
      if (head !== undefined && (first === undefined || precedes(head, first.head))) first = { head, stream };
    }
    return first;
  }

  /** A receipt whose sending waits further on is put after it. */
  #mustWait(head: TimelineEvent, stream: Stream): boolean {
    if (head.event.type !== 'message-received') return false;
    const sentUs = this.#sendings.get(head.event.messageId);
    if (sentUs === undefined) return false;
    this.#moveOn(stream, Math.max(sentUs, this.#last.atUs, head.atUs) + 1);
    return true;
  }

  /** The head of that machine and all that it did before that moment happen then. */
  #moveOn(stream: Stream, toUs: number): void {
    for (let index = stream.taken; index < stream.events.length; index += 1) {
      const timed = stream.events[index];
      if (timed === undefined || timed.atUs >= toUs) break;
      stream.events[index] = { ...timed, atUs: toUs };
      const { event } = timed;
      if (event.type === 'message-sent') this.#sendings.set(event.messageId, toUs);
      if (event.type === 'message-received') this.#receipts.set(event.messageId, toUs);
    }
  }

  #remove(stream: Stream): void {
    stream.taken += 1;
    this.#waiting -= 1;
    // What is taken out is cleared away now and then, which costs less than each time.
    if (stream.taken < 1_024 && stream.taken < stream.events.length) return;
    stream.events.splice(0, stream.taken);
    stream.taken = 0;
  }

  /** The event in its place on the timeline; undefined for one that makes no sense any more. */
  #ordered(timed: TimelineEvent): TimelineEvent | undefined {
    const rank = actorRank(timed.actor);
    const late = timed.atUs < this.#last.atUs || (timed.atUs === this.#last.atUs && rank < this.#last.rank);
    const atUs = late ? this.#last.atUs + (rank < this.#last.rank ? 1 : 0) : timed.atUs;
    const { event } = timed;
    if (event.type === 'message-sent') {
      this.#sendings.delete(event.messageId);
      if (this.#early.delete(event.messageId)) return undefined;
      this.#last = { atUs, rank };
      return { ...timed, atUs, event: { ...event, dueUs: this.#dueUs(timed.actor, event.to, event.messageId, atUs) } };
    }
    if (event.type === 'message-received') this.#noteReceipt(event.messageId, atUs);
    this.#last = { atUs, rank };
    return atUs === timed.atUs ? timed : { ...timed, atUs };
  }

  #dueUs(from: string, to: string, messageId: string, atUs: number): number {
    const link = `${from}>${to}`;
    this.#sentAt.set(messageId, { link, atUs });
    if (this.#sentAt.size > MAX_EARLY) forgetOldest(this.#sentAt);
    const receivedUs = this.#receipts.get(messageId);
    if (receivedUs !== undefined) return Math.max(atUs + 1, receivedUs);
    return atUs + Math.max(1, Math.round(this.#needed.get(link) ?? FIRST_GUESS_US));
  }

  #noteReceipt(messageId: string, atUs: number): void {
    this.#receipts.delete(messageId);
    const sent = this.#sentAt.get(messageId);
    if (sent === undefined) {
      this.#early.add(messageId);
      if (this.#early.size > MAX_EARLY) forgetOldest(this.#early);
      return;
    }
    this.#sentAt.delete(messageId);
    const neededUs = atUs - sent.atUs;
    this.#needed.set(sent.link, (this.#needed.get(sent.link) ?? neededUs) * 0.9 + neededUs * 0.1);
  }
}

function precedes(one: TimelineEvent, other: TimelineEvent): boolean {
  return one.atUs !== other.atUs ? one.atUs < other.atUs : actorRank(one.actor) < actorRank(other.actor);
}

/** The one that was put in first. */
function forgetOldest(names: Set<string> | Map<string, unknown>): void {
  const oldest = names.keys().next();
  if (oldest.done !== true) names.delete(oldest.value);
}
