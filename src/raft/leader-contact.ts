import type { Machine } from './machine.ts';
import type { Peer } from './peer.ts';
import { quorumReach } from './quorum.ts';
import { becomeFollower } from './step-down.ts';

/**
 * Whether this node has heard from a leader within the shortest election timeout (thesis 4.2.3). A leader has, if a
 * majority has answered it within that time: otherwise it may be the one that nobody hears.
 */
export function hasJustHeardLeader(machine: Machine): boolean {
  const { rules, config, nowUs } = machine;
  const shortestUs = config.electionTimeoutMinUs;
  const heardUs = machine.role === 'leader' ? majorityHeardUs(machine) : machine.leaderHeardUs;
  return rules.hasJustHeard(nowUs, heardUs, shortestUs);
}

/** A leader that a majority has not answered for the longest election timeout steps down, within its term (thesis 6.2). */
export function checkQuorum(machine: Machine): void {
  const { config, nowUs, rules } = machine;
  // Most turns come before the moment at which anything could have changed, and count nobody.
  if (nowUs < machine.quorumUntilUs) return;
  const timeoutUs = config.electionTimeoutMaxUs;
  const heardUs = majorityHeardUs(machine);
  if (rules.mayLeadOn(nowUs, heardUs, timeoutUs)) machine.quorumUntilUs = heardUs + timeoutUs;
  else becomeFollower(machine, undefined, 'quorum-lost');
}

/** The last moment at which a majority had been heard from, the leader itself counting as heard now. */
function majorityHeardUs(machine: Machine): number {
  return quorumReach(machine, machine.nowUs, heardUsOf);
}

const heardUsOf = ({ heardUs }: Peer): number => heardUs;
