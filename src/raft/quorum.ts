import type { Machine } from './machine.ts';
import type { Peer } from './peer.ts';
import type { Rules } from './rules.ts';

/**
 * The highest number that a quorum has reached, each voter having come as far as `own` and `valueOf` say: the majority of
 * the voters, and in a joint configuration the majority of the old ones as well (§6). -Infinity where there is no voter.
 */
export function quorumReach(machine: Machine, own: number, valueOf: (peer: Peer) => number): number {
  const incoming = majorityReach(machine, own, valueOf, false);
  if (!machine.isJoint) return incoming;
  return machine.rules.jointReach(incoming, majorityReach(machine, own, valueOf, true));
}

/**
 * Whether a quorum can have reached `least`: a count instead of a search, where one majority decides. In a joint
 * configuration that is for {@link quorumReach} to say.
 */
export function mayHaveReached(machine: Machine, own: number, valueOf: (peer: Peer) => number, least: number): boolean {
  if (machine.isJoint) return true;
  const needed = neededOf(machine.rules, machine.configuration.voters.length);
  return countFrom(machine, own, valueOf, least, false) >= needed;
}

/** How many voters have reached `least`, and how many are needed, in one of the two majorities. */
export function tally(
  machine: Machine,
  own: number,
  valueOf: (peer: Peer) => number,
  least: number,
  outgoing: boolean,
): { readonly votes: number; readonly needed: number } {
  const { configuration, rules } = machine;
  const members = (outgoing ? configuration.outgoing : configuration.voters).length;
  return { votes: countFrom(machine, own, valueOf, least, outgoing), needed: rules.majorityOf(members) };
}

function majorityReach(machine: Machine, own: number, valueOf: (peer: Peer) => number, outgoing: boolean): number {
  const { rules, configuration, peers } = machine;
  const needed = neededOf(rules, (outgoing ? configuration.outgoing : configuration.voters).length);
  let best = -Infinity;
  if (
    (outgoing ? machine.isOutgoing : machine.isIncoming) &&
    countFrom(machine, own, valueOf, own, outgoing) >= needed
  ) {
    best = own;
  }
  for (const peer of peers) {
    if (!(outgoing ? peer.isOutgoing : peer.isIncoming)) continue;
    const value = valueOf(peer);
    if (value > best && countFrom(machine, own, valueOf, value, outgoing) >= needed) best = value;
  }
  return best;
}

/** Nobody is no majority. */
function neededOf(rules: Rules, members: number): number {
  return members === 0 ? Infinity : rules.majorityOf(members);
}

function countFrom(
  machine: Machine,
  own: number,
  valueOf: (peer: Peer) => number,
  least: number,
  outgoing: boolean,
): number {
  let count = (outgoing ? machine.isOutgoing : machine.isIncoming) && own >= least ? 1 : 0;
  for (const peer of machine.peers) {
    if ((outgoing ? peer.isOutgoing : peer.isIncoming) && valueOf(peer) >= least) count++;
  }
  return count;
}
