import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinPersists } from '../../src/host/write-queue.ts';
import type { Entry } from '../../src/raft/entry.ts';
import { MemoryDisk } from '../../src/storage/memory-disk.ts';

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
    }),
    { numRuns: 2_000 },
  );
});
