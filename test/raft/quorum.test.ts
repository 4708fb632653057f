import { expect, test } from 'vitest';
import type { Configuration } from '../../src/raft/configuration.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import { Machine } from '../../src/raft/machine.ts';
import { quorumReach, tally } from '../../src/raft/quorum.ts';
import { below, chance, createRandom } from '../../src/raft/random.ts';
import type { Random } from '../../src/raft/random.ts';
import { paperRules } from '../../src/raft/rules.ts';
import { configurationEntry } from './one-node.ts';

const CASES = 50_000;
const ids = Array.from({ length: 9 }, (_, place) => `n${place + 1}`);

/** A node `n1` that goes by that configuration. */
function machineWith(configuration: Configuration): Machine {
  const config = {
    id: 'n1',
    members: [],
    electionTimeoutMinUs: 1,
    electionTimeoutMaxUs: 2,
    heartbeatUs: 1,
    maxEntriesPerAppend: 1,
    maxUncommittedEntries: 1,
    observe: false,
  };
  const entries = [configurationEntry(1, 1, configuration)];
  return Machine.create(config, { term: 1, votedFor: undefined, entries }, 1, 0, paperRules);
}

function someOf(random: Random, share: number): NodeId[] {
  return ids.filter(() => chance(random, share));
}

/** The naive way: try every number from the top, and count heads in each majority. */
function reachByTrying({ voters, outgoing }: Configuration, valueOf: (id: NodeId) => number): number {
  if (voters.length === 0) return -Infinity;
  const holds = (members: readonly NodeId[], least: number): boolean =>
    members.length === 0 || 2 * members.filter((id) => valueOf(id) >= least).length > members.length;
  for (let least = 10; least >= 0; least--) if (holds(voters, least) && holds(outgoing, least)) return least;
  throw new Error('Everybody has come as far as 0.');
}

test(`§5.3, §6: what quorums have reached is what counting heads gives, in ${CASES} cases`, () => {
  const random = createRandom(20_261_121, 'quorum');
  const seen = { joint: 0, learners: 0, stranger: 0, empty: 0 };
  for (let round = 0; round < CASES; round++) {
    const voters = someOf(random, 0.5);
    const outgoing = chance(random, 0.5) ? someOf(random, 0.5) : [];
    const learners = someOf(random, 0.3).filter((id) => !voters.includes(id));
    const configuration = { voters, outgoing, learners, leavesByItself: false };
    const values = new Map(ids.map((id) => [id, below(random, 11)]));
    const valueOf = (id: NodeId): number => values.get(id) ?? 0;
    const machine = machineWith(configuration);
    const reach = quorumReach(machine, valueOf('n1'), ({ id }) => valueOf(id));
    const expected = reachByTrying(configuration, valueOf);
    if (reach !== expected) {
      throw new Error(`${JSON.stringify({ configuration, values: [...values] })}: ${reach}, not ${expected}`);
    }
    if (outgoing.length > 0) seen.joint++;
    if (learners.length > 0) seen.learners++;
    if (!voters.includes('n1') && !outgoing.includes('n1')) seen.stranger++;
    if (voters.length === 0) seen.empty++;
  }
  expect(seen.joint).toBeGreaterThan(10_000);
  expect(seen.learners).toBeGreaterThan(10_000);
  expect(seen.stranger).toBeGreaterThan(10_000);
  expect(seen.empty).toBeGreaterThan(50);
});

test('§5.2, §6: votes are tallied for each of the two majorities, without those who have none', () => {
  const machine = machineWith({
    voters: ['n1', 'n4', 'n5'],
    outgoing: ['n1', 'n2', 'n3', 'n6'],
    learners: ['n7'],
    leavesByItself: true,
  });
  const yes = new Set(['n4', 'n2', 'n7', 'n8']);
  const voteOf = ({ id }: { readonly id: NodeId }): number => (yes.has(id) ? 1 : 0);
  expect(tally(machine, 1, voteOf, 1, false)).toEqual({ votes: 2, needed: 2 });
  expect(tally(machine, 1, voteOf, 1, true)).toEqual({ votes: 2, needed: 3 });
  expect(tally(machine, 0, voteOf, 1, true)).toEqual({ votes: 1, needed: 3 });
});

test('nobody is no majority: who knows of no voters reaches nothing', () => {
  const nobody = machineWith({ voters: [], outgoing: [], learners: ['n1', 'n2'], leavesByItself: false });
  expect(quorumReach(nobody, 9, () => 9)).toBe(-Infinity);
});
