import { expect, it } from 'vitest';
import { MAX_WAITING_READS, ReadDesk } from '../../src/host/read-desk.ts';
import { KvStateMachine } from '../../src/kv/state-machine.ts';

it(`takes on ${MAX_WAITING_READS} reads, tells who comes next to ask later, and takes a repeat of one for that one`, () => {
  const store = new KvStateMachine();
  const told: string[] = [];
  const desk = new ReadDesk({
    store: () => store,
    mayAnswer: (index, lastApplied) => index <= lastApplied,
    emit: () => undefined,
    reply: (_nowUs, client, requestId, { type }) => told.push(`${client} ${requestId} ${type}`),
  });
  const ask = (requestId: string) =>
    desk.take(0, 'c1', { type: 'client-read', requestId, key: 'x', mode: 'read-index', notBefore: 0 });
  for (let number = 1; number <= MAX_WAITING_READS; number++) expect(ask(`r${number}`)).toMatchObject({ type: 'read' });
  expect(ask('r7')).toBeUndefined();
  expect(told).toEqual([]);
  expect(ask('one too many')).toBeUndefined();
  expect(told).toEqual(['c1 one too many busy']);
  desk.ready({ type: 'read-ready', readId: 1, index: 1, via: 'read-index' });
  expect(ask('still too many')).toBeUndefined();
  expect(told).toHaveLength(2);
});
