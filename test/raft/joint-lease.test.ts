import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RaftConfig } from '../../src/raft/config.ts';
import { paperRules, type Rules } from '../../src/raft/rules.ts';
import { Network, reading, type NetworkOptions } from './network.ts';
import { OneNode, configurationEntry, echo } from './one-node.ts';

const DRIFT_PPM = 200_000;
const LEASE: Partial<RaftConfig> = { lease: { durationUs: 400_000, driftPpm: DRIFT_PPM } };

const members = ['n1', 'n2', 'n3', 'n4', 'n5'];
const joint = configurationEntry(1, 1, { voters: ['n1', 'n2', 'n3'], outgoing: ['n1', 'n4', 'n5'] });
const vote = (leaseRemainingUs: number) =>
  ({ type: 'request-vote-reply', term: 2, granted: true, leaseRemainingUs }) as const;

/** n1 has been elected by one of either majority, which know of leases for so long. */
function elected(incomingUs: number, outgoingUs: number): OneNode {
  const one = new OneNode({ members, term: 1, log: [joint], config: LEASE });
  // After a restart it assumes the longest lease; that is over.
  one.nowUs = 1_000_000;
  one.turn({ type: 'time-out-now' }).flush().receive('n2', vote(incomingUs)).receive('n4', vote(outgoingUs));
  expect(one.node.role).toBe('leader');
  return one.flush();
}

describe('§6 and thesis 6.4.1: in a joint configuration', () => {
  test('a lease counts from when the earlier of the two rounds was sent that the majorities have echoed', () => {
    const one = elected(0, 0);
    const firstUs = one.nowUs;
    one.receive('n2', echo(2, 2, 1)).receive('n4', echo(2, 2, 1));
    const untilUs = one.node.lease.heldUntilUs;
    expect(untilUs).toBe(firstUs + 320_000);
    one
      .timeOut()
      .receive('n2', echo(2, 2, 2))
      .receive('n3', echo(2, 2, 2));
    expect(one.node.lease.heldUntilUs).toBe(untilUs);
    const secondUs = one.nowUs;
    expect(one.receive('n5', echo(2, 2, 2)).node.lease.heldUntilUs).toBe(secondUs + 320_000);
  });

  test.each([
    ['incoming', 400_000, 0],
    ['outgoing', 0, 400_000],
  ])('a new leader waits for the lease of which a voter of the %s majority knows', (_, incomingUs, outgoingUs) => {
    const one = elected(incomingUs, outgoingUs);
    expect(one.node.lease.waitUntilUs).toBe(one.nowUs + 400_000);
    one.receive('n2', echo(2, 2, 1)).receive('n4', echo(2, 2, 1));
    expect(one.node.commitIndex).toBe(0);
  });

  test.each([
    ['incoming', 'n2', 'n3'],
    ['outgoing', 'n4', 'n5'],
  ])('a leader that only the %s majority answers steps down', (_, one, other) => {
    const leader = elected(0, 0);
    for (let round = 1; round < 30 && leader.node.role === 'leader'; round++) {
      leader
        .receive(one, echo(2, 2, round))
        .receive(other, echo(2, 2, round))
        .timeOut();
    }
    expect(leader.event('became-follower').rule).toBe('lease-lost');
  });

  test('once it is left, the new voters alone renew it', () => {
    const one = elected(0, 0)
      .receive('n2', echo(2, 2, 1))
      .receive('n4', echo(2, 2, 1));
    one.change({ type: 'leave-joint' }).flush();
    expect(one.node.configuration).toMatchObject({ voters: ['n1', 'n2', 'n3'], outgoing: [] });
    const untilUs = one.node.lease.heldUntilUs;
    const round = one.timeOut().rounds['n2'] ?? 0;
    one.receive('n4', echo(2, 3, round)).receive('n5', echo(2, 3, round));
    expect(one.node.lease.heldUntilUs).toBe(untilUs);
    one.receive('n2', echo(2, 3, round));
    expect(one.node.lease.heldUntilUs).toBeGreaterThan(untilUs);
  });
});

/** Leaders are asked to change several members at once all the time, and to read. */
function play(seed: number, more: Partial<NetworkOptions> = {}): Network {
  const weather = { ...reading, change: 8, timer: 3 };
  const network = new Network({ seed, size: 3, spares: 2, weather, driftPpm: DRIFT_PPM, config: LEASE, ...more });
  for (let step = 0; step < 1_500; step++) network.step();
  return network;
}

test(
  'reads by a lease miss nothing that was committed before, though two majorities come and go',
  { timeout: 60_000 },
  () => {
    let read = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        play(seed, {
          onTurn: ({ node }, _nowUs, _inputs, effects) => {
            if (node === undefined || node.configuration.outgoing.length === 0) return;
            for (const effect of effects) if (effect.type === 'read-ready' && effect.via === 'lease') read++;
          },
        });
      }),
      { numRuns: 60 },
    );
    expect(read).toBeGreaterThan(50);
  },
);

const sabotages: readonly (readonly [deed: string, rules: Partial<Rules>])[] = [
  ['does not wait for the lease of the leader before', { mayCommitYet: () => true }],
  ['asks only the new voters', { jointReach: (incoming) => incoming }],
];

test.each(sabotages)('a cluster that %s is caught meanwhile', { timeout: 60_000 }, (_, rules) => {
  for (let seed = 0; seed < 400; seed++) {
    try {
      play(seed, { rules: { ...paperRules, ...rules } });
    } catch (error) {
      expect(String(error)).toMatch(/Stale read|Quorums overlap|Leases are exclusive/);
      return;
    }
  }
  throw new Error('It was not caught in 400 runs.');
});
