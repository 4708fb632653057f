import { MAX_SNAPSHOT_BYTES } from './config.ts';
import type { SnapshotRefusal } from './event.ts';
import type { Machine } from './machine.ts';

/**
 * The state machine has made a snapshot of what it had applied up to `index` (§7). Each node decides that by itself: nothing
 * but what is committed goes into it.
 */
export function handleSnapshotTaken(machine: Machine, index: number, data: Uint8Array): void {
  const { log, observe, rules } = machine;
  const term = log.termAt(index);
  const reason = refusalOf(machine, index, data.length);
  if (reason !== undefined || term === undefined) {
    if (observe) machine.tell({ type: 'snapshot-refused', index, reason: reason ?? 'not-applied', rule: 'snapshot' });
    return;
  }
  machine.keepSnapshot({ index, term, configuration: machine.configurationAt(index), data });
  if (observe) machine.tell({ type: 'snapshot-taken', index, term, bytes: data.length, rule: 'snapshot' });
  machine.compactTo(rules.compactsTo(index, machine.config.keepEntries ?? 0, machine.lastApplied));
}

function refusalOf(machine: Machine, index: number, bytes: number): SnapshotRefusal | undefined {
  if (!(index <= machine.lastApplied)) return 'not-applied';
  if (index <= (machine.snapshot?.index ?? 0)) return 'nothing-new';
  // A machine that was started outside of the cluster: nobody could go on from there.
  if (machine.configurationAt(index).voters.length === 0) return 'no-members';
  return bytes > (machine.config.maxSnapshotBytes ?? MAX_SNAPSHOT_BYTES) ? 'too-large' : undefined;
}
