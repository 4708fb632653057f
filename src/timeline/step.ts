import type { TimelineEvent } from './event.ts';
import { isNoise } from './noise.ts';

/** Events that can be stepped through, counted from 0; those before `first` are no longer held. */
export interface Steps {
  readonly first: number;
  readonly length: number;
  at(index: number): TimelineEvent | undefined;
}

/**
 * Where a step ends that begins with the event at `from`: the index after its last event. A step is one event that the
 * timeline lists, and with it what the timeline folds away of the same actor at the same moment. Where an actor does
 * nothing else at a moment (a leader sends its heartbeats, a follower takes one up and answers), that is one step: it is
 * seen on the ring. A step never holds more than one moment.
 */
export function stepEnd(steps: Steps, from: number): number {
  let listed = 0;
  let index = from;
  for (; index < steps.length; index += 1) {
    if (index > from && !isOneDoing(steps, index)) break;
    if (isListed(steps, index)) listed += 1;
    if (listed > 1) break;
  }
  return index;
}

/** Where the step began that holds the event at that index: the index of its first event. */
export function stepStart(steps: Steps, index: number): number {
  const begun = foldedBefore(steps, index, (at) => !isListed(steps, at));
  // What was folded away before the first listed event belongs to it.
  const folded = foldedBefore(steps, begun, (at) => !isListed(steps, at - 1));
  return isOneDoing(steps, folded) ? begun : folded;
}

/** Goes back within what one actor did at one moment for as long as `goesOn` holds. */
function foldedBefore(steps: Steps, from: number, goesOn: (index: number) => boolean): number {
  let index = from;
  while (isOneDoing(steps, index) && goesOn(index)) index -= 1;
  return index;
}

/** Whether the event belongs to what the actor of the one before it did at that moment. */
function isOneDoing(steps: Steps, index: number): boolean {
  if (index <= steps.first) return false;
  const before = steps.at(index - 1);
  const event = steps.at(index);
  return before !== undefined && before.actor === event?.actor && before.atUs === event.atUs;
}

function isListed(steps: Steps, index: number): boolean {
  const event = steps.at(index);
  return event !== undefined && !isNoise(event.event, undefined);
}
