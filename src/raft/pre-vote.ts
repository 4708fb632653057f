import { isWelcome, mayStand, startElection, tellTally, votersAmong } from './election.ts';
import type { NodeId } from './entry.ts';
import { hasJustHeardLeader } from './leader-contact.ts';
import type { Machine } from './machine.ts';
import type { PreVote, PreVoteReply } from './message.ts';
import { endReads } from './reads.ts';
import type { RuleId } from './rule-book.ts';
import { advanceTerm } from './step-down.ts';

/** The election timer ran out: the node stands (§5.2), or first asks whether it would win (thesis 9.6). */
export function electionTimedOut(machine: Machine): void {
  endReads(machine, 'leadership-lost');
  // Who has no vote stands for nothing; it waits on.
  if (!mayStand(machine)) machine.resetElectionTimer();
  else if (machine.config.preVote === true) startPreVote(machine);
  else startElection(machine, 'election-timeout');
}

/** Asks everybody whether they would vote for it in the next term, which it does not take on (thesis 9.6). */
function startPreVote(machine: Machine): void {
  const { config, log, votes, term } = machine;
  const { lastIndex, lastTerm } = log;
  machine.role = 'pre-candidate';
  machine.leader = undefined;
  votes.clear();
  votes.set(config.id, true);
  if (machine.observe) {
    machine.tell({
      type: 'became-pre-candidate',
      term,
      forTerm: term + 1,
      lastLogIndex: lastIndex,
      lastLogTerm: lastTerm,
      rule: 'pre-vote',
    });
  }
  if (standIfWelcome(machine)) return;
  machine.resetElectionTimer();
  const request: PreVote = { type: 'pre-vote', term: term + 1, lastLogIndex: lastIndex, lastLogTerm: lastTerm };
  // It promises nothing, so it waits for nothing.
  for (const peer of votersAmong(machine)) machine.send(peer.id, request, 0);
}

/** The answer is what a vote request would get. It changes nothing: not the term, not the vote, not the timer. */
export function handlePreVote(machine: Machine, from: NodeId, message: PreVote): void {
  const { rules, log } = machine;
  const standing = rules.compareTerms(message.term, machine.term);
  if (standing === 'stale') {
    if (rules.answersStale()) answerPreVote(machine, from, message, false, 'stale-term');
  } else if (standing === 'current' && rules.mayVote(machine.votedFor, from) === 'vote-taken') {
    answerPreVote(machine, from, message, false, 'vote-taken');
  } else if (hasJustHeardLeader(machine)) {
    answerPreVote(machine, from, message, false, 'leader-heard');
  } else if (!rules.isUpToDate(message.lastLogTerm, message.lastLogIndex, log.lastTerm, log.lastIndex)) {
    answerPreVote(machine, from, message, false, 'log-behind');
  } else {
    answerPreVote(machine, from, message, true, 'pre-vote-free');
  }
}

function answerPreVote(machine: Machine, from: NodeId, request: PreVote, granted: boolean, rule: RuleId): void {
  const { log, term } = machine;
  if (machine.observe) {
    machine.tell({
      type: 'pre-vote-cast',
      candidate: from,
      term,
      forTerm: request.term,
      granted,
      rule,
      candidateLog: { lastIndex: request.lastLogIndex, lastTerm: request.lastLogTerm },
      ownLog: { lastIndex: log.lastIndex, lastTerm: log.lastTerm },
    });
  }
  const reply: PreVoteReply = { type: 'pre-vote-reply', term, forTerm: request.term, granted };
  machine.answer(from, reply, machine.durability.voteSequence);
}

/** From a refusal a node that has fallen behind learns the term (§5.1). */
export function handlePreVoteReply(machine: Machine, from: NodeId, message: PreVoteReply): void {
  const { rules, votes, term } = machine;
  if (rules.compareTerms(message.term, term) === 'higher') {
    advanceTerm(machine, message.term, from);
    return;
  }
  if (machine.role !== 'pre-candidate' || message.forTerm !== term + 1 || votes.has(from)) {
    machine.ignore(from, message.type, 'late-reply');
    return;
  }
  votes.set(from, message.granted);
  tellTally(machine, from, message.granted, 'pre-vote-tally');
  standIfWelcome(machine);
}

function standIfWelcome(machine: Machine): boolean {
  if (!isWelcome(machine)) return false;
  startElection(machine, 'pre-vote-tally');
  return true;
}
