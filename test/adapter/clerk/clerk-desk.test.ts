import { describe, expect, it } from 'vitest';
import { ClerkDesk } from '../../../src/adapter/clerk/clerk-desk.ts';
import type { ClientRead, ClientRequest } from '../../../src/kv/client-message.ts';
import { eventually } from '../../support/eventually.ts';

describe('a desk whose node hears of another leader', () => {
  it('asks again at once, under the same number, and does not wait until its time is over', async () => {
    const sent: (ClientRequest | ClientRead)[] = [];
    const desk = new ClerkDesk({
      client: 'c',
      nodes: ['n1'],
      attemptTimeoutUs: 60_000_000,
      deadlineUs: 120_000_000,
      retryDelayUs: 1_000,
      send: (_to, message) => void sent.push(message),
    });
    const write = desk.submit({ type: 'set', key: 'k', value: 'v' });
    const read = desk.submit({ type: 'get', key: 'k', mode: 'follower' });
    expect(sent).toHaveLength(2);
    desk.askAgain('n2');
    desk.askAgain('n1');
    await eventually('both are asked again', () => (sent.length === 4 ? true : undefined));
    expect(sent.slice(2)).toEqual(sent.slice(0, 2));
    desk.answered('n1', {
      type: 'client-reply',
      requestId: sent[0]?.requestId ?? '',
      outcome: { type: 'applied', index: 7, result: { type: 'ok', value: 'v' } },
    });
    expect(await write).toMatchObject({ type: 'committed', index: 7 });
    desk.close();
    expect(await read).toMatchObject({ type: 'failed' });
  });
});

describe('a desk that asks again what may have been taken', () => {
  it('never says of a write that it was not done, whoever refuses it then; a read was not', async () => {
    const desk: ClerkDesk = new ClerkDesk({
      client: 'c',
      nodes: ['n1'],
      attemptTimeoutUs: 60_000_000,
      deadlineUs: 80_000,
      retryDelayUs: 1_000,
      send: (to, { requestId }) => {
        asked.push(requestId);
        // All but the first time it knows that it does not lead.
        const outcome = { type: 'not-leader', leader: undefined } as const;
        if (asked.length > 2) setImmediate(() => desk.answered(to, { type: 'client-reply', requestId, outcome }));
      },
    });
    const asked: string[] = [];
    const write = desk.submit({ type: 'set', key: 'k', value: 'v' });
    const read = desk.submit({ type: 'get', key: 'k', mode: 'follower' });
    desk.askAgain();
    expect(await write).toMatchObject({ type: 'unknown' });
    expect(await read).toMatchObject({ type: 'failed' });
    expect(asked.length).toBeGreaterThan(4);
    desk.close();
  });
});

describe('a desk that is closed', () => {
  it('tells what may still happen from what will not, and takes nothing any more', async () => {
    const sent: string[] = [];
    const desk = new ClerkDesk({
      client: 'c',
      nodes: ['n1'],
      attemptTimeoutUs: 60_000_000,
      deadlineUs: 120_000_000,
      retryDelayUs: 1_000,
      maxInFlight: 2,
      send: (_to, { requestId }) => void sent.push(requestId),
    });
    const write = desk.submit({ type: 'set', key: 'k', value: 'v' });
    const read = desk.submit({ type: 'get', key: 'k', mode: 'follower' });
    const queued = desk.submit({ type: 'set', key: 'k', value: 'w' });
    expect(sent).toHaveLength(2);
    desk.close();
    expect([await write, await read, await queued]).toMatchObject([
      { type: 'unknown', reason: 'The client was closed before an answer came; it may still happen.' },
      { type: 'failed', reason: 'The client was closed before an answer came; nothing was changed.' },
      { type: 'failed' },
    ]);
    expect(await desk.submit({ type: 'set', key: 'k', value: 'x' })).toEqual({
      type: 'failed',
      reason: 'The client is closed.',
    });
    expect(sent).toHaveLength(2);
  });
});
