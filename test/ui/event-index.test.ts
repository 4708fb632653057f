import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { everything, judge, type EventFilter } from '../../src/ui/panels/event-filter.ts';
import { EventIndex, type EventSource } from '../../src/ui/panels/event-index.ts';

const heartbeat: TimelineEvent['event'] = { type: 'timer-set', deadlineUs: 5 };
const leads: TimelineEvent['event'] = {
  type: 'became-leader',
  term: 2,
  lastIndex: 0,
  peers: [],
  rule: 'majority',
};
const written: TimelineEvent['event'] = { type: 'disk-write-started', sequence: 1, dueUs: 9 };

/** A timeline that can grow at its end and be cut at its front. */
function growing() {
  const events: TimelineEvent[] = [];
  let first = 0;
  return {
    source: {
      get first() {
        return first;
      },
      get length() {
        return events.length;
      },
      at: (position: number) => (position < first ? undefined : events[position]),
    } satisfies EventSource,
    add(actor: string, event: TimelineEvent['event'], count = 1) {
      for (let made = 0; made < count; made++) events.push({ atUs: events.length, actor, event });
    },
    drop(count: number) {
      first = Math.min(events.length, first + count);
    },
    /** What the index must come to. */
    naive(filter: EventFilter) {
      const held = events.map((event, position) => ({ event, position })).slice(first);
      const of = (verdict: string) =>
        held.filter(({ event }) => judge(filter, event) === verdict).map(({ position }) => position);
      return { shown: of('shown'), folded: of('folded').length };
    },
  };
}

const rowsOf = (index: EventIndex) => Array.from({ length: index.count }, (_, row) => index.at(row));
/** A clock that passes a millisecond at each look. */
const ticking = () => {
  let now = 0;
  return () => now++;
};

describe('the index of events', () => {
  test('heartbeats are folded and counted, the rest is shown in order', () => {
    const timeline = growing();
    timeline.add('n1', heartbeat, 3);
    timeline.add('n1', leads);
    timeline.add('n2', heartbeat);
    timeline.add('n2', written);
    const index = new EventIndex(timeline.source, everything);
    index.advance(1_000, ticking());
    expect(rowsOf(index)).toEqual([3, 5]);
    expect(index.folded).toBe(4);
    expect(index.complete).toBe(true);
  });

  test('one look finds the newest events first and leaves the rest for the next ones', () => {
    const timeline = growing();
    timeline.add('n1', leads, 10_000);
    const index = new EventIndex(timeline.source, everything);
    index.advance(2, ticking());
    expect(index.complete).toBe(false);
    expect(index.count).toBeLessThan(1_000);
    expect(index.at(index.count - 1)).toBe(9_999);
    let looks = 1;
    while (!index.complete) {
      index.advance(2, ticking());
      looks += 1;
    }
    expect(index.count).toBe(10_000);
    expect(index.at(0)).toBe(0);
    expect(looks).toBeGreaterThan(5);
  });

  test('looking on judges only what is new', () => {
    const timeline = growing();
    timeline.add('n1', leads, 5_000);
    let asked = 0;
    const counting: EventSource = {
      get first() {
        return timeline.source.first;
      },
      get length() {
        return timeline.source.length;
      },
      at(position) {
        asked += 1;
        return timeline.source.at(position);
      },
    };
    const index = new EventIndex(counting, everything);
    while (!index.complete) index.advance(1, ticking());
    asked = 0;
    timeline.add('n2', leads, 3);
    index.advance(1_000, ticking());
    expect(asked).toBe(3);
  });

  test('kinds, actors and text narrow what is shown', () => {
    const timeline = growing();
    timeline.add('n1', leads);
    timeline.add('n2', leads);
    timeline.add('n1', written);
    const find = (filter: EventFilter) => {
      const index = new EventIndex(timeline.source, filter);
      index.advance(1_000, ticking());
      return rowsOf(index);
    };
    expect(find({ ...everything, kinds: new Set(['election']) })).toEqual([0, 1]);
    expect(find({ ...everything, actors: new Set(['n1']) })).toEqual([0, 2]);
    expect(find({ ...everything, text: '§5.2' })).toEqual([0, 1]);
    expect(find({ ...everything, text: 'N2' })).toEqual([1]);
    expect(find({ ...everything, text: 'N2', actors: new Set(['n1']) })).toEqual([]);
  });

  test('the row of a moment is the last one at or before it', () => {
    const timeline = growing();
    timeline.add('n1', leads);
    timeline.add('n1', heartbeat, 2);
    timeline.add('n1', leads);
    const index = new EventIndex(timeline.source, everything);
    index.advance(1_000, ticking());
    expect([0, 1, 2, 3, 9].map((position) => index.rowOf(position))).toEqual([0, 0, 0, 1, 1]);
    expect(index.rowOf(-1)).toBe(-1);
  });

  test('rows move by what is found before them and back by what is dropped', () => {
    const timeline = growing();
    timeline.add('n1', leads, 600);
    const index = new EventIndex(timeline.source, everything);
    index.advance(1, ticking());
    const { shift, count } = index;
    const position = index.at(count - 1);
    while (!index.complete) index.advance(1, ticking());
    expect(index.at(count - 1 + index.shift - shift)).toBe(position);
    timeline.add('n1', leads, 500);
    index.advance(1_000, ticking());
    const before = index.shift;
    timeline.drop(700);
    index.advance(1_000, ticking());
    expect(index.shift - before).toBe(-700);
    expect(index.at(0)).toBe(700);
  });

  test('however it grows, is cut and is looked at, it comes to what a full scan finds', () => {
    const happening = fc.oneof(
      fc.record({
        do: fc.constant('add' as const),
        actor: fc.constantFrom('n1', 'n2'),
        event: fc.constantFrom(heartbeat, leads, written),
        count: fc.integer({ min: 1, max: 700 }),
      }),
      fc.record({ do: fc.constant('drop' as const), count: fc.integer({ min: 1, max: 900 }) }),
      fc.record({ do: fc.constant('look' as const), ms: fc.integer({ min: 1, max: 4 }) }),
    );
    const filters = [everything, { ...everything, noise: true }, { ...everything, actors: new Set(['n2']) }];
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 30 }),
        fc.nat({ max: 20 }),
        fc.constantFrom(...filters),
        (history, begin, filter) => {
          const timeline = growing();
          let index: EventIndex | undefined;
          let lastRow: { readonly row: number; readonly position: number } | undefined;
          for (const [turn, one] of history.entries()) {
            if (turn === begin) index = new EventIndex(timeline.source, filter);
            if (one.do === 'add') timeline.add(one.actor, one.event, one.count);
            else if (one.do === 'drop') timeline.drop(one.count);
            else if (index !== undefined) {
              const { shift } = index;
              index.advance(one.ms, ticking());
              // A row that is still held has moved by as much as `shift` says.
              if (lastRow !== undefined && lastRow.position >= timeline.source.first) {
                expect(index.at(lastRow.row + index.shift - shift)).toBe(lastRow.position);
              }
              const row = index.count - 1;
              const position = index.at(row);
              lastRow = position === undefined ? undefined : { row, position };
            }
          }
          index ??= new EventIndex(timeline.source, filter);
          do index.advance(3, ticking());
          while (!index.complete);
          const { shown, folded } = timeline.naive(filter);
          expect(rowsOf(index)).toEqual(shown);
          expect(index.folded).toBe(folded);
        },
      ),
    );
  });
});
