import { stepEnd, stepStart } from '../timeline/step.ts';
import type { Timeline } from '../timeline/timeline.ts';

/** Where the cursor goes that goes on by one step from there; undefined: to the live end. */
export function stepOnFrom(timeline: Timeline, cursor: number): number | undefined {
  return cursor + 1 >= timeline.length ? undefined : stepEnd(timeline, cursor + 1) - 1;
}

/** Where the cursor (undefined: the live end) goes that goes back by one step: to the oldest event that is held, at most. */
export function stepBackFrom(timeline: Timeline, cursor: number | undefined): number {
  return Math.max(timeline.first, stepStart(timeline, cursor ?? timeline.length - 1) - 1);
}
