import type { EventBody } from '../../timeline/event.ts';
import type { Evidence, Finding } from './breach.ts';
import type { Facts } from './facts.ts';
import type { InvariantName } from './invariant-book.ts';

/** One thing that holds at every moment of a run, watched over the events of its timeline. */
export interface Invariant {
  readonly name: InvariantName;
  /** The events that it wants to see; it is shown no others. */
  readonly sees: readonly EventBody['type'][];
  /** How often it was put to the test: one that never was proves nothing. */
  readonly exercised: number;
  /** Looks at the next event; `facts` are as they were just before it. Gives what is wrong, if anything is. */
  see(at: Evidence, facts: Facts): Finding | undefined;
}
