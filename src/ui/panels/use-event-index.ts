import { useEffect, useMemo, useReducer } from 'react';
import { usePlayground, useScheduler } from '../hooks.ts';
import type { EventFilter } from './event-filter.ts';
import { EventIndex, type EventSource } from './event-index.ts';

/** How much of a frame finding events may take, in milliseconds. */
const BUDGET_MS = 3;

const wallMs = (): number => performance.now();

/** The events that the filter shows: as many as have been found by this frame, more with the next ones. */
export function useEventIndex(filter: EventFilter): EventIndex {
  const timeline = usePlayground((playground) => playground.timeline);
  const scheduler = useScheduler();
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const index = useMemo(() => begun(timeline, filter), [timeline, filter]);
  useEffect(() => {
    let wasComplete = index.complete;
    return scheduler.add('read', () => {
      const changed = index.advance(BUDGET_MS, wallMs);
      if (changed || index.complete !== wasComplete) drawAgain();
      wasComplete = index.complete;
    });
  }, [index, scheduler]);
  return index;
}

/** An index that has looked about for one budget, so that a new filter shows something at once. */
function begun(timeline: EventSource, filter: EventFilter): EventIndex {
  const index = new EventIndex(timeline, filter);
  index.advance(BUDGET_MS, wallMs);
  return index;
}
