import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventMerge, MAX_WAITING_EVENTS } from '../../../src/cluster/remote/event-merge.ts';
import { actorRank } from '../../../src/host/actor.ts';
import type { TimelineEvent } from '../../../src/timeline/event.ts';

const timer = (actor: string, atUs: number): TimelineEvent => ({
  atUs,
  actor,
  event: { type: 'timer-set', deadlineUs: atUs + 1 },
});
const sent = (actor: string, to: string, messageId: string, atUs: number): TimelineEvent => ({
  atUs,
  actor,
  event: {
    type: 'message-sent',
    messageId,
    to,
    dueUs: atUs,
    fate: 'sent',
    copy: false,
    message: { type: 'timeout-now', term: 1 },
  },
});
const received = (actor: string, from: string, messageId: string, atUs: number): TimelineEvent => ({
  atUs,
  actor,
  event: { type: 'message-received', messageId, from, messageType: 'timeout-now' },
});
const told = (events: readonly TimelineEvent[]): readonly string[] =>
  events.map(({ actor, atUs, event }) => `${actor} ${event.type} ${atUs}`);

describe('Events of several machines', () => {
  it('come in order of their moments, then of their actors, and none before it is asked for', () => {
    const merge = new EventMerge();
    merge.add('n2', [timer('n2', 5), timer('n2', 9)]);
    merge.add('n1', [timer('n1', 5), timer('n1', 20)]);
    merge.add('c1', [timer('c1', 4)]);
    expect(merge.nextUs()).toBe(4);
    expect(told(merge.take(10))).toEqual(['c1 timer-set 4', 'n1 timer-set 5', 'n2 timer-set 5', 'n2 timer-set 9']);
    expect(merge.size).toBe(1);
    expect(merge.take(20)).toEqual([]);
    expect(told(merge.take(21))).toEqual(['n1 timer-set 20']);
  });

  it('a message is due when it was taken up, where that is known, and else after what its link has needed', () => {
    const merge = new EventMerge();
    merge.add('n1', [sent('n1', 'n2', 'a', 100)]);
    merge.add('n2', [received('n2', 'n1', 'a', 400)]);
    merge.add('n1', [sent('n1', 'n2', 'b', 1_000)]);
    const due = merge.take(2_000).flatMap(({ event }) => (event.type === 'message-sent' ? [event.dueUs] : []));
    expect(due).toEqual([400, 1_300]);
  });

  it('where a clock is off, a receipt is put after its sending, and what its machine did then with it', () => {
    const merge = new EventMerge();
    merge.add('n2', [received('n2', 'n1', 'a', 50), timer('n2', 60), timer('n2', 300)]);
    merge.add('n1', [sent('n1', 'n2', 'a', 100)]);
    expect(told(merge.take(1_000))).toEqual([
      'n1 message-sent 100',
      'n2 message-received 101',
      'n2 timer-set 101',
      'n2 timer-set 300',
    ]);
  });

  it('a sending that comes later than its receipt was shown is left out', () => {
    const merge = new EventMerge();
    merge.add('n2', [received('n2', 'n1', 'a', 50)]);
    expect(merge.take(100)).toHaveLength(1);
    merge.add('n1', [sent('n1', 'n2', 'a', 40), timer('n1', 45)]);
    expect(told(merge.take(100))).toEqual(['n1 timer-set 51']);
  });

  it('past the bound the oldest come out at once', () => {
    const merge = new EventMerge();
    merge.add(
      'n1',
      Array.from({ length: MAX_WAITING_EVENTS + 5 }, (_, at) => timer('n1', at)),
    );
    expect(merge.take(0)).toHaveLength(5);
    expect(merge.size).toBe(MAX_WAITING_EVENTS);
  });

  it('whatever comes, and however late: in order, each machine in its own order, and no receipt before its sending', () => {
    const streams = ['n1', 'n2', 'n3'];
    const step = fc.record({
      from: fc.constantFrom(...streams),
      to: fc.constantFrom(...streams),
      waitUs: fc.integer({ min: 0, max: 300 }),
      needsUs: fc.integer({ min: -50, max: 400 }),
      takeUs: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const merge = new EventMerge();
        const out: TimelineEvent[] = [];
        const clocks: Record<string, number> = { n1: 0, n2: 0, n3: 0 };
        const at = (actor: string, atUs: number): number => (clocks[actor] = Math.max(clocks[actor] ?? 0, atUs));
        for (const [index, { from, to, waitUs, needsUs, takeUs }] of steps.entries()) {
          const sentUs = at(from, (clocks[from] ?? 0) + waitUs);
          merge.add(from, [sent(from, to, `m${index}`, sentUs)]);
          merge.add(to, [received(to, from, `m${index}`, at(to, sentUs + needsUs))]);
          out.push(...merge.take(takeUs * index));
        }
        out.push(...merge.take(Infinity));
        expect(out).toHaveLength(2 * steps.length);
        const seen = new Set<string>();
        for (const [index, { actor, atUs, event }] of out.entries()) {
          const before = out[index - 1];
          if (before !== undefined) {
            expect(atUs).toBeGreaterThanOrEqual(before.atUs);
            if (atUs === before.atUs) expect(actorRank(actor)).toBeGreaterThanOrEqual(actorRank(before.actor));
          }
          if (event.type === 'message-sent') {
            seen.add(event.messageId);
            expect(event.dueUs).toBeGreaterThan(atUs);
          }
          if (event.type === 'message-received') expect(seen).toContain(event.messageId);
        }
      }),
    );
  });
});
