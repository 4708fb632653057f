import type { Fate } from '../../kv/client-message.ts';
import type { Operation } from '../../kv/command.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { Call, HistoryOperation, Outcome } from './history.ts';

/** The most requests that are remembered at a time; more are not looked at. */
export const MAX_WATCHED_REQUESTS = 100_000;

/** A request, as long as its end may still come. */
interface Asked {
  readonly requestId: string;
  readonly client: string;
  readonly operation: Operation;
  readonly invokedAt: number;
  /** Whether its end has come, even one of which nothing is known. */
  hasEnded: boolean;
  outcome: Outcome;
  returnedAt: number;
}

/**
 * What the clients of a timeline saw, as a history: its events are to be given one after the other, as they happen. A
 * request that has not ended may have taken effect, or may yet.
 */
export class TimelineHistory {
  readonly #asked = new Map<string, Asked>();
  readonly #byKey = new Map<string, Asked[]>();
  readonly #judges: (operation: Operation) => boolean;
  #events = 0;
  #missed = 0;

  /** Operations that it does not judge count as never asked: a read that may be out of date is promised nothing. */
  constructor(judges: (operation: Operation) => boolean = () => true) {
    this.#judges = judges;
  }

  /** How many requests were not looked at, because there were too many before them. */
  get missed(): number {
    return this.#missed;
  }

  get keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  /** Looks at the next event. Gives the key whose history it has changed, if any. */
  see({ actor, event }: TimelineEvent): string | undefined {
    const moment = this.#events;
    this.#events += 1;
    if (event.type === 'request-submitted') {
      if (!this.#judges(event.operation)) return undefined;
      if (this.#asked.size >= MAX_WATCHED_REQUESTS) {
        this.#missed += 1;
        return undefined;
      }
      const { operation } = event;
      const asked: Asked = {
        requestId: event.requestId,
        client: actor,
        operation,
        invokedAt: moment,
        hasEnded: false,
        outcome: { type: 'unknown' },
        returnedAt: Infinity,
      };
      this.#asked.set(event.requestId, asked);
      const ofKey = this.#byKey.get(operation.key);
      if (ofKey === undefined) this.#byKey.set(operation.key, [asked]);
      else ofKey.push(asked);
      return operation.key;
    }
    if (event.type !== 'request-ended') return undefined;
    const asked = this.#asked.get(event.requestId);
    if (asked === undefined) return undefined;
    asked.hasEnded = true;
    asked.outcome = outcomeOf(asked.operation, event.fate);
    // Nobody is told of an unknown outcome: it stays open.
    if (asked.outcome.type !== 'unknown') asked.returnedAt = moment;
    return asked.operation.key;
  }

  /** How many of the operations that are remembered of a key have ended, up to the first that is still under way. */
  endedOn(key: string): number {
    const asked = this.#byKey.get(key) ?? [];
    const open = asked.findIndex(({ hasEnded }) => !hasEnded);
    return open < 0 ? asked.length : open;
  }

  /** The first `count` operations that are remembered of a key are of no further interest. */
  forget(key: string, count: number): void {
    const forgotten = this.#byKey.get(key)?.splice(0, count) ?? [];
    for (const { requestId } of forgotten) this.#asked.delete(requestId);
  }

  /** The operations on a key that are remembered, in order of invocation. */
  operationsOn(key: string): HistoryOperation[] {
    return (this.#byKey.get(key) ?? []).map(({ client, operation, outcome, invokedAt, returnedAt }) => ({
      client,
      key,
      call: callOf(operation),
      outcome,
      invokedAt,
      returnedAt,
    }));
  }
}

function callOf(operation: Operation): Call {
  switch (operation.type) {
    case 'get':
      return { type: 'read' };
    case 'set':
      return { type: 'write', value: operation.value };
    case 'append':
      return { type: 'append', value: operation.value };
    case 'delete':
      return { type: 'delete' };
    case 'compare-and-set':
      return { type: 'compare-and-set', expected: operation.expected, value: operation.value };
  }
}

function outcomeOf(operation: Operation, fate: Fate): Outcome {
  if (fate.type === 'unknown') return { type: 'unknown' };
  if (fate.type === 'failed') return { type: 'none' };
  const { result } = fate;
  switch (result.type) {
    case 'ok':
      return { type: 'saw', value: result.value };
    case 'mismatch':
      // Only a compare-and-set can say so: from anything else it is an answer that nothing explains.
      return operation.type === 'compare-and-set'
        ? { type: 'found', value: result.actual }
        : { type: 'saw', value: undefined };
    case 'refused':
      return { type: 'none' };
    case 'expired':
      // This attempt did nothing; an earlier one may have, before its session was forgotten.
      return { type: 'unknown' };
  }
}
