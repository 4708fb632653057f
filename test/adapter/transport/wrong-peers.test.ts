import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { encodeFrame } from '../../../src/adapter/transport/frame.ts';
import { answerHeaders, introductionHeaders, PEER_PATH } from '../../../src/adapter/transport/handshake.ts';
import type { PeerEnvelope } from '../../../src/adapter/transport/peer-envelope.ts';
import type { NodeId } from '../../../src/raft/entry.ts';
import { eventually } from '../../support/eventually.ts';
import { listen, word, type ListeningTransport } from './listening-transport.ts';

const open: { readonly close: () => void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function start(id: NodeId): Promise<ListeningTransport> {
  const one = await listen(id);
  open.push(one);
  return one;
}

/** A connection to that node of who says it is another, in that life; or the status with which it is turned away. */
function dial({ id: target, address }: ListeningTransport, id: NodeId, incarnation = 1): Promise<WebSocket | number> {
  const headers = introductionHeaders({ clusterId: 'test', id, incarnation }, target, undefined);
  const socket = new WebSocket(`ws://${address}${PEER_PATH}`, { headers });
  open.push({ close: () => socket.terminate() });
  return new Promise((resolve) => {
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
    socket.on('error', () => undefined);
  });
}

async function connection(to: ListeningTransport, id: NodeId): Promise<WebSocket> {
  const dialled = await dial(to, id);
  if (typeof dialled === 'number') throw new Error(`It was turned away with ${dialled}.`);
  return dialled;
}

const frameOf = (...envelopes: readonly PeerEnvelope[]): Uint8Array => encodeFrame({ type: 'messages', envelopes });

/** Entries for n2 with a value of so many bytes. */
function append(bytes: number): PeerEnvelope {
  const operation = { type: 'set', key: 'x', value: 'x'.repeat(bytes) } as const;
  const command = { client: 'c', sequence: 1, firstUnanswered: 1, operation };
  const entries = [{ type: 'command', index: 1, term: 1, command }] as const;
  const place = { term: 1, prevLogIndex: 0, prevLogTerm: 0, leaderCommit: 0, round: 1 };
  return { ...word('n1', 'n2', 1), message: { type: 'append-entries', ...place, entries } };
}

/** Who answers at an address as that node. */
async function answering(id: NodeId): Promise<{ readonly server: WebSocketServer; readonly address: string }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('headers', (lines) => {
    const headers = answerHeaders({ clusterId: 'test', id, incarnation: 1 });
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  });
  await once(server, 'listening');
  open.push({
    close: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  });
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('whoever is not who was meant', () => {
  it('is not talked to, though it belongs to the cluster', async () => {
    const n1 = await start('n1');
    const { server, address } = await answering('n3');
    const dialled = once(server, 'connection');
    n1.transport.setAddresses('n2', [address]);
    await dialled;
    const sentence = `At ${address} there is n3, not n2.`;
    await eventually('it says so', () => (n1.said.includes(sentence) ? true : undefined));
    expect(n1.transport.status()).toMatchObject([{ id: 'n2', connected: false, connections: 0 }]);
  });
});

describe('of two connections of a pair', () => {
  it('the one stays that the higher number dialled, until the other begins a new life', async () => {
    const n2 = await start('n2');
    const { server, address } = await answering('n1');
    const dialled = once(server, 'connection');
    n2.transport.setAddresses('n1', [address]);
    await dialled;
    const isConnected = (): true | undefined => (n2.transport.status()[0]?.connected === true ? true : undefined);
    await eventually('they are connected', isConnected);
    expect(await dial(n2, 'n1', 1)).toBe(409);
    expect(n2.transport.status()).toMatchObject([{ id: 'n1', connected: true, connections: 1 }]);
    expect(await dial(n2, 'n1', 2)).toBeInstanceOf(WebSocket);
    await eventually('the new one counts', () => (n2.transport.status()[0]?.connections === 2 ? true : undefined));
  });
});

describe('a peer', () => {
  it('has nothing passed on that is neither from nor for a node without an address', async () => {
    const [n1, n3] = [await start('n1'), await start('n3')];
    n1.transport.setAddresses('n3', [n3.address]);
    const n2 = await connection(n1, 'n2');
    n2.send(frameOf(word('n2', 'n3', 1), word('n2', 'n1', 2)));
    await eventually('what is for n1 has come', () => n1.received[0]);
    n1.transport.send(word('n1', 'n3', 3));
    n1.transport.flush();
    await eventually('what n1 says itself has come', () => n3.received[0]);
    expect(n3.received).toEqual([word('n1', 'n3', 3)]);
    expect(n1.transport.status().find(({ id }) => id === 'n3')?.sent.messages).toBe(1);
    expect(n1.received).toEqual([word('n2', 'n1', 2)]);
  });

  it('that has broken the rules once is not heard again, and its words are not taken', async () => {
    const n1 = await start('n1');
    const n2 = await connection(n1, 'n2');
    const closed = once(n2, 'close') as Promise<[number, Buffer]>;
    n2.send(Uint8Array.of(0xc1));
    n2.send(frameOf(word('n2', 'n1', 1)));
    const [code] = await closed;
    expect(code).toBe(1008);
    expect(n1.received).toEqual([]);
  });

  it('that does not read has what is for it wait in a queue that is bounded, not in the socket', async () => {
    const n1 = await start('n1');
    const n2 = await connection(n1, 'n2');
    n2.pause();
    await eventually('they are connected', () => n1.transport.status()[0]?.connected);
    const envelope = append(1_048_576);
    for (let count = 0; count < 100; count++) {
      n1.transport.send(envelope);
      n1.transport.flush();
    }
    const [status] = n1.transport.status();
    // Some 4 MiB are in the socket, 32 MiB in the queue, and the oldest have made room.
    expect(status?.sent.messages).toBeLessThan(20);
    expect(status?.queued).toBeGreaterThan(20);
    expect(status?.dropped).toBeGreaterThan(40);
  });
});

describe('what is thrown away for want of room', () => {
  it('is told as lost where it is the message itself', async () => {
    const n1 = await start('n1');
    const data = new Uint8Array(20 * 1_048_576);
    const configuration = { voters: ['n1'], outgoing: [], learners: [], leavesByItself: false };
    const place = { lastIndex: 1, lastTerm: 1, configuration, totalBytes: data.length, offset: 0, done: false };
    const chunk = { type: 'install-snapshot', term: 1, ...place, data } as const;
    expect(n1.transport.send(append(data.length))).toBe('sent');
    // Chunks make room first, and this one is the only one.
    expect(n1.transport.send({ ...word('n1', 'n2', 2), message: chunk })).toBe('lost');
  });
});
