import type { TimelineEvent } from '../timeline/event.ts';
import { stepEnd } from '../timeline/step.ts';
import type { Timeline } from '../timeline/timeline.ts';

/**
 * What has happened, and how much of it is shown. Engines go from moment to moment; a person who steps goes from event to
 * event. So a moment's events are gathered here and put on the timeline one step at a time: whatever reads the timeline
 * sees the fold up to the playhead, and nothing beyond it.
 */
export class Playhead {
  readonly timeline: Timeline;
  #ahead: TimelineEvent[] = [];

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  /** Whether something has happened that is not shown. */
  get isBehind(): boolean {
    return this.#ahead.length > 0;
  }

  /** Something happened, after all that has happened before. */
  take(events: readonly TimelineEvent[]): void {
    for (const event of events) this.#ahead.push(event);
  }

  /** Shows all that has happened; returns what is new. */
  showAll(): readonly TimelineEvent[] {
    const events = this.#ahead;
    this.#ahead = [];
    this.timeline.append(events);
    return events;
  }

  /** Shows one step more, see {@link stepEnd}; returns what is new. */
  showStep(): readonly TimelineEvent[] {
    const ahead = this.#ahead;
    const events = ahead.splice(0, stepEnd({ first: 0, length: ahead.length, at: (index) => ahead[index] }, 0));
    this.timeline.append(events);
    return events;
  }
}
