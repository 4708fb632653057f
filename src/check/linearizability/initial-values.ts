import { isBinding, type HistoryOperation, type Value } from './history.ts';

/** How many different values a stretch may begin with before it is not looked into. */
export const MAX_INITIAL_VALUES = 500;

/** A text that no client can have written or seen. */
const OTHER = '\u0000other';

/**
 * All values that it makes a difference to begin a stretch with: those that somebody in it met, what is left of them
 * when texts that the stretch may have appended are taken away, and one that is none of them. Undefined where they are too many.
 */
export function initialValuesOf(operations: readonly HistoryOperation[]): readonly Value[] | undefined {
  const pieces = new Set<string>();
  const met: Value[] = [];
  for (const operation of operations) {
    const { call, outcome } = operation;
    if (call.type === 'append') pieces.add(call.value);
    if (!isBinding(operation)) continue;
    if (outcome.type === 'saw' || outcome.type === 'found') met.push(outcome.value);
    if (call.type === 'compare-and-set') met.push(call.expected);
  }
  const values = new Set<Value>([OTHER, undefined]);
  const left = [...met];
  for (let value = left.pop(); left.length > 0 || value !== undefined; value = left.pop()) {
    if (values.has(value)) continue;
    values.add(value);
    if (values.size > MAX_INITIAL_VALUES) return undefined;
    if (typeof value !== 'string') continue;
    for (const piece of pieces) {
      if (piece !== '' && value.endsWith(piece)) left.push(value.slice(0, value.length - piece.length));
    }
  }
  return [...values];
}
