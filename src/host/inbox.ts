import { actorRank } from './actor.ts';
import type { Envelope } from './ports.ts';

/** How many messages wait for a node that is paused, or slow; beyond, the oldest are thrown away. */
export const MAX_BACKLOG = 1_000;

/**
 * Messages on their way to one actor, in the order in which they are due: by moment, sender, sequence. It needs no maximum
 * of its own, because what it holds is not yet due, and so stands on a link, which has one (`MAX_ON_LINK`): an actor
 * handles what becomes due at that very moment, and one that is paused keeps at most {@link MAX_BACKLOG} of it.
 */
export class Inbox {
  readonly #envelopes: Envelope[] = [];
  #dropped = 0;

  get size(): number {
    return this.#envelopes.length;
  }

  /** Infinity where there is none. */
  nextDueUs(): number {
    return this.#envelopes[0]?.dueUs ?? Infinity;
  }

  add(envelope: Envelope): void {
    // What comes in is mostly due last, so the place is looked for from the end.
    let place = this.#envelopes.length;
    for (let before = this.#envelopes[place - 1]; before !== undefined; before = this.#envelopes[place - 1]) {
      if (!precedes(envelope, before)) break;
      place -= 1;
    }
    if (place === this.#envelopes.length) this.#envelopes.push(envelope);
    else this.#envelopes.splice(place, 0, envelope);
  }

  /** The first one, if it is due by `nowUs`. */
  takeDue(nowUs: number): Envelope | undefined {
    return this.nextDueUs() <= nowUs ? this.#envelopes.shift() : undefined;
  }

  /** Throws away what would have come in, at or after `fromUs`, over a link that is now cut. */
  dropDueFrom(fromUs: number, isCut: (from: string) => boolean): void {
    const kept = this.#envelopes.filter((envelope) => envelope.dueUs < fromUs || !isCut(envelope.from));
    this.#envelopes.splice(0, this.#envelopes.length, ...kept);
  }

  /**
   * Of a paused node: throws away the oldest of those that have arrived before `nowUs`, beyond {@link MAX_BACKLOG}.
   * To call it early changes nothing in what is left in the end: an arrived message can only grow older.
   */
  trimBacklog(nowUs: number): void {
    let arrived = 0;
    while ((this.#envelopes[arrived]?.dueUs ?? Infinity) < nowUs) arrived += 1;
    const excess = arrived - MAX_BACKLOG;
    if (excess <= 0) return;
    this.#envelopes.splice(0, excess);
    this.#dropped += excess;
  }

  /** How many {@link trimBacklog} has thrown away since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  clear(): void {
    this.#envelopes.length = 0;
  }
}

function precedes(one: Envelope, other: Envelope): boolean {
  if (one.dueUs !== other.dueUs) return one.dueUs < other.dueUs;
  if (one.from !== other.from) return actorRank(one.from) < actorRank(other.from);
  return one.sequence < other.sequence;
}
