import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinPersists, MAX_WAITING_WRITES, WaitingWrites } from '../../src/host/write-queue.ts';
import { configurationOf } from '../../src/raft/configuration.ts';
import type { Entry } from '../../src/raft/entry.ts';
import type { LogPlace, Snapshot } from '../../src/raft/snapshot.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { MemoryDisk } from '../../src/storage/memory-disk.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION } from '../../src/timeline/run.ts';

function noOps(from: number, count: number, term: number): Entry[] {
  return Array.from({ length: count }, (_, place) => ({ type: 'no-op', index: from + place, term }));
}

type Step = readonly [back: number, count: number, compact: number, replace: boolean];

/** What nodes may ask of their disks, one after the other: each step goes back, or replaces all by a snapshot, then adds. */
function persistsOf(held: number, steps: readonly Step[]) {
  let base = 0;
  let end = held;
  return steps.map(([back, count, compact, replace], place) => {
    const term = place + 2;
    const common = { type: 'persist' as const, sequence: place + 1, term, votedFor: undefined };
    if (replace) {
      const truncateFrom = base + 1;
      base = end + 1 + compact;
      end = base + count;
      const at = { index: base, term };
      return {
        ...common,
        truncateFrom,
        entries: noOps(base + 1, count, term),
        snapshot: snapshotAt(at),
        compactTo: at,
      };
    }
    const truncateFrom = back > 0 && back <= end - base ? end - back + 1 : undefined;
    // Nothing is removed without something to put in its place.
    const added = noOps(truncateFrom ?? end + 1, truncateFrom === undefined ? count : count + 1, term);
    end = (truncateFrom ?? end + 1) - 1 + added.length;
    if (compact === 0 || base + compact > end) return { ...common, truncateFrom, entries: added };
    base += compact;
    const at = { index: base, term };
    const entries = added.filter(({ index }) => index > base);
    return { ...common, truncateFrom, entries, snapshot: snapshotAt(at), compactTo: at };
  });
}

function snapshotAt(place: LogPlace): Snapshot {
  return { ...place, configuration: configurationOf(['n1']), data: Uint8Array.of(place.index, place.term) };
}

it('a joined write leaves on the disk what its parts would have left, one after the other', () => {
  const anyStep = fc.tuple(
    fc.nat(9),
    fc.nat(3),
    fc.nat(3),
    fc.nat(5).map((draw) => draw === 0),
  );
  fc.assert(
    fc.property(fc.nat(6), fc.array(anyStep, { minLength: 1, maxLength: 6 }), (held, steps) => {
      const apart = new MemoryDisk();
      const joined = new MemoryDisk();
      for (const disk of [apart, joined]) {
        disk.write({ term: 1, votedFor: undefined, truncateFrom: undefined, entries: noOps(1, held, 1), atUs: 0 });
      }
      const persists = persistsOf(held, steps);
      for (const persist of persists) apart.write({ ...persist, atUs: 1 });
      const write = joinPersists(persists);
      if (write === undefined) throw new Error('Nothing was joined.');
      joined.write({ ...write, atUs: 1 });
      expect(joined.load()).toEqual(apart.load());
      // Joining some of them first comes to the same.
      const early = joinPersists(persists.slice(0, 3));
      if (early === undefined) throw new Error('Nothing was joined.');
      expect(joinPersists([{ type: 'persist', ...early }, ...persists.slice(3)])).toMatchObject({ ...write });
    }),
    { numRuns: 5_000 },
  );
});

it(`fewer than ${MAX_WAITING_WRITES} writes wait apart, however many there are, and all of them are one in the end`, () => {
  const waiting = new WaitingWrites();
  let longest = 0;
  const persists = persistsOf(
    0,
    Array.from({ length: 10 * MAX_WAITING_WRITES }, (_, place): Step => [place % 3, 1, 0, false]),
  );
  for (const persist of persists) {
    waiting.add(persist);
    longest = Math.max(longest, waiting.size);
  }
  expect(longest).toBe(MAX_WAITING_WRITES - 1);
  expect(waiting.takeAll()).toMatchObject({ ...joinPersists(persists) });
  expect([waiting.size, waiting.takeAll()]).toEqual([0, undefined]);
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
