import type { Call, HistoryOperation, Outcome, Value } from '../../../src/check/linearizability/history.ts';

/** An operation by hand: its client, its call, when it was invoked and when it returned, and what it saw. */
export function operation(
  client: string,
  call: Call,
  [invokedAt, returnedAt]: readonly [number, number],
  outcome: Outcome = { type: 'ok' },
): HistoryOperation {
  return { client, key: 'x', call, outcome, invokedAt, returnedAt };
}

export const write = (value: Value): Call => ({ type: 'write', value });
export const append = (value: string): Call => ({ type: 'append', value });
export const swap = (expected: Value, value: Value): Call => ({ type: 'compare-and-set', expected, value });
export const read: Call = { type: 'read' };
export const remove: Call = { type: 'delete' };
export const saw = (value: Value): Outcome => ({ type: 'saw', value });
export const unknown: Outcome = { type: 'unknown' };
