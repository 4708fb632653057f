import type { EventBody } from '../timeline/event.ts';
import { momentOfReading, type NodeClock } from '../timeline/node-clock.ts';

/** An event of a node's driver, its moments told in virtual time instead of by the node's own clock. */
export function inVirtualTime(event: EventBody, clock: NodeClock): EventBody {
  if (clock.driftPpm === 0 && clock.sinceUs === clock.readsUs) return event;
  if ('deadlineUs' in event) return { ...event, deadlineUs: momentOfReading(clock, event.deadlineUs) };
  if ('untilUs' in event) return { ...event, untilUs: momentOfReading(clock, event.untilUs) };
  return event;
}
