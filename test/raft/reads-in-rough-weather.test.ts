import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RaftConfig } from '../../src/raft/config.ts';
import { paperRules, type Rules } from '../../src/raft/rules.ts';
import { Network, reading } from './network.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const STEPS = 1_500;
const DRIFT_PPM = 200_000;
const leases: Partial<RaftConfig> = { lease: { durationUs: 400_000, driftPpm: DRIFT_PPM } };

test('reads via ReadIndex, lease and followers miss nothing that was committed before', { timeout: 60_000 }, () => {
  const seen = { asked: 0, refused: 0, 'read-index': 0, lease: 0, follower: 0 };
  fc.assert(
    fc.property(seeds, fc.constantFrom(1, 3, 4, 5), fc.boolean(), fc.boolean(), (seed, size, hasLeases, changes) => {
      const network = new Network({
        seed,
        size,
        weather: changes && size > 2 ? { ...reading, change: 3, snapshot: 3 } : reading,
        driftPpm: DRIFT_PPM,
        ...(hasLeases && { config: leases }),
      });
      for (let step = 0; step < STEPS; step++) network.step();
      if (!network.calm(300)) throw new Error('The nodes do not come to agree.');
      for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += network.reads.seen[key];
    }),
    { numRuns: 60 },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(20);
});

interface Sabotage {
  readonly deed: string;
  readonly rules: Partial<Rules>;
  /** Left out: leases, on clocks as far off as they are told to expect. */
  readonly config?: Partial<RaftConfig>;
}

const sabotages: readonly Sabotage[] = [
  { deed: 'answers reads before this term has committed anything', rules: { mayAnswerReads: () => true }, config: {} },
  {
    deed: 'counts its lease by a clock that it takes for a true one',
    rules: { heldLeaseUs: (durationUs) => durationUs, promisedLeaseUs: (durationUs) => durationUs },
  },
  { deed: 'holds its lease for good', rules: { holdsLease: () => true, mayLeadUnrenewed: () => true } },
  { deed: 'does not wait for the lease of the leader before', rules: { mayCommitYet: () => true } },
  { deed: 'keeps its lease when it hands its lead over', rules: { givesUpLease: () => false } },
];

describe('the watch sees what it is there to see', () => {
  test.each(sabotages.map((sabotage) => [sabotage.deed, sabotage] as const))(
    'a cluster that %s is caught',
    { timeout: 60_000 },
    (_, { rules, config }) => {
      for (let seed = 0; seed < 400; seed++) {
        const network = new Network({
          seed,
          size: 3,
          weather: { ...reading, transfer: 3 },
          driftPpm: DRIFT_PPM,
          rules: { ...paperRules, ...rules },
          config: config ?? leases,
        });
        try {
          for (let step = 0; step < STEPS; step++) network.step();
        } catch (error) {
          expect(String(error)).toMatch(/Stale read|Leases are exclusive/);
          return;
        }
      }
      throw new Error('It was not caught in 400 runs.');
    },
  );
});
