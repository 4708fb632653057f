import type { HistoryOperation, Value } from './history.ts';
import { isBinding } from './history.ts';
import { problemOf } from './problem.ts';
import { search, type SearchLimits } from './search.ts';
import { initialValuesOf } from './initial-values.ts';

/** What each of the searches may cost that an explanation takes, of which there are dozens. */
const EXPLAIN_LIMITS: SearchLimits = { maxConfigurations: 200_000, maxCacheWords: 1 << 22, maxStates: 100_000 };

/** A longer stretch is told whole, without asking of each operation whether it matters. */
export const MAX_SIFTED = 200;

/** Why no order explains the operations on a key. */
export interface Explanation {
  /** The operation that cannot be placed: until its return, everything can be explained. */
  readonly culprit: HistoryOperation;
  /** An order that explains everything known until then: the longest prefix of the history for which there is one. */
  readonly prefix: readonly HistoryOperation[];
  readonly stretch: Stretch;
}

/** The smallest stretch of the history that cannot be explained, whatever was before it and comes after it. */
export interface Stretch {
  /** The moments of its first invocation and of its last return. */
  readonly from: number;
  readonly to: number;
  /** Those of its operations that together cannot be explained, by invocation; without any one of them, the rest can be. */
  readonly operations: readonly HistoryOperation[];
  /** Whether it begins with the history, and what the key held at first is part of what cannot be explained. */
  readonly needsInitial: boolean;
}

/**
 * Explains a history of one key of which it is known that no order explains it. Undefined where that would take longer than a
 * search may.
 */
export function explain(operations: readonly HistoryOperation[], initial: Value): Explanation | undefined {
  const moments = returnsOf(operations);
  // Of a prefix that cannot be explained, no longer one can be: half of what is left is out with each look.
  let explained = 0;
  let unexplained = moments.length;
  let prefix: readonly HistoryOperation[] = [];
  while (unexplained - explained > 1) {
    const middle = (explained + unexplained) >> 1;
    const result = search(problemOf(cutAfter(operations, moments[middle - 1] ?? 0), initial), EXPLAIN_LIMITS);
    if (result.type === 'exhausted') return undefined;
    if (result.type === 'impossible') {
      unexplained = middle;
      continue;
    }
    explained = middle;
    prefix = result.order;
  }
  const to = moments[unexplained - 1] ?? 0;
  const culprit = operations.find(({ returnedAt }) => returnedAt === to);
  if (culprit === undefined) return undefined;
  return { culprit, prefix, stretch: stretchOf(cutAfter(operations, to), initial, culprit) };
}

function returnsOf(operations: readonly HistoryOperation[]): number[] {
  const moments = operations.filter(({ outcome, returnedAt }) => outcome.type !== 'unknown' && returnedAt !== Infinity);
  return moments.map(({ returnedAt }) => returnedAt).sort((one, other) => one - other);
}

/** The history as it was known just after the moment: who had not returned may have taken effect, or not. */
function cutAfter(operations: readonly HistoryOperation[], moment: number): HistoryOperation[] {
  return operations
    .filter(({ invokedAt }) => invokedAt <= moment)
    .map((operation) => (operation.returnedAt > moment ? relaxed(operation) : operation));
}

/** The operation, with nothing known of what became of it. */
function relaxed(operation: HistoryOperation): HistoryOperation {
  return { ...operation, outcome: { type: 'unknown' }, returnedAt: Infinity };
}

/** Looks back from the end of a prefix for the shortest stretch that fails by itself. */
function stretchOf(prefix: readonly HistoryOperation[], initial: Value, culprit: HistoryOperation): Stretch {
  const starts = prefix
    .map(({ invokedAt }) => invokedAt)
    .filter((moment) => moment <= culprit.invokedAt)
    .sort((one, other) => other - one);
  let tooShort = 0;
  let length = 1;
  while (length < starts.length && !failsFromAnywhere(from(prefix, starts[length - 1] ?? 0))) {
    tooShort = length;
    length = Math.min(starts.length, length * 2);
  }
  const needsInitial = length === starts.length && !failsFromAnywhere(from(prefix, starts[length - 1] ?? 0));
  if (needsInitial) tooShort = length - 1;
  while (length - tooShort > 1) {
    const middle = (tooShort + length) >> 1;
    if (failsFromAnywhere(from(prefix, starts[middle - 1] ?? 0))) length = middle;
    else tooShort = middle;
  }
  const begin = starts[length - 1] ?? 0;
  const fails = needsInitial
    ? (some: readonly HistoryOperation[]): boolean =>
        search(problemOf(some, initial), EXPLAIN_LIMITS).type === 'impossible'
    : failsFromAnywhere;
  return {
    from: begin,
    to: culprit.returnedAt,
    operations: sift(needsInitial ? prefix : from(prefix, begin), culprit, fails),
    needsInitial,
  };
}

/**
 * What must be explained from a moment on. Who had been invoked before may have taken effect before, so nothing that they saw
 * counts; who had returned before is out of it.
 */
function from(prefix: readonly HistoryOperation[], moment: number): HistoryOperation[] {
  return prefix
    .filter(({ returnedAt }) => returnedAt >= moment)
    .map((operation) => (operation.invokedAt < moment ? relaxed(operation) : operation));
}

/** Whether the operations cannot be explained, whatever the key held before. */
function failsFromAnywhere(operations: readonly HistoryOperation[]): boolean {
  const initials = initialValuesOf(operations);
  return (
    initials?.every((value) => search(problemOf(operations, value), EXPLAIN_LIMITS).type === 'impossible') ?? false
  );
}

/** Those of the operations that it takes to fail: each that can be doubted without a way out opening is left out. */
function sift(
  operations: readonly HistoryOperation[],
  culprit: HistoryOperation,
  fails: (some: readonly HistoryOperation[]) => boolean,
): readonly HistoryOperation[] {
  const known = operations.filter(isBinding);
  if (known.length > MAX_SIFTED) return known;
  let all = operations;
  for (const operation of known) {
    if (operation === culprit) continue;
    const doubted = all.map((other) => (other === operation ? relaxed(other) : other));
    if (fails(doubted)) all = doubted;
  }
  return all.filter((operation) => isBinding(operation) || operation === culprit);
}
