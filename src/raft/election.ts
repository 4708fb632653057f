import type { NodeId } from './entry.ts';
import type { Machine } from './machine.ts';
import { hasJustHeardLeader } from './leader-contact.ts';
import type { RequestVote, RequestVoteReply } from './message.ts';
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
  machine.resetElectionTimer();
  const request: RequestVote = {
    type: 'request-vote',
    term: machine.term,
    lastLogIndex: lastIndex,
    lastLogTerm: lastTerm,
    ...(rule === 'timeout-now' && { transfer: true }),
  };
  // Its vote for itself must not be forgotten either, so the request waits for it as an answer would.
  for (const peer of machine.peers) machine.answer(peer.id, request, machine.durability.voteSequence);
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
  machine.answer(candidate, reply, machine.durability.voteSequence);
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
  votes.set(from, message.granted);
  if (machine.observe) {
    machine.tell({
      type: 'vote-counted',
      from,
      granted: message.granted,
      votes: grantedVotes(machine),
      needed: rules.majorityOf(machine.config.members.length),
      rule: 'vote-tally',
    });
  }
  leadIfElected(machine);
}

/** A candidate leads once a majority voted for it (§5.2); its own vote counts when it is on its own disk. */
export function leadIfElected(machine: Machine): void {
  const { durability, rules } = machine;
  if (machine.role !== 'candidate') return;
  if (rules.leavesAfter(durability.voteSequence, durability.durableSequence) !== 0) return;
  if (grantedVotes(machine) >= rules.majorityOf(machine.config.members.length)) beginLeadership(machine);
}

export function grantedVotes(machine: Machine): number {
  let count = 0;
  for (const granted of machine.votes.values()) {
    if (granted) count++;
  }
  return count;
}
