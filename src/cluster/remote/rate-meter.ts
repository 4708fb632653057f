import type { TimelineEvent } from '../../timeline/event.ts';

/** Over how long a rate is measured, microseconds. */
const WINDOW_US = 2_000_000;

/** What a cluster does in a second, of late. */
export interface Rates {
  readonly committed: number;
  readonly messages: number;
}

/** Counts what is shown. Entries are counted as a leader commits them. */
export class RateMeter {
  #counts: { readonly atUs: number; committed: number; messages: number }[] = [];

  take(events: readonly TimelineEvent[], isLeader: (actor: string) => boolean): void {
    for (const { atUs, actor, event } of events) {
      if (event.type === 'message-sent') this.#at(atUs).messages += 1;
      if (event.type !== 'commit-advanced' || !isLeader(actor)) continue;
      this.#at(atUs).committed += event.commitIndex - event.from;
    }
  }

  rates(nowUs: number): Rates {
    this.#counts = this.#counts.filter(({ atUs }) => atUs > nowUs - WINDOW_US);
    const sum = { committed: 0, messages: 0 };
    for (const { committed, messages } of this.#counts) {
      sum.committed += committed;
      sum.messages += messages;
    }
    const seconds = WINDOW_US / 1_000_000;
    return { committed: Math.round(sum.committed / seconds), messages: Math.round(sum.messages / seconds) };
  }

  /** The count of the tenth of a second that the moment is in. */
  #at(atUs: number): { committed: number; messages: number } {
    const beginUs = Math.floor(atUs / 100_000) * 100_000;
    const last = this.#counts.at(-1);
    if (last?.atUs === beginUs) return last;
    const count = { atUs: beginUs, committed: 0, messages: 0 };
    this.#counts.push(count);
    return count;
  }
}
