import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/kv/command.ts';
import type { Fate } from '../../src/kv/client-message.ts';
import { playRun } from '../../src/sim/simulator.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import type { Run } from '../../src/timeline/run.ts';
import { anyRun } from '../support/random-run.ts';

/** One request as its client saw it. An end of Infinity: it may take effect at any time, or never. */
interface Call {
  readonly operation: Operation;
  readonly startPlace: number;
  readonly endPlace: number;
  /** Undefined where the client was not told. */
  readonly answer: string | undefined;
}

/** The requests of each key, by their places in the timeline; those that failed cannot have had an effect. */
function callsByKey(events: readonly TimelineEvent[]): ReadonlyMap<string, readonly Call[]> {
  const asked = new Map<string, { readonly operation: Operation; readonly startPlace: number }>();
  const ended = new Map<string, { readonly fate: Fate; readonly place: number }>();
  for (const [place, { event }] of events.entries()) {
    if (event.type === 'request-submitted') {
      asked.set(event.requestId, { operation: event.operation, startPlace: place });
    }
    if (event.type === 'request-ended') ended.set(event.requestId, { fate: event.fate, place });
  }
  const calls = new Map<string, Call[]>();
  for (const [requestId, { operation, startPlace }] of asked) {
    const end = ended.get(requestId);
    if (end?.fate.type === 'failed') continue;
    const known = end?.fate.type === 'committed' ? JSON.stringify(end.fate.result) : undefined;
    const call = {
      operation,
      startPlace,
      endPlace: known === undefined ? Infinity : (end?.place ?? Infinity),
      answer: known,
    };
    calls.set(operation.key, [...(calls.get(operation.key) ?? []), call]);
  }
  return calls;
}

/** What the operation makes of a key that holds `held`, and its answer. */
function apply(
  held: string | undefined,
  operation: Operation,
): { readonly next: string | undefined; readonly answer: string } {
  const ok = (next: string | undefined): { next: string | undefined; answer: string } => ({
    next,
    answer: JSON.stringify({ type: 'ok', value: next }),
  });
  switch (operation.type) {
    case 'get':
      return ok(held);
    case 'set':
      return ok(operation.value);
    case 'append':
      return ok((held ?? '') + operation.value);
    case 'delete':
      return ok(undefined);
    case 'compare-and-set':
      if (held === operation.expected) return ok(operation.value);
      return { next: held, answer: JSON.stringify({ type: 'mismatch', actual: held }) };
  }
}

/**
 * Whether the calls can be put in one order in which each takes effect between its start and its end and answers as a
 * single register would (Wing and Gong's search; a state that was reached once with the same calls done is not tried again).
 */
function isLinearizable(calls: readonly Call[]): boolean {
  const tried = new Set<string>();
  const search = (done: bigint, held: string | undefined): boolean => {
    let firstEnd = Infinity;
    let open = 0;
    for (const [place, { endPlace }] of calls.entries()) {
      if ((done & (1n << BigInt(place))) !== 0n || endPlace === Infinity) continue;
      open += 1;
      firstEnd = Math.min(firstEnd, endPlace);
    }
    if (open === 0) return true;
    const key = `${done} ${held ?? 'absent'}`;
    if (tried.has(key)) return false;
    tried.add(key);
    return calls.some((call, place) => {
      const bit = 1n << BigInt(place);
      // Who started after another had ended must not come before it.
      if ((done & bit) !== 0n || call.startPlace > firstEnd) return false;
      const { next, answer } = apply(held, call.operation);
      return (call.answer === undefined || call.answer === answer) && search(done | bit, next);
    });
  };
  return search(0n, undefined);
}

/** The same run with most of its time spent asking, over links that lose and double, and clients that ask again soon. */
function asking(run: Run): Run {
  const network = { latency: { meanMs: 22, spreadMs: 20 }, loss: 0.1, duplication: 0.3 };
  const client = { attemptTimeoutMs: 90, deadlineMs: 1_500, retryDelayMs: 10 };
  const actions = run.actions.flatMap((timed, place) => {
    const { atUs, action } = timed;
    if (action.type !== 'request') return [timed];
    const value = String(place);
    const operation = 'value' in action.operation ? { ...action.operation, value } : action.operation;
    const first = { ...action, requestId: `${place}a`, operation };
    const second = {
      ...first,
      requestId: `${place}b`,
      client: 'c2',
      operation: { type: 'get', key: operation.key } as const,
    };
    return [
      { atUs, action: first },
      { atUs, action: second },
    ];
  });
  return { ...run, config: { ...run.config, network, client }, actions, untilUs: run.untilUs + 1_000_000 };
}

describe('What clients are told', () => {
  it(
    'is what a single register would have told them, under loss, duplication, retries, kills, cuts and power failures',
    { timeout: 60_000 },
    () => {
      const seen = { answered: 0, unknown: 0, repeats: 0 };
      fc.assert(
        fc.property(anyRun(24).map(asking), (run) => {
          const events = playRun(run);
          for (const { event } of events) if (event.type === 'applied' && event.repeat) seen.repeats += 1;
          for (const [key, calls] of callsByKey(events)) {
            expect(isLinearizable(calls), `key ${key}: ${JSON.stringify(calls)}`).toBe(true);
            for (const { answer } of calls) seen[answer === undefined ? 'unknown' : 'answered'] += 1;
          }
        }),
        { numRuns: 300 },
      );
      expect(seen.answered).toBeGreaterThan(500);
      expect(seen.unknown).toBeGreaterThan(100);
      expect(seen.repeats).toBeGreaterThan(20);
    },
  );

  it('is found out where it is not so: a read that goes back to an older value', () => {
    const set = (value: string, startPlace: number): Call => ({
      operation: { type: 'set', key: 'x', value },
      startPlace,
      endPlace: startPlace + 1,
      answer: JSON.stringify({ type: 'ok', value }),
    });
    const read = (value: string, startPlace: number, endPlace = startPlace + 1): Call => ({
      operation: { type: 'get', key: 'x' },
      startPlace,
      endPlace,
      answer: JSON.stringify({ type: 'ok', value }),
    });
    expect(isLinearizable([set('1', 0), set('2', 2), read('2', 4)])).toBe(true);
    expect(isLinearizable([set('1', 0), set('2', 2), read('1', 4)])).toBe(false);
    expect(isLinearizable([set('1', 0), read('1', 1.5, 6), set('2', 2)])).toBe(true);
  });
});
