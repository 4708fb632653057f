import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinPersists, MAX_WAITING_WRITES } from '../../src/host/write-queue.ts';
import type { Entry } from '../../src/raft/entry.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { MemoryDisk } from '../../src/storage/memory-disk.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION } from '../../src/timeline/run.ts';

function noOps(from: number, count: number, term: number): Entry[] {
  return Array.from({ length: count }, (_, place) => ({ type: 'no-op', index: from + place, term }));
}

it('a joined write leaves on the disk what its parts would have left, one after the other', () => {
  // Each step goes back over so many entries (0: none) and then appends so many.
  const anySteps = fc.array(fc.tuple(fc.nat(9), fc.nat(3)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.nat(6), anySteps, (held, steps) => {
      const apart = new MemoryDisk();
      const joined = new MemoryDisk();
      for (const disk of [apart, joined]) {
        disk.write({ term: 1, votedFor: undefined, truncateFrom: undefined, entries: noOps(1, held, 1), atUs: 0 });
      }
      let end = held;
      const persists = steps.map(([back, count], place) => {
        const truncateFrom = back > 0 && back <= end ? end - back + 1 : undefined;
        // Nothing is removed without something to put in its place.
        const entries = noOps(truncateFrom ?? end + 1, truncateFrom === undefined ? count : count + 1, place + 2);
        end = (truncateFrom ?? end + 1) - 1 + entries.length;
        return {
          type: 'persist' as const,
          sequence: place + 1,
          term: place + 2,
          votedFor: undefined,
          truncateFrom,
          entries,
        };
      });
      for (const persist of persists) apart.write({ ...persist, atUs: 1 });
      const write = joinPersists(persists);
      if (write === undefined) throw new Error('Nothing was joined.');
      joined.write({ ...write, atUs: 1 });
      expect(joined.load()).toEqual(apart.load());
      // Joining some of them first comes to the same.
      const early = joinPersists(persists.slice(0, 2));
      const rest = persists.slice(2);
      expect(early && joinPersists([{ type: 'persist', ...early }, ...rest])).toMatchObject({ ...write });
    }),
    { numRuns: 2_000 },
  );
});

it(`past ${MAX_WAITING_WRITES} the writes that wait are joined early, and the disk comes to hold the same`, () => {
  // Every vote is a write; the disk takes long, and terms go by.
  const action = { type: 'set-disk', nodes: undefined, latency: { meanMs: 60_000, spreadMs: 0 } } as const;
  const events = playRun({
    format: 'whitewater-run',
    version: RUN_VERSION,
    seed: 5,
    config: { ...defaultRunConfig, nodes: 2, electionTimeoutMs: { min: 50, max: 60 } },
    actions: [
      { atUs: 1_000_000, action },
      { atUs: 1_000_001, action: { type: 'isolate', node: 'n1' } },
    ],
    untilUs: 190_000_000,
  });
  const terms = events.flatMap(({ actor, event }) =>
    actor === 'n1' && event.type === 'became-candidate' ? [event.term] : [],
  );
  expect(terms.length).toBeGreaterThan(10 * MAX_WAITING_WRITES);
  const durable = events.flatMap(({ actor, event }) => (actor === 'n1' && event.type === 'durable' ? [event] : []));
  const last = durable.at(-1);
  expect(last?.votedFor).toBe('n1');
  expect(terms).toContain(last?.term);
});
