import type { NodeId } from '../../raft/entry.ts';
import type { AnyMessage, EventBody } from '../../timeline/event.ts';
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
    const promise = promiseOf(at.event.actor, to, message);
    if (promise === undefined) return undefined;
    this.exercised += 1;
    const { actor } = at.event;
    const { disk } = facts.node(actor);
    const { what, term, candidate, matchIndex } = promise;
    if (disk.term === undefined || disk.term > term) return undefined;
    if (disk.term < term) {
      const sentence = `${actor} sends ${what} in term ${term}, and its disk holds term ${disk.term}.`;
      return { sentence, nodes: [actor, to] };
    }
    if (candidate !== undefined && disk.votedFor !== candidate) {
      const instead = disk.votedFor === undefined ? 'no vote' : `a vote for ${disk.votedFor}`;
      const sentence = `${actor} says in term ${term} that it votes for ${candidate}, and its disk holds ${instead}.`;
      return { sentence, nodes: [actor, candidate] };
    }
    const { lastIndex } = disk.log;
    if (lastIndex === undefined || lastIndex >= matchIndex) return undefined;
    return {
      sentence: `${actor} tells ${to} that it holds the log up to entry ${matchIndex}, and its disk holds it up to ${lastIndex}.`,
      nodes: [actor, to],
    };
  }
}

/** What has to be on the disk of whoever sends a message. */
interface DiskPromise {
  readonly what: string;
  readonly term: number;
  /** For whom it says that it votes. */
  readonly candidate?: NodeId;
  /** Up to where it says that it holds the log; 0 for nothing. */
  readonly matchIndex: number;
}

/** Every answer rests on the term that it names (Figure 2), votes and acknowledgements on more. */
function promiseOf(from: NodeId, to: NodeId, message: AnyMessage): DiskPromise | undefined {
  switch (message.type) {
    case 'request-vote':
      return { what: 'a request for votes', term: message.term, candidate: from, matchIndex: 0 };
    case 'request-vote-reply':
      return message.granted
        ? { what: `a vote for ${to}`, term: message.term, candidate: to, matchIndex: 0 }
        : { what: 'a refusal', term: message.term, matchIndex: 0 };
    case 'append-entries-reply':
      return message.success
        ? { what: 'an acknowledgement', term: message.term, matchIndex: message.matchIndex }
        : { what: 'a refusal', term: message.term, matchIndex: 0 };
    case 'install-snapshot-reply':
      return { what: 'an acknowledgement', term: message.term, matchIndex: message.matchIndex };
    default:
      return undefined;
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
