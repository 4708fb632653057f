import type { HistoryOperation, Value } from './history.ts';
import { problemOf } from './problem.ts';
import { search, type SearchLimits } from './search.ts';

/** What a search of one key may cost unless it is told otherwise: some seconds, and some hundred megabytes at the most. */
export const DEFAULT_SEARCH_LIMITS: SearchLimits = {
  maxConfigurations: 2_000_000,
  maxCacheWords: 1 << 25,
  maxStates: 500_000,
};

export interface CheckOptions {
  /** What every key holds at first. */
  readonly initial: Value;
  readonly limits: SearchLimits;
}

/** What can be said of a history. `configurations` is how many the search looked at. */
export type Verdict =
  | { readonly type: 'linearizable'; readonly configurations: number }
  /** No order of the operations on `key` explains what their clients saw. */
  | { readonly type: 'not-linearizable'; readonly key: string; readonly configurations: number }
  /** The search of `key` reached a limit, and no other key is known to be wrong. */
  | { readonly type: 'unknown'; readonly key: string; readonly configurations: number };

/**
 * Whether one order of the operations explains what every client saw, each taking effect at one moment between its
 * invocation and its return (Herlihy and Wing, 1990). Keys are looked at one by one: a history is linearizable where that
 * of each key is.
 */
export function checkHistory(history: readonly HistoryOperation[], options: CheckOptions): Verdict {
  let configurations = 0;
  let undecided: string | undefined;
  for (const [key, operations] of byKey(history)) {
    const result = search(problemOf(operations, options.initial), options.limits);
    configurations += result.configurations;
    if (result.type === 'impossible') return { type: 'not-linearizable', key, configurations };
    if (result.type === 'exhausted') undecided ??= key;
  }
  if (undecided !== undefined) return { type: 'unknown', key: undecided, configurations };
  return { type: 'linearizable', configurations };
}

/** The operations of each key, in the order in which the keys are first named. */
export function byKey(history: readonly HistoryOperation[]): ReadonlyMap<string, readonly HistoryOperation[]> {
  const keys = new Map<string, HistoryOperation[]>();
  for (const operation of history) {
    const operations = keys.get(operation.key);
    if (operations === undefined) keys.set(operation.key, [operation]);
    else operations.push(operation);
  }
  return keys;
}
