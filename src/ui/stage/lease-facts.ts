import type { NodeView } from '../../timeline/view.ts';
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
  const clock = clockFact(machine);
  return clock === undefined ? lines : [...lines, clock];
}

function clockFact(machine: Machine | undefined): string | undefined {
  const driftPpm = machine?.clock.driftPpm ?? 0;
  if (driftPpm === 0) return undefined;
  return `Its clock runs ${Math.abs(driftPpm).toLocaleString('en')} millionths ${driftPpm > 0 ? 'fast' : 'slow'}.`;
}

function left(untilUs: number, nowUs: number): string {
  return `${((untilUs - nowUs) / 1_000).toFixed(0)} ms`;
}
