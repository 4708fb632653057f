import type { EventBody } from '../../timeline/event.ts';
import type { Evidence, Finding } from './breach.ts';
import type { Facts } from './facts.ts';
import type { Invariant } from './invariant.ts';
import type { TrackedNode } from './tracked-node.ts';

type Of<Type extends EventBody['type']> = Extract<EventBody, { readonly type: Type }>;

/**
 * §5.1, Figure 2: what an answer rests on is on the disk before it leaves, and the disk brings it back. A disk that is further on
 * may have forgotten it rightly.
 */
export class OnDiskFirst implements Invariant {
  readonly name = 'on-disk-first';
  readonly sees = ['message-sent', 'started'] as const;
  exercised = 0;

  see(at: Evidence, facts: Facts): Finding | undefined {
    const { actor, event } = at.event;
    if (event.type === 'started') return broughtBack(facts.node(actor), event);
    return event.type === 'message-sent' ? this.#leaves(at, event, facts) : undefined;
  }

  #leaves(at: Evidence, { to, message }: Of<'message-sent'>, facts: Facts): Finding | undefined {
    const { actor } = at.event;
    const isVote = message.type === 'request-vote-reply' && message.granted;
    const matchIndex =
      message.type === 'install-snapshot-reply' || (message.type === 'append-entries-reply' && message.success)
        ? message.matchIndex
        : undefined;
    if (!isVote && matchIndex === undefined && message.type !== 'request-vote') return undefined;
    if (!('term' in message)) return undefined;
    this.exercised += 1;
    const { disk } = facts.node(actor);
    if (disk.term === undefined || disk.term > message.term) return undefined;
    if (disk.term < message.term) {
      const what = isVote
        ? `a vote for ${to}`
        : message.type === 'request-vote'
          ? 'a request for votes'
          : 'an acknowledgement';
      return {
        sentence: `${actor} sends ${what} in term ${message.term}, and its disk holds term ${disk.term}.`,
        nodes: [actor, to],
      };
    }
    const candidate = isVote ? to : message.type === 'request-vote' ? actor : undefined;
    if (candidate !== undefined && disk.votedFor !== candidate) {
      const instead = disk.votedFor === undefined ? 'no vote' : `a vote for ${disk.votedFor}`;
      return {
        sentence: `${actor} says in term ${message.term} that it votes for ${candidate}, and its disk holds ${instead}.`,
        nodes: [actor, candidate],
      };
    }
    const { lastIndex } = disk.log;
    if (matchIndex === undefined || lastIndex === undefined || lastIndex >= matchIndex) return undefined;
    return {
      sentence: `${actor} tells ${to} that it holds the log up to entry ${matchIndex}, and its disk holds it up to ${lastIndex}.`,
      nodes: [actor, to],
    };
  }
}

/** A node begins with no less than what its disk is known to hold. */
function broughtBack({ id, disk }: TrackedNode, event: Of<'started'>): Finding | undefined {
  const found = (sentence: string): Finding => ({ sentence, nodes: [id] });
  if (disk.term === undefined) return undefined;
  if (event.term < disk.term) {
    return found(`${id} starts in term ${event.term}, and its disk held term ${disk.term}.`);
  }
  if (event.term === disk.term && disk.votedFor !== undefined && event.votedFor !== disk.votedFor) {
    return found(`${id} starts without the vote for ${disk.votedFor} in term ${disk.term} that its disk held.`);
  }
  const { lastIndex } = disk.log;
  if (lastIndex === undefined || event.lastIndex >= lastIndex) return undefined;
  return found(`${id} starts with a log that ends at ${event.lastIndex}, and its disk held it up to ${lastIndex}.`);
}
