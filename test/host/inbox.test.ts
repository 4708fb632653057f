import { expect, it } from 'vitest';
import { Inbox, MAX_BACKLOG } from '../../src/host/inbox.ts';
import type { Envelope } from '../../src/host/ports.ts';

function envelope(sequence: number, dueUs: number): Envelope {
  const message = { type: 'request-vote-reply', term: 1, granted: true } as const;
  return { messageId: `n1.1.${sequence}`, sequence, from: 'n1', to: 'n2', sentUs: 0, dueUs, message };
}

it(`keeps the newest ${MAX_BACKLOG} messages that have arrived, whatever is still on its way`, () => {
  const inbox = new Inbox();
  for (let sequence = 1; sequence <= MAX_BACKLOG; sequence += 1) inbox.add(envelope(sequence, sequence));
  for (let sequence = 1; sequence <= 5; sequence += 1) inbox.add(envelope(MAX_BACKLOG + sequence, 1_000_000));
  inbox.trimBacklog(2_000);
  expect(inbox.takeDropped()).toBe(0);
  inbox.add(envelope(MAX_BACKLOG + 6, 1_999));
  inbox.trimBacklog(2_000);
  expect(inbox.takeDropped()).toBe(1);
  expect(inbox.size).toBe(MAX_BACKLOG + 5);
  expect(inbox.takeDue(2_000)?.sequence).toBe(2);
});
