import { expect, it } from 'vitest';
import { localDesk } from '../../../src/adapter/clerk/local-desk.ts';
import { configOf } from '../../../src/adapter/config/read-config.ts';
import type { ClientRead, ClientRequest } from '../../../src/kv/client-message.ts';
import type { NodeId } from '../../../src/raft/entry.ts';

it.each([
  ['n1', ['read-index', 'lease', 'follower', 'stale']],
  ['n2', ['follower', 'follower', 'follower', 'stale']],
] as const)('where %s leads, n1 is asked for what it can answer', (leader: NodeId, modes) => {
  const read = configOf({ nodes: { n1: '127.0.0.1:4101' }, reads: 'read-index' }, '/', {}, () => '');
  if ('error' in read) throw new Error(read.error);
  const asked: (ClientRequest | ClientRead)[] = [];
  const core = { leader, log: undefined as never };
  const ask = (message: ClientRead | ClientRequest): (() => void) => {
    asked.push(message);
    return () => undefined;
  };
  const desk = localDesk({ id: 'n1', core, subscribe: () => () => undefined, ask }, read.config);
  // The first says nothing, and is read as the configuration has it.
  for (const mode of [undefined, 'lease', 'follower', 'stale'] as const) {
    void desk.submit({ type: 'get', key: 'k', ...(mode && { mode }) });
  }
  void desk.submit({ type: 'set', key: 'k', value: 'v' });
  expect(asked.map((message) => ('mode' in message ? message.mode : message.type))).toEqual([
    ...modes,
    'client-request',
  ]);
  desk.close();
});
