import type { NodeId } from '../../raft/entry.ts';
import { describeDamage } from '../../timeline/describe-disk.ts';
import { counted, shownDelay } from '../../timeline/words.ts';
import { isSlow, type Machine } from '../../timeline/world.ts';

/** What the tooltip says of a machine that is in trouble, a line each. */
export function machineFacts(node: NodeId, machine: Machine | undefined): readonly string[] {
  if (machine === undefined) return [];
  const { drive, damage, writes, unsynced, copied, handling } = machine;
  const lines: string[] = [];
  if (drive !== node) lines.push(`It has ${drive}’s disk, and will not start from it.`);
  if (damage.length > 0) lines.push(`Done to its disk: ${damage.map((one) => describeDamage(node, one)).join('; ')}.`);
  if (copied !== undefined) lines.push('A copy of its disk is put aside.');
  if (writes === 'full') lines.push('Its disk is full: the next write stops it.');
  if (writes === 'fail-next') lines.push('The next write to its disk fails, and stops it.');
  if (unsynced > 0) lines.push(`Its disk lies: a crash loses its last ${counted(unsynced, 'write')}.`);
  if (isSlow(machine)) lines.push(`It takes ${shownDelay(handling)} over each message.`);
  return lines;
}
