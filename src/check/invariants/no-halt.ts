import type { Evidence, Finding } from './breach.ts';
import type { Invariant } from './invariant.ts';

/** No node meets what its own state rules out (two leaders in a term, a leader that contradicts what is committed). */
export class NoHalt implements Invariant {
  readonly name = 'no-halt';
  readonly sees = ['started', 'halted'] as const;
  exercised = 0;

  see({ event: { actor, event } }: Evidence): Finding | undefined {
    if (event.type === 'started') this.exercised += 1;
    if (event.type !== 'halted') return undefined;
    return { sentence: `${actor} halted: ${event.reason}`, nodes: [actor] };
  }
}
