import { describe, expect, it } from 'vitest';
import type { SabotageName } from '../../../src/raft/sabotage-name.ts';
import { drawRun } from '../../../src/sim/fuzz/draw-run.ts';
import { playChecked } from '../../../src/sim/fuzz/play-checked.ts';

/**
 * For each sabotage the first seed that shows it, and as what. Where the fuzzer draws otherwise, they change:
 * `npm run fuzz -- --sabotage NAME` finds them anew.
 */
const caught: readonly (readonly [name: SabotageName, seed: number, as: string])[] = [
  ['longer-log-wins', 1_328, 'leader-completeness'],
  ['vote-before-disk', 1, 'on-disk-first'],
  ['vote-cleared-on-step-down', 70, 'one-vote'],
  ['removes-what-agrees', 1, 'no-halt'],
  ['commit-past-message', 10, 'state-machine-safety'],
  ['two-changes-at-once', 14, 'configuration-safety'],
  ['read-before-commit', 12, 'linearizability'],
  ['late-answer-confirms-read', 12, 'linearizability'],
  ['stale-term-unanswered', 284, 'progress'],
  ['old-snapshot-wipes-log', 6, 'configuration-safety'],
  ['transfer-outlives-term', 6, 'progress'],
  ['timeout-now-asks-first', 15, 'progress'],
  ['lease-kept-in-transfer', 79, 'lease-exclusivity'],
  ['votes-counted-twice', 1, 'configuration-safety'],
  ['old-votes-counted', 9, 'configuration-safety'],
  ['half-is-majority', 1, 'configuration-safety'],
  ['vote-not-on-disk', 1, 'on-disk-first'],
  ['old-leader-obeyed', 7, 'no-halt'],
  ['no-op-left-out', 12, 'progress'],
  ['previous-term-unchecked', 10, 'log-matching'],
  ['new-leader-drops-tail', 5, 'leader-completeness'],
  ['acknowledged-before-disk', 1, 'on-disk-first'],
  ['undurable-entries-counted', 1, 'configuration-safety'],
  ['commit-past-log', 1, 'no-halt'],
  ['log-committed-at-start', 17, 'state-machine-safety'],
  ['one-majority-in-joint', 7, 'configuration-safety'],
  ['learner-counted', 2, 'configuration-safety'],
  ['born-membership-at-restart', 10, 'leader-completeness'],
  ['compacts-past-applied', 5, 'snapshot-equals-log'],
  ['lease-counts-from-answer', 147, 'lease-exclusivity'],
  ['lease-not-waited-out', 82, 'lease-exclusivity'],
  ['read-before-applied', 124, 'linearizability'],
  ['retry-applied-twice', 1, 'session-exactly-once'],
  ['sessions-not-in-snapshot', 6, 'session-exactly-once'],
];

describe('The fuzzer catches', { timeout: 30_000 }, () => {
  it.each(caught)(
    '%s at seed %i, as a breach of %s, and nothing where the same run has the rules of the paper',
    (name, seed, as) => {
      const run = drawRun(seed, { sabotages: [name] });
      expect(playChecked(run).failure?.name).toBe(as);
      const { sabotages: _wrong, ...config } = run.config;
      expect(playChecked({ ...run, config }).failure).toBeUndefined();
    },
  );
});
