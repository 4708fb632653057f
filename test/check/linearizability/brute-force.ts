import type { HistoryOperation, Value } from '../../../src/check/linearizability/history.ts';

/**
 * Whether some order explains the history of one key, found by trying every order there is: nothing clever, to hold the clever
 * search against.
 */
export function isLinearizableByForce(history: readonly HistoryOperation[], initial: Value): boolean {
  return explains(
    history.filter(({ outcome }) => outcome.type !== 'none'),
    initial,
  );
}

function explains(left: readonly HistoryOperation[], held: Value): boolean {
  if (left.every(isOpenForEver)) return true;
  const firstReturn = Math.min(
    ...left.map((operation) => (isOpenForEver(operation) ? Infinity : operation.returnedAt)),
  );
  return left.some((operation) => {
    if (operation.invokedAt > firstReturn) return false;
    const next = after(operation, held);
    return (
      next !== undefined &&
      explains(
        left.filter((other) => other !== operation),
        next.held,
      )
    );
  });
}

function isOpenForEver({ outcome, returnedAt }: HistoryOperation): boolean {
  return outcome.type === 'unknown' || returnedAt === Infinity;
}

/** What the key holds when the operation has taken effect; undefined where its client could not have seen what it saw. */
function after(operation: HistoryOperation, held: Value): { readonly held: Value } | undefined {
  const { call, outcome } = operation;
  const isSilent = isOpenForEver(operation);
  const refuses = !isSilent && (outcome.type === 'mismatch' || outcome.type === 'found');
  let next = held;
  if (call.type === 'write') next = call.value;
  if (call.type === 'delete') next = undefined;
  if (call.type === 'append') next = textOf(held) + call.value;
  if (call.type === 'compare-and-set') {
    const fits = held === call.expected;
    if (!isSilent && fits === refuses) return undefined;
    if (fits) next = call.value;
  }
  if (!isSilent && outcome.type === 'saw' && next !== outcome.value) return undefined;
  if (!isSilent && outcome.type === 'found' && held !== outcome.value) return undefined;
  return { held: next };
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : '';
}
