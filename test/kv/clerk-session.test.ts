import { expect, it } from 'vitest';
import { Clerk, type ClerkEffect } from '../../src/kv/clerk.ts';
import type { ClientReply } from '../../src/kv/client-message.ts';

const config = {
  client: 'c1.1',
  nodes: ['n1', 'n2', 'n3'],
  attemptTimeoutUs: 100,
  deadlineUs: 1_000,
  retryDelayUs: 10,
  opensSession: true,
};

/** What a clerk does, in lines: what it sends, what it says of its session, what became of requests. */
function lines(effects: readonly ClerkEffect[]): string[] {
  return effects.flatMap((effect) => {
    if (effect.type === 'send') {
      if (effect.message.type !== 'client-request') return `${effect.to} read`;
      const { command } = effect.message;
      return 'sequence' in command ? `${effect.to} #${command.sequence} in ${command.session}` : `${effect.to} open`;
    }
    const { event } = effect;
    if (event.type === 'session-opened' || event.type === 'session-expired') return `${event.type} ${event.session}`;
    return event.type === 'request-ended' ? `${event.requestId} ${event.fate.type}` : [];
  });
}

const set = { type: 'set', key: 'x', value: '1' } as const;

function applied(requestId: string, index: number): ClientReply {
  return { type: 'client-reply', requestId, outcome: { type: 'applied', index, result: { type: 'ok', value: '1' } } };
}

function expired(requestId: string): ClientReply {
  const result = { type: 'expired', message: 'Gone.' } as const;
  return { type: 'client-reply', requestId, outcome: { type: 'applied', index: 9, result } };
}

it('6.3 opens a session before its first command, once, and names it in each command', () => {
  const clerk = new Clerk(config);
  expect(lines(clerk.submit(0, 'r1', set))).toEqual(['n1 open']);
  expect(lines(clerk.submit(0, 'r2', set))).toEqual([]);
  expect(lines(clerk.handleReply(5, 'n1', applied('c1.1 session 1', 4)))).toEqual([
    'session-opened 4',
    'n1 #1 in 4',
    'n1 #2 in 4',
  ]);
  expect(lines(clerk.handleReply(6, 'n1', applied('c1.1 session 1', 5)))).toEqual([]);
  expect(lines(clerk.handleReply(7, 'n1', applied('r1', 6)))).toEqual(['r1 committed']);
});

it('6.3 looks for a leader that opens its session as it does for a command, and gives up when nobody waits for it', () => {
  const clerk = new Clerk(config);
  clerk.submit(0, 'r1', set);
  const reply = { type: 'client-reply', requestId: 'c1.1 session 1' } as const;
  expect(lines(clerk.handleReply(5, 'n1', { ...reply, outcome: { type: 'not-leader', leader: 'n3' } }))).toEqual([
    'n3 open',
  ]);
  expect(clerk.nextDeadlineUs).toBe(105);
  expect(lines(clerk.handleTimer(105))).toEqual(['n2 open']);
  expect(lines(clerk.handleTimer(1_000))).toEqual(['r1 failed']);
  expect(clerk.nextDeadlineUs).toBe(Infinity);
  expect(lines(clerk.submit(2_000, 'r2', set))).toHaveLength(1);
});

it('6.3 where its session has expired, what was tried once failed, what was tried before is unknown, and it opens another', () => {
  const clerk = new Clerk(config);
  clerk.submit(0, 'r1', set);
  clerk.handleReply(1, 'n1', applied('c1.1 session 1', 4));
  clerk.submit(2, 'r2', set);
  // r1 is left without an answer and asked again; r2 is answered in its first attempt.
  expect(lines(clerk.handleReply(3, 'n1', expired('r2')))).toEqual(['session-expired 4', 'r2 failed']);
  expect(lines(clerk.handleTimer(101))).toEqual(['n2 #1 in 4']);
  expect(lines(clerk.handleReply(102, 'n2', expired('r1')))).toEqual(['r1 unknown']);
  expect(lines(clerk.submit(103, 'r3', set))).toEqual(['n2 open']);
  expect(lines(clerk.handleReply(104, 'n2', applied('c1.1 session 2', 12)))).toEqual([
    'session-opened 12',
    'n2 #3 in 12',
  ]);
});

it('reads that go by the log of no session wait for none', () => {
  const clerk = new Clerk(config);
  expect(lines(clerk.submit(0, 'r1', { type: 'get', key: 'x', mode: 'read-index' }))).toEqual(['n1 read']);
});
