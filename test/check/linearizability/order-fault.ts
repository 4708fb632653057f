import { isBinding, type HistoryOperation, type Value } from '../../../src/check/linearizability/history.ts';

/** What is wrong with an order that is said to explain a history of one key; undefined where nothing is. */
export function orderFault(
  order: readonly HistoryOperation[],
  history: readonly HistoryOperation[],
  initial: Value,
): string | undefined {
  const placed = new Set(order);
  if (placed.size < order.length) return 'an operation stands twice';
  if (history.some((operation) => isBinding(operation) && !placed.has(operation))) return 'an operation is missing';
  let latest = -Infinity;
  let held = initial;
  for (const operation of order) {
    if (operation.returnedAt < latest) {
      return `${JSON.stringify(operation)} stands behind one that was invoked after it`;
    }
    latest = Math.max(latest, operation.invokedAt);
    const { call, outcome } = operation;
    const isKnown = isBinding(operation);
    const refuses = isKnown && (outcome.type === 'mismatch' || outcome.type === 'found');
    const fits = call.type !== 'compare-and-set' || held === call.expected;
    if (isKnown && fits === refuses) return `${JSON.stringify(operation)} meets ${JSON.stringify(held)}`;
    if (isKnown && outcome.type === 'found' && outcome.value !== held) {
      return `${JSON.stringify(operation)} finds another`;
    }
    if (call.type === 'write' || (call.type === 'compare-and-set' && fits)) held = call.value;
    if (call.type === 'delete') held = undefined;
    if (call.type === 'append') held = (typeof held === 'string' ? held : '') + call.value;
    if (isKnown && outcome.type === 'saw' && outcome.value !== held) return `${JSON.stringify(operation)} sees another`;
  }
  return undefined;
}
