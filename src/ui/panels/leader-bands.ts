import type { EventSource } from './event-index.ts';

/** A stretch of time in which a node led. `toUs` undefined: it still does. */
export interface LeaderBand {
  readonly node: string;
  readonly term: number;
  readonly fromUs: number;
  readonly toUs: number | undefined;
}

/** How many stretches are remembered; the oldest are forgotten. */
export const MAX_BANDS = 400;
/** How many events one call of {@link LeaderBands.advance} looks at. */
const MAX_EVENTS_AT_ONCE = 50_000;

/** Who led when, read from a timeline as it grows. At most one leads at a time: the one of the highest term. */
export class LeaderBands {
  #bands: readonly LeaderBand[] = [];
  #next = 0;

  /** The stretches so far; the same array until something changes. */
  get bands(): readonly LeaderBand[] {
    return this.#bands;
  }

  advance(source: EventSource): void {
    const end = Math.min(source.length, Math.max(this.#next, source.first) + MAX_EVENTS_AT_ONCE);
    for (let position = Math.max(this.#next, source.first); position < end; position++) {
      const happened = source.at(position);
      if (happened === undefined) continue;
      const { event, actor, atUs } = happened;
      if (event.type === 'became-leader') this.#begin(actor, event.term, atUs);
      else if (event.type === 'became-follower' || event.type === 'started' || event.type === 'halted') {
        this.#end((band) => band.node === actor, atUs);
      } else if (event.type === 'action') {
        const { action } = event;
        if (action.type === 'kill' || action.type === 'crash' || action.type === 'restart') {
          this.#end((band) => band.node === action.node, atUs);
        } else if (action.type === 'power-failure') this.#end((band) => action.nodes.includes(band.node), atUs);
      }
    }
    this.#next = end;
  }

  #begin(node: string, term: number, atUs: number): void {
    const last = this.#bands.at(-1);
    if (last !== undefined && last.toUs === undefined && last.term > term) return;
    this.#end(() => true, atUs);
    this.#bands = [...this.#bands, { node, term, fromUs: atUs, toUs: undefined }].slice(-MAX_BANDS);
  }

  #end(which: (band: LeaderBand) => boolean, atUs: number): void {
    const last = this.#bands.at(-1);
    if (last === undefined || last.toUs !== undefined || !which(last)) return;
    this.#bands = [...this.#bands.slice(0, -1), { ...last, toUs: atUs }];
  }
}
