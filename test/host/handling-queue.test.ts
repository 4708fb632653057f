import { describe, expect, it } from 'vitest';
import { HandlingQueue } from '../../src/host/handling-queue.ts';
import { MAX_BACKLOG } from '../../src/host/inbox.ts';
import type { Envelope } from '../../src/host/ports.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION } from '../../src/timeline/run.ts';

function envelope(sequence: number): Envelope {
  const message = { type: 'request-vote-reply', term: 1, granted: true } as const;
  return { messageId: `n1.1.${sequence}`, sequence, from: 'n1', to: 'n2', sentUs: 0, dueUs: sequence, message };
}

describe('A slow node', () => {
  it('takes its time over one message after the other', () => {
    const queue = new HandlingQueue();
    const delayUs = (): number => 10;
    for (let sequence = 1; sequence <= 3; sequence += 1) queue.add(sequence, envelope(sequence), delayUs);
    expect(queue.takeDone(10, delayUs)).toBeUndefined();
    const done: (number | undefined)[] = [];
    while (!queue.isEmpty) done.push(queue.dueUs, queue.takeDone(queue.dueUs, delayUs)?.sequence);
    expect(done).toEqual([11, 1, 21, 2, 31, 3]);
    expect(queue.dueUs).toBe(Infinity);
  });

  it(`lets ${MAX_BACKLOG} messages wait, and throws the oldest away beyond`, () => {
    const queue = new HandlingQueue();
    const delayUs = (): number => 10;
    const added = (sequence: number): number => queue.add(sequence, envelope(sequence), delayUs);
    const dropped = Array.from({ length: MAX_BACKLOG + 1 }, (_, sequence) => added(sequence));
    expect(Math.max(...dropped)).toBe(0);
    expect(added(MAX_BACKLOG + 1)).toBe(1);
    queue.takeDone(10, delayUs);
    expect(queue.takeDone(20, delayUs)?.sequence).toBe(2);
  });

  it('takes messages up later than they come, until it is fast again', () => {
    const slow = { meanMs: 30, spreadMs: 0 };
    const events = playRun({
      format: 'whitewater-run',
      version: RUN_VERSION,
      seed: 3,
      config: defaultRunConfig,
      actions: [
        { atUs: 500_000, action: { type: 'set-handling', nodes: ['n3'], delay: slow } },
        { atUs: 1_000_000, action: { type: 'set-handling', nodes: undefined, delay: { meanMs: 0, spreadMs: 0 } } },
      ],
      untilUs: 1_500_000,
    });
    const dueUs = new Map(
      events.flatMap(({ event }) => (event.type === 'message-sent' ? [[event.messageId, event.dueUs]] : [])),
    );
    const late = events.flatMap(({ atUs, actor, event }) =>
      event.type === 'message-received' ? [{ atUs, actor, lateUs: atUs - (dueUs.get(event.messageId) ?? 0) }] : [],
    );
    const during = late.filter(({ atUs, actor }) => actor === 'n3' && atUs > 560_000 && atUs < 1_000_000);
    expect(during.length).toBeGreaterThan(5);
    expect(Math.min(...during.map(({ lateUs }) => lateUs))).toBeGreaterThanOrEqual(30_000);
    const others = late.filter(({ atUs, actor }) => actor !== 'n3' || atUs < 500_000 || atUs > 1_100_000);
    expect(Math.max(...others.map(({ lateUs }) => lateUs))).toBe(0);
  });
});
