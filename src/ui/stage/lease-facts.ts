import { clockReading } from '../../timeline/node-clock.ts';
import type { NodeView } from '../../timeline/view.ts';
import { countOf, shownDrift } from '../../timeline/words.ts';
import type { Machine } from '../../timeline/world.ts';

/** What the tooltip says of a node's lease and its clock, a line each. `nowUs` is the moment shown. */
export function leaseFacts({ lease, role }: NodeView, machine: Machine | undefined, nowUs: number): readonly string[] {
  const lines: string[] = [];
  const { heldUntilUs, promisedUntilUs, promisedTo, waitUntilUs } = lease;
  if (role === 'leader' && heldUntilUs !== undefined && heldUntilUs > nowUs) {
    lines.push(`Its lease: ${left(heldUntilUs, nowUs)} left; until then it answers reads by itself (thesis §6.4.1).`);
  }
  if (role !== 'leader' && promisedTo !== undefined && promisedUntilUs !== undefined && promisedUntilUs > nowUs) {
    lines.push(`As far as it knows, ${promisedTo} may hold a lease for ${left(promisedUntilUs, nowUs)}.`);
  }
  if (role === 'leader' && waitUntilUs !== undefined && waitUntilUs > nowUs) {
    lines.push(`It commits nothing for ${left(waitUntilUs, nowUs)}: the leader before it may hold a lease.`);
  }
  const clock = clockFact(machine, nowUs);
  return clock === undefined ? lines : [...lines, clock];
}

/** How fast the node's own clock runs, and how far it is off by now. */
function clockFact(machine: Machine | undefined, nowUs: number): string | undefined {
  if (machine === undefined) return undefined;
  const { clock } = machine;
  const offMs = Math.round((clockReading(clock, Math.max(nowUs, clock.sinceUs)) - nowUs) / 1_000);
  const off = offMs === 0 ? '' : `${countOf(Math.abs(offMs))} ms ${offMs > 0 ? 'ahead' : 'behind'}`;
  if (clock.driftPpm === 0) return off === '' ? undefined : `Its clock is ${off}.`;
  return `Its clock runs ${shownDrift(clock.driftPpm)}${off === '' ? '' : `, and is ${off}`}.`;
}

function left(untilUs: number, nowUs: number): string {
  return `${((untilUs - nowUs) / 1_000).toFixed(0)} ms`;
}
