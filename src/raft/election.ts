import { isVoter } from './configuration.ts';
import type { NodeId } from './entry.ts';
import type { Machine } from './machine.ts';
import type { Peer } from './peer.ts';
import { hasJustHeardLeader } from './leader-contact.ts';
import { beginLeaseWait, lengthenLeaseWait, remainingLeaseUs } from './lease.ts';
import type { RequestVote, RequestVoteReply } from './message.ts';
import { quorumReach, tally } from './quorum.ts';
import { endReads } from './reads.ts';
import { beginLeadership } from './replication.ts';
import type { RuleId } from './rule-book.ts';
import { advanceTerm } from './step-down.ts';

/** Starts an election (§5.2): a new term, a vote for itself, a request to everybody else. */
export function startElection(machine: Machine, rule: 'election-timeout' | 'pre-vote-tally' | 'timeout-now'): void {
  const { config, log, votes } = machine;
  machine.setTermAndVote(machine.term + 1, config.id);
  machine.role = 'candidate';
  machine.leader = undefined;
  votes.clear();
  votes.set(config.id, true);
  const { lastIndex, lastTerm } = log;
  if (machine.observe) {
    machine.tell({
      type: 'became-candidate',
      term: machine.term,
      lastLogIndex: lastIndex,
      lastLogTerm: lastTerm,
      rule,
    });
  }
  endReads(machine, 'leadership-lost');
  beginLeaseWait(machine, rule === 'timeout-now');
  machine.resetElectionTimer();
  const request: RequestVote = {
    type: 'request-vote',
    term: machine.term,
    lastLogIndex: lastIndex,
    lastLogTerm: lastTerm,
    ...(rule === 'timeout-now' && { transfer: true }),
  };
  // Its vote for itself must not be forgotten either, so the request waits for it as an answer would.
  for (const peer of votersAmong(machine)) machine.answer(peer.id, request, machine.durability.voteSequence);
}

/** The peers that have a vote. */
export function votersAmong({ peers }: Machine): readonly Peer[] {
  return peers.filter(({ isIncoming, isOutgoing }) => isIncoming || isOutgoing);
}

/** Whether it may stand: it is a voter, or was one until an entry that may not be committed yet (thesis 4.2.2). */
export function mayStand(machine: Machine): boolean {
  const { rules, config, configuration, configurationBefore, configurationIndex, commitIndex } = machine;
  const { id } = config;
  return rules.mayStand(isVoter(configuration, id), isVoter(configurationBefore, id), configurationIndex, commitIndex);
}

export function handleRequestVote(machine: Machine, from: NodeId, message: RequestVote): void {
  const { rules, log } = machine;
  const standing = rules.compareTerms(message.term, machine.term);
  if (standing === 'stale') {
    if (rules.answersStale()) castVote(machine, from, message, false, 'stale-term');
    return;
  }
  if (machine.config.leaderStickiness === true) {
    if (rules.ignoresVoteRequest(hasJustHeardLeader(machine), message.transfer === true)) {
      machine.ignore(from, message.type, 'leader-heard');
      return;
    }
  }
  if (standing === 'higher') advanceTerm(machine, message.term, from);
  const rule = rules.mayVote(machine.votedFor, from);
  if (rule === 'vote-taken') {
    castVote(machine, from, message, false, rule);
  } else if (!rules.isUpToDate(message.lastLogTerm, message.lastLogIndex, log.lastTerm, log.lastIndex)) {
    castVote(machine, from, message, false, 'log-behind');
  } else {
    castVote(machine, from, message, true, rule);
  }
}

function castVote(machine: Machine, candidate: NodeId, request: RequestVote, granted: boolean, rule: RuleId): void {
  const { log } = machine;
  if (granted) machine.setTermAndVote(machine.term, candidate);
  if (machine.observe) {
    machine.tell({
      type: 'vote-cast',
      candidate,
      term: machine.term,
      granted,
      rule,
      votedFor: machine.votedFor,
      candidateLog: { lastIndex: request.lastLogIndex, lastTerm: request.lastLogTerm },
      ownLog: { lastIndex: log.lastIndex, lastTerm: log.lastTerm },
    });
  }
  if (granted) machine.resetElectionTimer();
  const reply: RequestVoteReply = { type: 'request-vote-reply', term: machine.term, granted };
  const leaseRemainingUs = granted ? remainingLeaseUs(machine, request.transfer === true) : undefined;
  const told = leaseRemainingUs === undefined ? reply : { ...reply, leaseRemainingUs };
  machine.answer(candidate, told, machine.durability.voteSequence);
}

export function handleRequestVoteReply(machine: Machine, from: NodeId, message: RequestVoteReply): void {
  const { rules, votes } = machine;
  const standing = rules.compareTerms(message.term, machine.term);
  if (standing === 'higher') {
    advanceTerm(machine, message.term, from);
    return;
  }
  if (!rules.countsVote(machine.role, machine.term, message.term, votes.has(from))) {
    machine.ignore(from, message.type, standing === 'stale' ? 'stale-term' : 'not-counted');
    return;
  }
  const unheard = votersAmong(machine).find(({ id }) => !votes.has(id))?.id;
  const voter = rules.creditsVote(from, votes.has(from), unheard);
  votes.set(voter, message.granted);
  if (message.leaseRemainingUs !== undefined) lengthenLeaseWait(machine, message.leaseRemainingUs);
  tellTally(machine, voter, message.granted, 'vote-tally');
  leadIfElected(machine);
}

/** A candidate leads once a majority voted for it (§5.2); its own vote counts when it is on its own disk. */
export function leadIfElected(machine: Machine): void {
  const { durability, rules } = machine;
  if (machine.role !== 'candidate') return;
  if (rules.leavesAfter(durability.voteSequence, durability.durableSequence) !== 0) return;
  if (isWelcome(machine)) beginLeadership(machine);
}

/** Whether a majority says yes to it (in a joint configuration both majorities, §6). */
export function isWelcome(machine: Machine): boolean {
  return quorumReach(machine, 1, voteOf(machine)) >= 1;
}

/** Tells who answered a candidacy, and how it stands now. */
export function tellTally(machine: Machine, from: NodeId, granted: boolean, rule: RuleId): void {
  if (!machine.observe) return;
  const valueOf = voteOf(machine);
  const { votes, needed } = tally(machine, 1, valueOf, 1, false);
  const outgoing = machine.isJoint ? tally(machine, 1, valueOf, 1, true) : undefined;
  machine.tell({ type: 'vote-counted', from, granted, votes, needed, ...(outgoing && { outgoing }), rule });
}

/** 1 for who has said yes, 0 for all others. */
function voteOf({ votes }: Machine): (peer: Peer) => number {
  return ({ id }) => (votes.get(id) === true ? 1 : 0);
}
