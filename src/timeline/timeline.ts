import type { TimelineEvent } from './event.ts';
import { fold, initialView } from './fold.ts';
import type { RunConfig } from './run-config.ts';
import type { View } from './view.ts';

/** How many events a timeline holds unless told otherwise; past it the oldest are dropped. */
export const MAX_EVENTS = 200_000;

/** How many events lie between two keyframes, at most: what {@link Timeline.viewAfter} may have to fold. */
const MAX_BLOCK_EVENTS = 2_048;

/** A stretch of the timeline. The view before it is a keyframe; being immutable, it costs little more than a reference. */
interface Block {
  readonly first: number;
  readonly before: View;
  readonly events: TimelineEvent[];
}

/**
 * The events of a run in their order, and the view after any of them. It grows at its end and, past its bound, forgets
 * its oldest events in blocks; what they came to is kept, so every event still held can be shown. Events are counted from
 * 0 since the run began, whether or not they are still held.
 */
export class Timeline {
  readonly config: RunConfig;
  readonly maxEvents: number;
  readonly #blockEvents: number;
  #blocks: readonly [Block, ...Block[]];
  #view: View;
  #length = 0;
  #revision = 0;
  /** The view asked for last: a person steps from one event to the next. */
  #recent: { readonly index: number; readonly view: View } | undefined;

  /** `maxEvents` counts as at least 2. */
  constructor(config: RunConfig, options: { readonly maxEvents?: number } = {}) {
    this.config = config;
    this.maxEvents = Math.max(2, Math.floor(options.maxEvents ?? MAX_EVENTS));
    // Small enough that at least half the bound is held after a drop.
    this.#blockEvents = Math.min(MAX_BLOCK_EVENTS, Math.floor(this.maxEvents / 2));
    this.#view = initialView(config);
    this.#blocks = [{ first: 0, before: this.#view, events: [] }];
  }

  /** The index of the oldest event still held; equal to `length` where there is none. */
  get first(): number {
    return this.#blocks[0].first;
  }

  /** The index after the newest event: how many there have been since the run began. */
  get length(): number {
    return this.#length;
  }

  /** How many of the oldest events are no longer held. */
  get dropped(): number {
    return this.first;
  }

  /** Rises with each change. */
  get revision(): number {
    return this.#revision;
  }

  /** The view at the live end. */
  get view(): View {
    return this.#view;
  }

  append(events: readonly TimelineEvent[]): void {
    if (events.length === 0) return;
    for (let position = 0; position < events.length;) {
      const block = this.#openBlock();
      const room = this.#blockEvents - block.events.length;
      const part = position === 0 && events.length <= room ? events : events.slice(position, position + room);
      for (const event of part) block.events.push(event);
      this.#view = fold(this.#view, part);
      this.#length += part.length;
      position += part.length;
      this.#dropOldest();
    }
    this.#revision += 1;
  }

  /** The event at that index; undefined where it is dropped or yet to come. */
  at(index: number): TimelineEvent | undefined {
    const block = this.#blockOf(index);
    return block?.events[index - block.first];
  }

  /** The events from `from` up to but not including `to`, as far as they are held. */
  slice(from: number = this.first, to: number = this.#length): readonly TimelineEvent[] {
    const start = Math.max(from, this.first);
    const end = Math.min(to, this.#length);
    const events: TimelineEvent[] = [];
    for (let index = start; index < end;) {
      const block = this.#blockOf(index);
      if (block === undefined) break;
      const part = block.events.slice(index - block.first, end - block.first);
      for (const event of part) events.push(event);
      index += part.length;
    }
    return events;
  }

  /**
   * The view after the event at that index. Before the oldest event held it is the view that this event began from; past
   * the end, the live one.
   */
  viewAfter(index: number): View {
    if (index >= this.#length - 1) return this.#view;
    const block = this.#blockOf(index);
    if (block === undefined) return this.#blocks[0].before;
    const recent = this.#recent;
    const near = recent !== undefined && recent.index >= block.first && recent.index <= index ? recent : undefined;
    const from = near === undefined ? 0 : near.index + 1 - block.first;
    const view = fold(near?.view ?? block.before, block.events.slice(from, index + 1 - block.first));
    this.#recent = { index, view };
    return view;
  }

  /** The index of the last event at or before that moment; `first - 1` if none is held. */
  indexAt(atUs: number): number {
    let low = this.first;
    let high = this.#length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const event = this.at(middle);
      if (event !== undefined && event.atUs <= atUs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #openBlock(): Block {
    const last = this.#blocks.at(-1) ?? this.#blocks[0];
    if (last.events.length < this.#blockEvents) return last;
    const block: Block = { first: this.#length, before: this.#view, events: [] };
    this.#blocks = [...this.#blocks, block];
    return block;
  }

  #dropOldest(): void {
    while (this.#length - this.first > this.maxEvents) {
      const [, next, ...rest] = this.#blocks;
      if (next === undefined) return;
      this.#blocks = [next, ...rest];
    }
    if (this.#recent !== undefined && this.#recent.index < this.first) this.#recent = undefined;
  }

  /** All blocks but the last are full, so the index says which one it is. */
  #blockOf(index: number): Block | undefined {
    if (index < this.first || index >= this.#length) return undefined;
    return this.#blocks[Math.floor((index - this.first) / this.#blockEvents)];
  }
}
