import { mayStand, startElection } from './election.ts';
import type { NodeId } from './entry.ts';
import type { Machine } from './machine.ts';
import type { TimeoutNow } from './message.ts';
import { electionTimedOut } from './pre-vote.ts';
import { advanceTerm } from './step-down.ts';

/**
 * The leader wants this node to take its place. It stands at once: a pre-vote would be refused by all, since they have
 * just heard from the leader.
 */
export function handleTimeoutNow(machine: Machine, from: NodeId, message: TimeoutNow): void {
  const standing = machine.rules.compareTerms(message.term, machine.term);
  if (standing === 'stale' || (standing === 'current' && (machine.role === 'leader' || machine.role === 'candidate'))) {
    // In the term that it stands in or leads, nobody else could have sent it.
    machine.ignore(from, message.type, standing === 'stale' ? 'stale-term' : 'not-understood');
    return;
  }
  if (standing === 'higher') advanceTerm(machine, message.term, from);
  if (mayStand(machine) && machine.rules.standsAtOnce()) startElection(machine, 'timeout-now');
  else electionTimedOut(machine);
}
