import * as v from 'valibot';

/** A line of a node's events that says how many were left out before the next. */
export const droppedSchema = v.object({ dropped: v.number() });
