import type { SabotageName } from '../raft/sabotage-name.ts';
import type { OperationResult } from './command.ts';
import type { SavedSession } from './session.ts';

/** What the store owes its clients (§8, thesis 6.3), each a small function that a sabotage can swap for a wrong one. */
export interface StoreRules {
  /** §8: what a command that was applied before comes to: what it came to then, and it is not carried out again. */
  readonly resultOfRepeat: (earlier: OperationResult | undefined) => OperationResult | undefined;
  /** Thesis 6.3: the sessions that go into a snapshot: all, or what it replaces could be applied a second time. */
  readonly sessionsInSnapshot: (sessions: readonly SavedSession[]) => readonly SavedSession[];
}

/** The rules as the paper has them. */
export const paperStoreRules: StoreRules = {
  resultOfRepeat(earlier) {
    return earlier;
  },

  sessionsInSnapshot(sessions) {
    return sessions;
  },
};

const wrongStoreRules: Readonly<Partial<Record<SabotageName, Partial<StoreRules>>>> = {
  'retry-applied-twice': { resultOfRepeat: () => undefined },
  'sessions-not-in-snapshot': { sessionsInSnapshot: () => [] },
};

/** The paper's rules for the store, with those swapped that the sabotages name. */
export function storeRulesOf(sabotages: readonly SabotageName[] = []): StoreRules {
  let rules = paperStoreRules;
  for (const name of sabotages) {
    const wrong = wrongStoreRules[name];
    if (wrong !== undefined) rules = { ...rules, ...wrong };
  }
  return rules;
}
