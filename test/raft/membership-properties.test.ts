import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { paperRules } from '../../src/raft/rules.ts';
import type { Rules } from '../../src/raft/rules.ts';
import { comingAndGoing, Network } from './network.ts';

// Many runs, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const switches = fc.record({ preVote: fc.boolean(), checkQuorum: fc.boolean(), leaderStickiness: fc.boolean() });
const STEPS = 1_500;

test('Figure 3 holds, every two quorums in use overlap and members come to agree, however the membership changes', () => {
  const seen = { changes: 0, joint: 0, promoted: 0, elections: 0, removedLeaders: 0, snapshots: 0, committed: 0 };
  fc.assert(
    fc.property(
      seeds,
      fc.constantFrom(1, 2, 3, 5),
      fc.constantFrom(0, 1, 2),
      switches,
      fc.boolean(),
      (seed, size, spares, config, compacts) => {
        const weather = compacts ? { ...comingAndGoing, snapshot: 3 } : comingAndGoing;
        const onTurn: ConstructorParameters<typeof Network>[0]['onTurn'] = (_machine, _nowUs, _inputs, effects) => {
          for (const effect of effects) {
            if (effect.type === 'event' && effect.event.type === 'snapshot-installed') seen.snapshots++;
          }
        };
        const network = new Network({ seed, size, spares, config, weather, onTurn });
        for (let step = 0; step < STEPS; step++) network.step();
        if (!network.calm(600)) throw new Error('The members do not come to agree.');
        const { changes, joint, promoted, elections, removedLeaders } = network.quorums.seen;
        seen.changes += changes;
        seen.joint += joint;
        seen.promoted += promoted;
        seen.elections += elections;
        seen.removedLeaders += removedLeaders;
        seen.committed += network.safety.seen.committed;
      },
    ),
    { numRuns: 100 },
  );
  expect(seen.changes, JSON.stringify(seen)).toBeGreaterThan(300);
  expect(seen.joint, JSON.stringify(seen)).toBeGreaterThan(50);
  expect(seen.promoted, JSON.stringify(seen)).toBeGreaterThan(20);
  expect(seen.elections, JSON.stringify(seen)).toBeGreaterThan(300);
  expect(seen.removedLeaders, JSON.stringify(seen)).toBeGreaterThan(20);
  expect(seen.snapshots, JSON.stringify(seen)).toBeGreaterThan(20);
  expect(seen.committed, JSON.stringify(seen)).toBeGreaterThan(1_000);
});

const sabotages: readonly (readonly [deed: string, rules: Partial<Rules>])[] = [
  ['begins a change while another is pending', { isChangePending: () => false }],
  ['changes several voters at once', { needsJoint: () => false }],
  ['asks only the new voters of a joint configuration', { jointReach: (incoming) => incoming }],
];

/** What these decide is who is available, never what is true. */
const harmless: readonly (readonly [deed: string, rules: Partial<Rules>])[] = [
  ['promotes whoever it is told to', { isCaughtUp: () => true }],
  ['leads on when it is removed', { stepsDownWhenRemoved: () => false }],
  ['lets anybody stand who has no vote', { mayStand: () => true }],
];

describe('the watch over the membership', () => {
  const play = (seed: number, rules: Partial<Rules>): Network => {
    const network = new Network({
      seed,
      size: 1 + (seed % 4),
      spares: 2,
      rules: { ...paperRules, ...rules },
      maxEntriesPerAppend: 1,
      weather: comingAndGoing,
    });
    for (let step = 0; step < STEPS; step++) network.step();
    return network;
  };

  test.each(sabotages)('sees a cluster that %s', (_, rules) => {
    for (let seed = 0; seed < 600; seed++) {
      try {
        play(seed, rules);
      } catch (error) {
        expect(String(error)).toMatch(/Configuration safety|Quorums overlap/);
        return;
      }
    }
    throw new Error('It was not caught in 600 runs.');
  });

  test.each(harmless)('sees no harm in a cluster that %s', (_, rules) => {
    let applied = 0;
    for (let seed = 0; seed < 20; seed++) applied += play(seed, rules).safety.seen.applied;
    expect(applied).toBeGreaterThan(0);
  });
});
