import { isBinding, isOptional, type HistoryOperation, type Value } from './history.ts';

/** The first `count` operations on a key, after which it held `value` whatever the order of those before. */
export interface Settled {
  readonly count: number;
  readonly value: Value;
}

/**
 * The longest beginning of a key's history, in order of invocation, that has nothing to do with the rest but for the value that it
 * leaves: all of it has returned before anything else begins, and the last of it, while nothing else was under way, says what the key
 * held. So the whole can be explained if that beginning can, and the rest can from that value on. It has at most `most` operations:
 * of what is still under way nobody knows yet what there will be to explain.
 */
export function settledOf(
  operations: readonly HistoryOperation[],
  most: number = operations.length,
): Settled | undefined {
  let settled: Settled | undefined;
  let openUntil = -1;
  for (const [place, operation] of operations.slice(0, most).entries()) {
    const stands = isBinding(operation);
    if (!stands && !isOptional(operation)) continue;
    const { invokedAt, outcome } = operation;
    // Whoever is never told may take effect at any later moment.
    const returnedAt = stands ? operation.returnedAt : Infinity;
    const isAlone = openUntil < invokedAt;
    if (openUntil < returnedAt) openUntil = returnedAt;
    if (openUntil === Infinity) return settled;
    if (!isAlone || (outcome.type !== 'saw' && outcome.type !== 'found')) continue;
    const next = operations[place + 1];
    if (next === undefined || returnedAt < next.invokedAt) settled = { count: place + 1, value: outcome.value };
  }
  return settled;
}
