import type { NodeId } from '../../raft/entry.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Evidence, Finding } from './breach.ts';
import { MAX_REMEMBERED } from './facts.ts';
import type { Invariant } from './invariant.ts';

/**
 * §5.2: a node votes for at most one candidate in a term. While it lives, a vote counts from when it is cast; past a crash, if
 * it had left: one that had not may be forgotten. Its own vote leaves with its request for others.
 */
export class OneVote implements Invariant {
  readonly name = 'one-vote';
  readonly sees = ['started', 'became-candidate', 'vote-cast', 'message-sent'] as const;
  exercised = 0;
  /** `node/term` to the vote that has left. */
  readonly #sent = new BoundedMap<string, { readonly candidate: NodeId; readonly at: Evidence }>(MAX_REMEMBERED);
  /** The last vote that each node has cast in its present life. */
  readonly #cast = new Map<NodeId, { readonly term: number; readonly candidate: NodeId; readonly at: Evidence }>();

  see(at: Evidence): Finding | undefined {
    const { actor, event } = at.event;
    switch (event.type) {
      case 'started':
        this.#cast.delete(actor);
        return undefined;
      case 'became-candidate':
        return this.#casts(at, actor, event.term);
      case 'vote-cast':
        return event.granted ? this.#casts(at, event.candidate, event.term) : undefined;
      case 'message-sent': {
        const { message, to } = event;
        if (message.type === 'request-vote') return this.#leaves(at, actor, message.term);
        const isVote = message.type === 'request-vote-reply' && message.granted;
        return isVote ? this.#leaves(at, to, message.term) : undefined;
      }
      default:
        return undefined;
    }
  }

  #casts(at: Evidence, candidate: NodeId, term: number): Finding | undefined {
    const { actor } = at.event;
    const before = this.#cast.get(actor);
    this.#cast.set(actor, { term, candidate, at });
    if (before?.term !== term || before.candidate === candidate) return undefined;
    return twice(actor, term, before, candidate);
  }

  #leaves(at: Evidence, candidate: NodeId, term: number): Finding | undefined {
    this.exercised += 1;
    const { actor } = at.event;
    const key = `${actor}/${term}`;
    const before = this.#sent.get(key);
    if (before === undefined) this.#sent.set(key, { candidate, at });
    if (before === undefined || before.candidate === candidate) return undefined;
    return twice(actor, term, before, candidate);
  }
}

function twice(
  voter: NodeId,
  term: number,
  before: { readonly candidate: NodeId; readonly at: Evidence },
  candidate: NodeId,
): Finding {
  const [one, other] = [named(voter, before.candidate), named(voter, candidate)];
  return {
    sentence: `${voter} votes in term ${term} for ${one}, and then for ${other}.`,
    earlier: before.at,
    nodes: [voter, before.candidate, candidate],
  };
}

function named(voter: NodeId, candidate: NodeId): string {
  return voter === candidate ? 'itself' : candidate;
}
