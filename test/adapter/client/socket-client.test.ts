import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pack } from 'msgpackr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { SocketClient } from '../../../src/adapter/client/socket-client.ts';
import type { Fate } from '../../../src/kv/client-message.ts';
import { served, type Served } from '../http/served.ts';

const token = 'a-token-that-nobody-guesses';
let node: Served;
beforeAll(async () => {
  node = await served(`token: ${token}\n`);
});
afterAll(() => node.close());

function clientOf(url = node.url, options: Partial<ConstructorParameters<typeof SocketClient>[0]> = {}): SocketClient {
  return new SocketClient({ nodes: new Map([['n1', url]]), token, ...options });
}

function valueOf(fate: Fate): unknown {
  return fate.type === 'committed' && fate.result.type === 'ok' ? fate.result.value : fate;
}

describe('a client over a WebSocket', () => {
  it('has many requests under way at once, each done once', { timeout: 30_000 }, async () => {
    const client = clientOf();
    const writes = Array.from({ length: 3_000 }, (_, at) =>
      client.submit({ type: 'append', key: `key-${at % 100}`, value: 'x' }),
    );
    for (const fate of await Promise.all(writes)) expect(fate.type).toBe('committed');
    const reads = await Promise.all(
      Array.from({ length: 100 }, (_, at) => client.submit({ type: 'get', key: `key-${at}` })),
    );
    for (const fate of reads) {
      expect(fate).toMatchObject({ via: 'read-index' });
      expect(valueOf(fate)).toBe('x'.repeat(30));
    }
    client.close();
  });

  it('writes and reads at once what is more than a frame may hold', { timeout: 30_000 }, async () => {
    const client = clientOf();
    // Three bytes a character, of which the most fit.
    const large = (at: number): string => `${at}`.padEnd(21_800, '鯨');
    const all = Array.from({ length: 200 }, (_, at) => at);
    const writes = all.map((at) => client.submit({ type: 'set', key: `large-${at % 50}`, value: large(at) }));
    expect((await Promise.all(writes)).map(valueOf)).toEqual(all.map(large));
    const reads = all.map((at) => client.submit({ type: 'get', key: `large-${at % 50}` }));
    expect((await Promise.all(reads)).map(valueOf)).toEqual(all.map((at) => large(150 + (at % 50))));
    client.close();
  });

  it('says at once of what is over a limit that it was not done', async () => {
    const client = clientOf();
    expect(await client.submit({ type: 'set', key: '', value: 'x' })).toMatchObject({ type: 'failed' });
    client.close();
  });

  it('asks another node at once where its connection is lost, under the same number', async () => {
    const dying = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(dying, 'listening');
    dying.on('connection', (socket) => socket.on('message', () => socket.terminate()));
    const lost = `http://127.0.0.1:${(dying.address() as AddressInfo).port}`;
    const client = clientOf(node.url, {
      nodes: new Map([
        ['n7', lost],
        ['n1', node.url],
      ]),
      attemptTimeoutMs: 600_000,
      deadlineMs: 1_200_000,
    });
    expect(await client.submit({ type: 'append', key: 'lost', value: 'x' })).toMatchObject({ type: 'committed' });
    expect(valueOf(await client.submit({ type: 'get', key: 'lost' }))).toBe('x');
    client.close();
    dying.close();
  });

  it('turns to the next address of a node where nobody is, or nobody says a word', { timeout: 30_000 }, async () => {
    const deaf = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false });
    await once(deaf, 'listening');
    const { port } = deaf.address() as AddressInfo;
    const urls = ['http://127.0.0.1:9', `http://127.0.0.1:${port}`, node.url];
    const client = clientOf(node.url, { nodes: new Map([['n1', urls]]), deadlineMs: 15_000 });
    expect(await client.submit({ type: 'set', key: 'k', value: 'x' })).toMatchObject({ type: 'committed' });
    client.close();
    for (const one of deaf.clients) one.terminate();
    deaf.close();
  });

  it('tells what was never sent from what may have been done', async () => {
    const alone = clientOf('http://127.0.0.1:9', { deadlineMs: 200 });
    expect(await alone.submit({ type: 'set', key: 'k', value: 'x' })).toMatchObject({ type: 'failed' });
    alone.close();
    const client = clientOf();
    const write = client.submit({ type: 'set', key: 'k', value: 'x' });
    client.close();
    expect(await write).toMatchObject({ type: 'unknown' });
  });
});

/** Sends that over a WebSocket of its own; gives the code with which the server ends it. */
function codeAfter(data: Buffer | string): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${node.port}/client`, {
      headers: { authorization: `Bearer ${token}` },
    });
    socket.on('open', () => socket.send(data));
    socket.on('close', (code) => resolve(code));
    socket.on('error', () => undefined);
  });
}

describe('what is no frame of a client', () => {
  it('ends the connection, and changes nothing', async () => {
    const before = node.server.node.status().lastIndex;
    const command = { client: 'c', sequence: 1, firstUnanswered: 1, operation: { type: 'set', key: 'k', value: 'v' } };
    const bad: readonly unknown[] = [
      5,
      'text',
      {},
      [null],
      [[1]],
      [{ type: 'client-request' }],
      [{ type: 'client-request', requestId: 'r', command: { ...command, sequence: -1 } }],
      [{ type: 'client-read', requestId: 'r', key: 'k', mode: 'fast', notBefore: 0 }],
      [{ type: 'request-vote', term: 9, candidateId: 'n2', lastLogIndex: 9, lastLogTerm: 9 }],
      Array.from({ length: 1_025 }, () => ({ type: 'client-request', requestId: 'r', command })),
    ];
    for (const value of bad) expect(await codeAfter(pack(value))).toBe(1008);
    expect(await codeAfter('text')).toBe(1008);
    for (let count = 0; count < 50; count++) expect(await codeAfter(randomBytes(40))).toBe(1008);
    expect(await codeAfter(Buffer.alloc(4_194_305))).toBe(1009);
    expect(node.server.node.status().lastIndex).toBe(before);
  });
});
