import { describe, expect, it } from 'vitest';
import { MAX_ON_LINK, Outbox } from '../../src/host/outbox.ts';
import type { Envelope } from '../../src/host/ports.ts';
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
});
