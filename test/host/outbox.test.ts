import { describe, expect, it } from 'vitest';
import { MAX_ON_LINK, Outbox } from '../../src/host/outbox.ts';
import type { Envelope } from '../../src/host/ports.ts';
import type { Action } from '../../src/timeline/action.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { changeWorld, initialWorld } from '../../src/timeline/world.ts';

/** What comes of a hundred messages over links like that. */
function send(quality: { readonly loss: number; readonly duplication: number }): { sent: number; delivered: number } {
  const events: TimelineEvent[] = [];
  const delivered: Envelope[] = [];
  const ports = {
    emit: (event: TimelineEvent) => void events.push(event),
    deliver: (envelope: Envelope) => void delivered.push(envelope),
  };
  const world = changeWorld(initialWorld(defaultRunConfig), { type: 'set-links', links: undefined, quality }, 0);
  const outbox = new Outbox('n1', 1, 1, ports);
  const message = { type: 'request-vote-reply', term: 1, granted: true } as const;
  for (let count = 0; count < 100; count += 1) outbox.send(count, 'n2', message, world);
  return { sent: events.length, delivered: delivered.length };
}

const link = { from: 'n1', to: 'n2' };
const reply = { type: 'request-vote-reply', term: 1, granted: true } as const;

describe('A link', () => {
  it('that loses everything lets nothing through, whatever it doubles', () => {
    expect(send({ loss: 1, duplication: 1 })).toEqual({ sent: 100, delivered: 0 });
  });

  it('that doubles everything delivers everything twice', () => {
    expect(send({ loss: 0, duplication: 1 })).toEqual({ sent: 200, delivered: 200 });
  });

  it(`holds ${MAX_ON_LINK} messages, loses what is sent beyond, and takes more as soon as one has arrived`, () => {
    const fates: string[] = [];
    const ports = {
      emit: ({ event }: TimelineEvent) => void fates.push(event.type === 'message-sent' ? event.fate : event.type),
      deliver: () => undefined,
    };
    const quality = { latency: { meanMs: 50, spreadMs: 0 } };
    const world = changeWorld(initialWorld(defaultRunConfig), { type: 'set-links', links: undefined, quality }, 0);
    const outbox = new Outbox('n1', 1, 1, ports);
    const message = { type: 'request-vote-reply', term: 1, granted: true } as const;
    for (let count = 0; count < MAX_ON_LINK; count += 1) outbox.send(count, 'n2', message, world);
    expect(new Set(fates)).toEqual(new Set(['sent']));
    fates.length = 0;
    outbox.send(49_999, 'n2', message, world);
    outbox.send(49_999, 'n3', message, world);
    outbox.send(50_000, 'n2', message, world);
    outbox.send(50_000, 'n2', message, world);
    outbox.send(50_004, 'n2', message, world);
    expect(fates).toEqual(['lost', 'sent', 'sent', 'lost', 'sent']);
  });

  /** When each message over n1's link to n2 arrives, one sent every millisecond; undefined where it does not. */
  function arrivals(actions: readonly Action[], count: number): (number | undefined)[] {
    const arrived: (number | undefined)[] = [];
    const emit = ({ event }: TimelineEvent): void => {
      if (event.type === 'message-sent') arrived.push(event.fate === 'sent' ? event.dueUs : undefined);
    };
    const quality = { latency: { meanMs: 10, spreadMs: 0 } };
    const all: Action[] = [{ type: 'set-links', links: undefined, quality }, ...actions];
    const world = all.reduce((now, action) => changeWorld(now, action, 0), initialWorld(defaultRunConfig));
    const outbox = new Outbox('n1', 1, 1, { emit, deliver: () => undefined });
    for (let sent = 0; sent < count; sent += 1) outbox.send(sent * 1_000, 'n2', reply, world);
    return arrived;
  }

  it('that is clogged holds back what is sent until it is free, in order, and then nothing', () => {
    expect(arrivals([{ type: 'clog', links: [link], forMs: 12 }], 4)).toEqual([12_000, 12_000, 12_000, 13_000]);
  });

  it('that flaps loses what is sent or would arrive while it is down', () => {
    // Down from 0 to 2 ms, up to 12, down to 14, and so on.
    const [first, ...others] = arrivals([{ type: 'flap', links: [link], downMs: 2, upMs: 10 }], 6);
    expect([first, ...others]).toEqual([undefined, undefined, undefined, undefined, 14_000, 15_000]);
  });

  it('that reorders lets later messages overtake, and draws all else as it would without', () => {
    const reordering = { chance: 0.5, delay: { meanMs: 300, spreadMs: 0 } };
    const arrived = arrivals([{ type: 'set-links', links: [link], quality: { reordering } }], 40);
    const plain = arrivals([], 40);
    const late = arrived.filter((dueUs, sent) => dueUs !== plain[sent]);
    expect(late.length).toBeGreaterThan(10);
    expect(late.length).toBeLessThan(30);
    expect(arrived).toEqual(plain.map((dueUs, sent) => (arrived[sent] === dueUs ? dueUs : (dueUs ?? 0) + 300_000)));
  });

  it('that replays delivers a copy long after the message itself', () => {
    const replay = { chance: 1, delay: { meanMs: 2_000, spreadMs: 0 } };
    const arrived = arrivals([{ type: 'set-links', links: [link], quality: { replay } }], 2);
    expect(arrived).toEqual([10_000, 2_010_000, 11_000, 2_011_000]);
  });
});
