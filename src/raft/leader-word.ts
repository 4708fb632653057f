import type { NodeId } from './entry.ts';
import { askAgain } from './follower-read.ts';
import { promiseLease } from './lease.ts';
import type { Machine } from './machine.ts';
import type { AppendEntries, AppendEntriesReply, InstallSnapshot, InstallSnapshotReply } from './message.ts';

/** A follower hears its leader: what it promises with that, and what it asks again. */
export function hearOfLease(machine: Machine, from: NodeId, leaseUs: number | undefined): void {
  if (leaseUs !== undefined) promiseLease(machine, from, leaseUs);
  if (machine.reads.asked !== undefined) askAgain(machine, from);
}

/** The answer with the round of the request, where it names one (thesis 6.4). */
export function echoing<Reply extends AppendEntriesReply | InstallSnapshotReply>(
  { round }: AppendEntries | InstallSnapshot,
  reply: Reply,
): Reply {
  return round === undefined ? reply : { ...reply, round };
}
