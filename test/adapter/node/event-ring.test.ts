import { expect, it } from 'vitest';
import { EventRing, MAX_RECENT_EVENTS } from '../../../src/adapter/node/event-ring.ts';
import type { TimelineEvent } from '../../../src/timeline/event.ts';

const eventAt = (atUs: number): TimelineEvent => ({
  atUs,
  actor: 'n1',
  event: { type: 'timer-set', deadlineUs: atUs },
});

it('who listens hears of each event once, a turn at a time, from when it began to until it stops', () => {
  const ring = new EventRing();
  const heard: number[][] = [];
  ring.add(eventAt(1));
  const stop = ring.subscribe((events) => heard.push(events.map(({ atUs }) => atUs)));
  ring.tell();
  ring.add(eventAt(2));
  ring.add(eventAt(3));
  ring.tell();
  ring.add(eventAt(4));
  ring.tell();
  stop();
  ring.add(eventAt(5));
  ring.tell();
  expect(heard).toEqual([[2, 3], [4]]);
});

it(`the last ${MAX_RECENT_EVENTS} events are remembered`, () => {
  const ring = new EventRing();
  for (let atUs = 1; atUs <= 3 * MAX_RECENT_EVENTS + 1; atUs++) ring.add(eventAt(atUs));
  const recent = ring.recent();
  expect(recent).toHaveLength(MAX_RECENT_EVENTS);
  expect(recent[0]?.atUs).toBe(2 * MAX_RECENT_EVENTS + 2);
  expect(recent.at(-1)?.atUs).toBe(3 * MAX_RECENT_EVENTS + 1);
});
