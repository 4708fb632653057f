import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Effect } from '../../src/raft/effect.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import { RaftNode } from '../../src/raft/raft-node.ts';
import { Network } from './network.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('every turn of every run keeps the contract of effects', () => {
  let turns = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const sequences = new Map<RaftNode, number>();
      const network = new Network({
        seed,
        size: 3,
        onTurn({ node }, _nowUs, _inputs, effects) {
          if (node === undefined) return;
          turns++;
          const last = checkTurn(effects, sequences.get(node) ?? 0);
          sequences.set(node, last);
        },
      });
      for (let step = 0; step < 400; step++) network.step();
    }),
    { numRuns: 40 },
  );
  expect(turns).toBeGreaterThan(5_000);
});

/** Throws where the effects of a turn break their contract; gives the sequence of the last write. */
function checkTurn(effects: readonly Effect[], lastSequence: number): number {
  let last = lastSequence;
  let applies = 0;
  const appendsTo = new Set<NodeId>();
  for (const effect of effects) {
    switch (effect.type) {
      case 'persist':
        // One write a turn, numbered without a gap.
        expect(effect.sequence).toBe(lastSequence + 1);
        last = effect.sequence;
        break;
      case 'send':
        // Nothing waits for a write that was not asked for before it.
        expect(effect.afterSequence).toBeLessThanOrEqual(last);
        if (effect.message.type === 'append-entries') {
          expect(appendsTo.has(effect.to)).toBe(false);
          appendsTo.add(effect.to);
          expect(effect.message.entries.length).toBeLessThanOrEqual(3);
        }
        break;
      case 'apply':
        applies++;
        expect(effect.entries.length).toBeGreaterThan(0);
        break;
      case 'event':
      case 'restore':
      case 'proposal-accepted':
      case 'proposal-refused':
      case 'transfer-refused':
      case 'membership-refused':
      case 'read-ready':
      case 'read-refused':
        break;
    }
  }
  expect(applies).toBeLessThanOrEqual(1);
  return last;
}

test('an unobserved node does the same as an observed one, and tells nothing', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const silent = new Map<RaftNode, RaftNode>();
      const members = ['n1', 'n2', 'n3'];
      const network = new Network({
        seed,
        size: 3,
        onTurn({ id, node }, nowUs, inputs, effects) {
          if (node === undefined) return;
          const twin = silent.get(node);
          if (twin !== undefined) {
            expect(twin.step(nowUs, inputs)).toEqual(effects.filter(({ type }) => type !== 'event'));
            return;
          }
          const config = {
            id,
            members,
            electionTimeoutMinUs: 150_000,
            electionTimeoutMaxUs: 300_000,
            heartbeatUs: 50_000,
            maxEntriesPerAppend: 3,
            maxUncommittedEntries: 20,
            observe: false,
          };
          silent.set(node, RaftNode.restore(config, node.save()));
        },
      });
      for (let step = 0; step < 200; step++) network.step();
    }),
    { numRuns: 20 },
  );
});

test('no node ever sends to itself or to a stranger', () => {
  const network = new Network({
    seed: 3,
    size: 5,
    onTurn({ id }, _nowUs, _inputs, effects) {
      for (const effect of effects) {
        if (effect.type !== 'send') continue;
        expect(effect.to).not.toBe(id);
        expect(effect.to).toMatch(/^n[1-5]$/);
      }
    },
  });
  for (let step = 0; step < 1_000; step++) network.step();
});
