import { useEffect, useMemo, useReducer } from 'react';
import { usePlayground } from '../hooks.ts';
import type { EventFilter } from './event-filter.ts';
import { EventIndex } from './event-index.ts';

/** How much of a frame finding events may take, in milliseconds. */
const BUDGET_MS = 3;

/** The events that the filter shows: as many as have been found by this frame, more with the next ones. */
export function useEventIndex(filter: EventFilter): EventIndex {
  const timeline = usePlayground((playground) => playground.timeline);
  const revision = usePlayground((playground) => playground.revision);
  const [round, again] = useReducer((count: number) => count + 1, 0);
  const index = useMemo(() => new EventIndex(timeline, filter), [timeline, filter]);
  // The index only adds to what it has found, so that advancing it while drawing shows nothing twice.
  useMemo(() => index.advance(BUDGET_MS, () => performance.now()), [index, revision, round]);
  useEffect(() => {
    if (index.complete) return undefined;
    const frame = requestAnimationFrame(again);
    return () => cancelAnimationFrame(frame);
  }, [index, revision, round]);
  return index;
}
