import type { NodeId } from './entry.ts';
import { endLease } from './lease-state.ts';
import type { Machine } from './machine.ts';
import { endReads } from './reads.ts';
import type { RuleId } from './rule-book.ts';

/** Takes on the higher term of a message (§5.1); the vote is free again, and whoever led or stood steps down. */
export function advanceTerm(machine: Machine, term: number, from: NodeId): void {
  const votedFor = machine.rules.voteAfterStepDown(machine.votedFor, machine.term, term);
  machine.setTermAndVote(term, votedFor);
  machine.leader = undefined;
  machine.leaderHeardUs = undefined;
  // What an older term's leader was giving it will not be gone on with.
  machine.receiving = undefined;
  if (machine.observe) machine.tell({ type: 'term-advanced', term, from, rule: 'higher-term' });
  endReads(machine, 'leadership-lost');
  if (machine.role !== 'follower') becomeFollower(machine, undefined, 'higher-term');
}

/** Leaves the candidacy or the lead, within the present term. */
export function becomeFollower(machine: Machine, leader: NodeId | undefined, rule: RuleId): void {
  const led = machine.role === 'leader';
  const { term, votedFor } = machine;
  machine.setTermAndVote(term, machine.rules.voteAfterStepDown(votedFor, term, term));
  machine.role = 'follower';
  machine.leader = leader;
  machine.votes.clear();
  machine.transfer = machine.rules.transferAfterStepDown(machine.transfer);
  endLease(machine.lease);
  endReads(machine, 'leadership-lost');
  if (machine.observe) machine.tell({ type: 'became-follower', term, leader, rule });
  // A leader's deadline was its heartbeat; a candidate keeps the election deadline that it has.
  if (led) machine.resetElectionTimer();
}
