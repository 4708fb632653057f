import type { AnyMessage } from '../../timeline/event.ts';

/**
 * How a message is drawn: its kind by its form, its term by its hue, yes or no by being crossed, a reply hollow, what
 * binds nobody dashed.
 */
export interface MessageShape {
  readonly form: 'ballot' | 'block' | 'entries' | 'heartbeat' | 'summons' | 'client';
  readonly hollow: boolean;
  readonly crossed: boolean;
  readonly dashed: boolean;
  /** The terms of the entries inside, in order, the first {@link MAX_TICKS}; a tick each. */
  readonly ticks: readonly number[];
  /** Undefined for clients' messages, which know no term. */
  readonly term: number | undefined;
}

/** The most ticks drawn on one message; the tooltip tells the number. */
export const MAX_TICKS = 6;

export function shapeOf(message: AnyMessage): MessageShape {
  const plain = { hollow: false, crossed: false, dashed: false, ticks: [], term: undefined };
  switch (message.type) {
    case 'request-vote':
      return { ...plain, form: 'ballot', term: message.term };
    case 'request-vote-reply':
      return { ...plain, form: 'ballot', hollow: true, crossed: !message.granted, term: message.term };
    case 'pre-vote':
      return { ...plain, form: 'ballot', dashed: true, term: message.term };
    case 'pre-vote-reply':
      return {
        ...plain,
        form: 'ballot',
        dashed: true,
        hollow: true,
        crossed: !message.granted,
        term: message.forTerm,
      };
    case 'timeout-now':
      return { ...plain, form: 'summons', term: message.term };
    case 'append-entries': {
      const ticks = message.entries.slice(0, MAX_TICKS).map((entry) => entry.term);
      return { ...plain, form: ticks.length === 0 ? 'heartbeat' : 'entries', ticks, term: message.term };
    }
    case 'append-entries-reply': {
      // A success that agrees no further than the entry before it answers a heartbeat.
      const form = message.success && message.matchIndex === message.prevLogIndex ? 'heartbeat' : 'entries';
      return { ...plain, form, hollow: true, crossed: !message.success, term: message.term };
    }
    case 'install-snapshot':
      return { ...plain, form: 'block', term: message.term };
    case 'install-snapshot-reply':
      return { ...plain, form: 'block', hollow: true, term: message.term };
    case 'read-index':
      return { ...plain, form: 'client', term: message.term };
    case 'read-index-reply':
      return { ...plain, form: 'client', hollow: true, crossed: message.index === undefined, term: message.term };
    case 'client-request':
    case 'client-read':
      return { ...plain, form: 'client' };
    case 'client-reply':
      return { ...plain, form: 'client', hollow: true, crossed: !isAnswer(message.outcome.type) };
  }
}

function isAnswer(outcome: string): boolean {
  return outcome === 'applied' || outcome === 'read';
}
