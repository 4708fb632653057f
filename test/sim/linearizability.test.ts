import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearizabilityWatch } from '../../src/check/linearizability/linearizability-watch.ts';
import { playRun } from '../../src/sim/simulator.ts';
import type { Run } from '../../src/timeline/run.ts';
import { anyRun } from '../support/random-run.ts';
import { keptPromises } from '../support/sure-reads.ts';

/** The same run with most of its time spent asking, over links that lose and double, and clients that ask again soon. */
function asking(given: Run): Run {
  const run = keptPromises(given);
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
    'is what a single register would have told them, however it was read, under loss, duplication, retries, kills, cuts, power failures and drifting clocks',
    { timeout: 60_000 },
    () => {
      const seen = { answered: 0, unknown: 0, repeats: 0 };
      const via = { 'read-index': 0, lease: 0, follower: 0, stale: 0 };
      fc.assert(
        fc.property(anyRun(24).map(asking), (run) => {
          const events = playRun(run);
          for (const { event } of events) {
            if (event.type === 'applied' && event.repeat) seen.repeats += 1;
            if (event.type === 'request-ended' && event.fate.type === 'committed' && event.fate.via !== undefined) {
              via[event.fate.via] += 1;
            }
          }
          const watch = new LinearizabilityWatch();
          for (const event of events) watch.see(event);
          expect(watch.verdict().type, JSON.stringify(watch.explain())).toBe('linearizable');
          for (const key of watch.history.keys) {
            for (const { outcome } of watch.history.operationsOn(key)) {
              seen[outcome.type === 'unknown' ? 'unknown' : 'answered'] += 1;
            }
          }
        }),
        { numRuns: 300 },
      );
      expect(seen.answered).toBeGreaterThan(500);
      expect(seen.unknown).toBeGreaterThan(100);
      expect(seen.repeats).toBeGreaterThan(20);
      const { stale, ...sure } = via;
      expect(stale).toBe(0);
      expect(Math.min(...Object.values(sure)), JSON.stringify(via)).toBeGreaterThan(20);
    },
  );
});
