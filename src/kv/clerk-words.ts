import type { ProposalLimit } from '../raft/effect.ts';
import type { NodeId } from '../raft/entry.ts';
import type { PendingRequest } from './clerk-request.ts';
import type { Fate } from './client-message.ts';

/** Why a node that was asked did not take it, and who it says leads. */
export function notLeaderClause(from: NodeId, hint: NodeId | undefined): string {
  return hint === undefined
    ? `${from} is not the leader and knows of none`
    : `${from} is not the leader, it says ${hint} is`;
}

/** Why nobody knows what became of what a node took. */
export function leadershipLostClause(from: NodeId, hint: NodeId | undefined): string {
  return hint === undefined
    ? `${from} took it but no longer leads, and knows of no other`
    : `${from} took it but no longer leads, it says ${hint} does`;
}

/** Why a node takes nothing more for now. */
export function busyClause(from: NodeId, limit: ProposalLimit | undefined): string {
  if (limit === undefined) return `${from} has too much to do`;
  const { unit, most } = limit;
  return `${from} has too much to do: it takes no more than ${most} ${unit} ahead of what is committed`;
}

/** Microseconds, as a person counts them. */
export function milliseconds(us: number): string {
  return String(us / 1_000);
}

/**
 * What becomes of a request whose time is over, in microseconds. It failed only where no attempt can have been taken, and a read
 * changes nothing.
 */
export function fateOfOverdue({ read, progress, maybeTakenBy, lastProblem }: PendingRequest, deadlineUs: number): Fate {
  const taker = read === undefined && progress.type === 'asked' ? progress.node : maybeTakenBy;
  const span = `${milliseconds(deadlineUs)} ms`;
  if (taker !== undefined) {
    return {
      type: 'unknown',
      reason: `No answer within ${span}, but ${taker} may have taken it: it may still happen.`,
    };
  }
  if (read !== undefined && progress.type === 'asked') {
    const reason = `No answer within ${span}, ${progress.node} was asked last; a read changes nothing.`;
    return { type: 'failed', reason };
  }
  if (lastProblem === undefined) {
    return { type: 'failed', reason: `It was never sent: for ${span} other requests were in front of it.` };
  }
  return { type: 'failed', reason: `No node took it within ${span}; the last answer: ${lastProblem}.` };
}

/** What becomes of a command whose session the store has forgotten: of an earlier attempt nobody can tell any more. */
export function fateOfForgotten({ maybeTakenBy }: PendingRequest): Fate {
  return maybeTakenBy === undefined
    ? { type: 'failed', reason: 'Its session had expired when the command came: it was not applied.' }
    : { type: 'unknown', reason: `Its session has expired, but ${maybeTakenBy} may have taken it before that.` };
}
