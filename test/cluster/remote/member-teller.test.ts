import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PageFrame } from '../../../src/cluster/remote/attach-frame.ts';
import { MAX_TOLD_EVENTS, MemberTeller } from '../../../src/cluster/remote/member-teller.ts';
import type { TimelineEvent } from '../../../src/timeline/event.ts';

const tick = (atUs: number, reason = ''): TimelineEvent => ({ atUs, actor: 'n500', event: { type: 'halted', reason } });
const picture = (atUs: number): TimelineEvent =>
  ({
    atUs,
    actor: 'n500',
    event: { type: 'picture', picture: { deadlineUs: 0, lease: {} } },
  }) as unknown as TimelineEvent;

describe('What the node in a page does is told to a node of the cluster', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function open() {
    const sent: { readonly node: string; readonly events: readonly TimelineEvent[] }[] = [];
    const state = { connected: ['n1', 'n2'], portraits: 0 };
    const teller = new MemberTeller({
      connected: () => state.connected,
      aheadUs: (node) => (node === 'n1' ? 7 : -7),
      send: (node, frame: PageFrame) => {
        if (frame.type === 'tell') sent.push({ node, events: frame.events });
        return true;
      },
      portray: () => {
        state.portraits += 1;
      },
    });
    return { teller, sent, state };
  }

  it('in its time, and to another that is shown all of it where the first is gone', () => {
    const { teller, sent, state } = open();
    teller.take([tick(100)]);
    expect(sent).toEqual([{ node: 'n1', events: [tick(107)] }]);
    state.connected = ['n2'];
    teller.take([tick(200)]);
    expect(sent.at(-1)).toEqual({ node: 'n2', events: [tick(193)] });
    expect(state.portraits).toBe(1);
    state.connected = [];
    teller.take([tick(300)]);
    expect(sent).toHaveLength(2);
  });

  it(`${MAX_TOLD_EVENTS} events in a quarter of a second, and the rest is made good by a picture`, () => {
    const { teller, sent, state } = open();
    const told = (): number => sent.reduce((sum, { events }) => sum + events.length, 0);
    teller.take(Array.from({ length: MAX_TOLD_EVENTS + 5 }, (_, at) => tick(at)));
    expect([told(), state.portraits]).toEqual([MAX_TOLD_EVENTS, 0]);
    vi.advanceTimersByTime(250);
    teller.take([tick(1)]);
    expect([told(), state.portraits]).toEqual([MAX_TOLD_EVENTS, 1]);
    teller.take([picture(2), tick(3)]);
    expect(told()).toBe(MAX_TOLD_EVENTS + 2);
  });

  it('in frames that a node takes; what would fit none is left out', () => {
    const { teller, sent, state } = open();
    const long = 'é'.repeat(100_000);
    teller.take([tick(1, long), tick(2, long), tick(3, long)]);
    expect(sent.map(({ events }) => events.length)).toEqual([2, 1]);
    teller.take([tick(4, 'é'.repeat(300_000))]);
    vi.advanceTimersByTime(250);
    expect([sent.length, state.portraits]).toEqual([2, 1]);
  });
});
