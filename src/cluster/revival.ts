import type { Action, TimedAction } from '../timeline/action.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Engine } from './engine.ts';

/** A cluster brought back: everything up to the moment before its nodes start again. */
export interface Revival {
  readonly engine: Engine;
  readonly actions: readonly TimedAction[];
  /** All that happened before, as far as a timeline holds it: a run may be long. */
  readonly timeline: Timeline;
  /** Starts the nodes that were running; undefined where none was. */
  readonly returning: Action | undefined;
  /** What a person should know of how it was brought back: one sentence. */
  readonly remark: string | undefined;
  /** Given what the returning brought about, says in a sentence what is not as the run says it should be. */
  readonly verify: (events: readonly TimelineEvent[]) => string | undefined;
}
