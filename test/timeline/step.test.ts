import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import { isNoise } from '../../src/timeline/describe.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { stepEnd, stepStart, type Steps } from '../../src/timeline/step.ts';
import { anyRun } from '../support/random-run.ts';

const listed = ({ event }: TimelineEvent): boolean => !isNoise(event, undefined);

function stepsOf(events: readonly TimelineEvent[], first = 0): Steps {
  return { first, length: events.length, at: (index) => (index < first ? undefined : events[index]) };
}

const timer = (actor: string, atUs: number): TimelineEvent => ({
  atUs,
  actor,
  event: { type: 'timer-set', deadlineUs: atUs + 1 },
});
const durable = (actor: string, atUs: number): TimelineEvent => ({
  atUs,
  actor,
  event: { type: 'durable', sequence: 1, term: 0, votedFor: undefined, durableIndex: 0 },
});

/** How long each step is, from the first event to the last. */
function lengths(events: readonly TimelineEvent[]): number[] {
  const steps = stepsOf(events);
  const found: number[] = [];
  for (let at = 0; at < events.length; at = stepEnd(steps, at)) found.push(stepEnd(steps, at) - at);
  return found;
}

describe('A step', () => {
  it('is one listed event, with what is folded away before it and behind it', () => {
    expect(lengths([timer('n1', 5), durable('n1', 5), timer('n1', 5), durable('n1', 5), durable('n1', 5)])).toEqual([
      3, 1, 1,
    ]);
  });

  it('is all that an actor does of heartbeats and timers at a moment at which it does nothing else', () => {
    expect(lengths([timer('n1', 5), timer('n1', 5), timer('n2', 5), timer('n2', 6)])).toEqual([2, 1, 1]);
  });

  it(
    'of any run lists one event at most, stays in its moment and with its actor, and is found again from its end',
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(anyRun(8), fc.nat(200), (run, first) => {
          const events = playRun(run);
          const steps = stepsOf(events, Math.min(first, events.length));
          for (let from = steps.first; from < events.length;) {
            const to = stepEnd(steps, from);
            const step = events.slice(from, to);
            expect(step.length).toBeGreaterThan(0);
            expect(step.filter(listed).length).toBeLessThanOrEqual(1);
            expect(new Set(step.map(({ actor, atUs }) => `${actor} ${atUs}`)).size).toBe(1);
            for (let index = from; index < to; index += 1) expect(stepStart(steps, index)).toBe(from);
            from = to;
          }
        }),
        { numRuns: 40 },
      );
    },
  );
});
