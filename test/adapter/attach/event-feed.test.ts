import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventFeed, MAX_EVENTS_A_WINDOW, MAX_UNTAKEN_BYTES } from '../../../src/adapter/attach/event-feed.ts';
import type { TimelineEvent } from '../../../src/timeline/event.ts';

const some = (count: number): readonly TimelineEvent[] =>
  Array.from({ length: count }, (_, atUs) => ({ atUs, actor: 'n1', event: { type: 'timer-set', deadlineUs: 1 } }));
const picture: TimelineEvent = { atUs: 7, actor: 'n1', event: { type: 'halted', reason: 'stands for a picture' } };

describe('What one page is told', () => {
  const told: { readonly events: number; readonly dropped: number; readonly first: string | undefined }[] = [];
  let untaken = 0;
  let feed: EventFeed;

  beforeEach(() => {
    vi.useFakeTimers();
    told.length = 0;
    untaken = 0;
    feed = new EventFeed({
      send: (events, dropped) => told.push({ events: events.length, dropped, first: events[0]?.event.type }),
      picture: () => picture,
      untakenBytes: () => untaken,
    });
    feed.begin();
  });
  afterEach(() => {
    feed.close();
    vi.useRealTimers();
  });

  it('begins with a picture, and what happens gathers a little and leaves together', () => {
    feed.take(some(2));
    feed.take(some(3));
    vi.advanceTimersByTime(20);
    expect(told).toEqual([
      { events: 1, dropped: 0, first: 'halted' },
      { events: 5, dropped: 0, first: 'timer-set' },
    ]);
  });

  it('is no more than so much at a time: the rest is counted, and made good by a picture', () => {
    feed.take(some(MAX_EVENTS_A_WINDOW));
    feed.take(some(1));
    feed.take(some(10));
    vi.advanceTimersByTime(300);
    feed.take(some(4));
    vi.advanceTimersByTime(300);
    expect(told.slice(1)).toEqual([
      { events: MAX_EVENTS_A_WINDOW, dropped: 0, first: 'timer-set' },
      { events: 1, dropped: 11, first: 'halted' },
      { events: 4, dropped: 0, first: 'timer-set' },
    ]);
  });

  it('is nothing while the page has yet to take what it was told', () => {
    untaken = MAX_UNTAKEN_BYTES + 1;
    feed.take(some(1));
    vi.advanceTimersByTime(300);
    feed.take(some(5));
    vi.advanceTimersByTime(2_000);
    expect(told).toHaveLength(2);
    untaken = 0;
    vi.advanceTimersByTime(300);
    expect(told.at(-1)).toEqual({ events: 1, dropped: 5, first: 'halted' });
  });
});
