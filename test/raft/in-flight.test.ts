import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InFlight } from '../../src/raft/in-flight.ts';

test('an answer frees all that end where it agrees or before, and no more', () => {
  const inFlight = new InFlight();
  for (const lastIndex of [3, 5, 9]) inFlight.add(lastIndex, 10 * lastIndex);
  inFlight.freeUpTo(4);
  expect(inFlight.save()).toEqual({
    messages: 2,
    bytes: 140,
    appends: [
      [5, 50],
      [9, 90],
    ],
  });
  inFlight.freeUpTo(9);
  expect(inFlight.save()).toEqual({ messages: 0, bytes: 0, appends: [] });
});

test('a window does the same as a list of what was sent, however it is filled, freed and restored', () => {
  const deed = fc.oneof(
    { weight: 5, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 5 }), bytes: fc.nat(100) }) },
    { weight: 3, arbitrary: fc.record({ free: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.constantFrom('clear' as const, 'restore' as const) },
  );
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 200 }), (deeds) => {
      let inFlight = new InFlight();
      let naive: (readonly [number, number])[] = [];
      let last = 0;
      for (const done of deeds) {
        if (done === 'clear') {
          inFlight.clear();
          naive = [];
        } else if (done === 'restore') {
          inFlight = InFlight.restore(inFlight.save());
        } else if ('add' in done) {
          last += done.add;
          inFlight.add(last, done.bytes);
          naive.push([last, done.bytes]);
        } else {
          const matchIndex = last - done.free;
          inFlight.freeUpTo(matchIndex);
          naive = naive.filter(([lastIndex]) => lastIndex > matchIndex);
        }
        const bytes = naive.reduce((sum, [, size]) => sum + size, 0);
        expect(inFlight.save()).toEqual({ messages: naive.length, bytes, appends: naive });
      }
    }),
    { numRuns: 200 },
  );
});
