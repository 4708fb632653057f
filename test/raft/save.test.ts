import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RaftConfig } from '../../src/raft/config.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import { RaftNode } from '../../src/raft/raft-node.ts';
import type { RaftState } from '../../src/raft/raft-state.ts';
import { handingOver, Network } from './network.ts';
import { OneNode, appendEntries, logOf, success } from './one-node.ts';

const configOf = (id: NodeId, members: readonly NodeId[], observe = true): RaftConfig => ({
  id,
  members,
  electionTimeoutMinUs: 150_000,
  electionTimeoutMaxUs: 300_000,
  heartbeatUs: 50_000,
  maxEntriesPerAppend: 3,
  maxUncommittedEntries: 20,
  observe,
});

/** Some switches on, some off. */
function switched(seed: number): Partial<RaftConfig> {
  return { preVote: (seed & 1) === 1, checkQuorum: (seed & 2) === 2, leaderStickiness: (seed & 4) === 4 };
}

/** Through text and back, as a file would do it. */
function throughJson(state: RaftState): RaftState {
  return JSON.parse(JSON.stringify(state)) as RaftState;
}

test('a node restored in the middle of any run does from then on exactly what the saved one does', () => {
  let compared = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.integer({ min: 2, max: 60 }),
      fc.boolean(),
      (seed, every, json) => {
        const twins = new Map<NodeId, { readonly of: RaftNode; readonly twin: RaftNode }>();
        let turns = 0;
        const network = new Network({
          seed,
          size: 3,
          config: switched(seed),
          weather: handingOver,
          onTurn({ id, node }, nowUs, inputs, effects) {
            if (node === undefined) return;
            turns++;
            const known = twins.get(id);
            if (known?.of === node) {
              expect(known.twin.step(nowUs, inputs)).toEqual(effects);
              expect(known.twin.deadlineUs).toBe(node.deadlineUs);
              compared++;
            }
            if (turns % every === 0) {
              const state = node.save();
              const config = { ...configOf(id, ['n1', 'n2', 'n3']), ...switched(seed) };
              const twin = RaftNode.restore(config, json ? throughJson(state) : structuredClone(state));
              expect(twin.save()).toEqual(state);
              twins.set(id, { of: node, twin });
            }
          },
        });
        for (let step = 0; step < 300; step++) network.step();
      },
    ),
    { numRuns: 40 },
  );
  expect(compared).toBeGreaterThan(1_000);
});

test('what was saved does not change when the node goes on', () => {
  const one = new OneNode().lead().propose(1);
  const state = one.node.save();
  const before = JSON.stringify(state);
  one
    .flush()
    .receive('n2', success(1, 2))
    .receive('n3', appendEntries(5, [0, 0], logOf(5)));
  expect(JSON.stringify(state)).toBe(before);
});

test('nodes restored from one state do not disturb each other, nor the state', () => {
  const one = new OneNode().lead().propose(1);
  const state = one.node.save();
  const before = JSON.stringify(state);
  const [left, right] = [1, 2].map(() => RaftNode.restore(one.config, state));
  left?.step(0, [{ type: 'persisted', sequence: 3 }]);
  left?.step(0, [{ type: 'message', from: 'n3', message: appendEntries(5, [0, 0], logOf(5)) }]);
  expect(JSON.stringify(state)).toBe(before);
  expect(right?.save()).toEqual(state);
});

test('a node saved before its first turn still begins with `started`; one that has halted stays so', () => {
  const fresh = new RaftNode(configOf('n1', ['n1']), { term: 0, votedFor: undefined, entries: [] }, 1, 0);
  const again = RaftNode.restore(configOf('n1', ['n1']), throughJson(fresh.save()));
  expect(again.step(0, [])).toMatchObject([{ event: { type: 'started', deadlineUs: fresh.deadlineUs } }]);
  const halted = new OneNode().turn({ type: 'persisted', sequence: 9 });
  const still = RaftNode.restore(halted.config, throughJson(halted.node.save()));
  expect(still.halted).toBe(halted.node.halted);
  expect(still.step(0, [{ type: 'time-out-now' }])).toEqual([]);
});
