import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ConnectionGate, MAX_LOBBY } from '../../../src/adapter/http/connection-gate.ts';
import { introductionHeaders } from '../../../src/adapter/transport/handshake.ts';
import { eventually } from '../../support/eventually.ts';
import { certificates } from '../transport/certificates.ts';
import { served } from './served.ts';

// Sockets are as slow as the machine is busy.
vi.setConfig({ testTimeout: 30_000 });

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

/** Connects, says that, and hears all that is answered. */
function say(port: number, text: string): { readonly socket: Socket; readonly heard: () => string } {
  let heard = '';
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.on('data', (data: Buffer) => {
    heard += data.toString('latin1');
  });
  if (text !== '') socket.write(text);
  open.push(socket);
  return { socket, heard: () => heard };
}

/** As a node of the cluster would dial. What it is answered. */
function dial(port: number, id: string): Promise<string> {
  const self = { clusterId: 'whitewater', id, incarnation: 1 };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/peer`, { headers: introductionHeaders(self, 'n1', undefined) });
  open.push({ destroy: () => socket.terminate() });
  return new Promise((resolve) => {
    socket.on('open', () => resolve('let in'));
    socket.on('error', ({ message }) => resolve(message));
  });
}

async function asked(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } });
  return response.status;
}

describe('a node whose clients have taken all connections', () => {
  it('lets its peers in, and tells further clients that it takes no more', async () => {
    const node = await served('limits: { connections: 3 }\n');
    const clients = Array.from({ length: 3 }, () => new WebSocket(`ws://127.0.0.1:${node.port}/client`));
    for (const client of clients) open.push({ destroy: () => client.terminate() });
    await Promise.all(clients.map((client) => new Promise((resolve) => client.on('open', resolve))));
    expect(await asked(node.port)).toBe(503);
    const refused = new WebSocket(`ws://127.0.0.1:${node.port}/client`);
    const why = await new Promise((resolve) => refused.on('error', ({ message }) => resolve(message)));
    expect(why).toBe('Unexpected server response: 503');
    const ids = Array.from({ length: 8 }, (_, at) => `n${at + 2}`);
    expect(await Promise.all(ids.map((id) => dial(node.port, id)))).toEqual(ids.map(() => 'let in'));
    clients[0]?.terminate();
    await eventually('there is room again', async () => ((await asked(node.port)) === 200 ? true : undefined));
    await node.close();
  });

  it('lets them in past any number that say nothing', async () => {
    const node = await served('limits: { connections: 100 }\n');
    let closed = 0;
    const note = (): void => {
      closed += 1;
    };
    const silent = Array.from({ length: 300 }, () => say(node.port, ''));
    for (const { socket } of silent) socket.on('close', note).resume();
    // Those that have waited longest are hung up on.
    await eventually('two hundred are hung up on', () => (closed === 200 ? true : undefined));
    expect(await dial(node.port, 'n2')).toBe('let in');
    expect(await asked(node.port)).toBe(200);
    await node.close();
  });
});

/** A server that answers when it is told to. */
async function gated(
  server: Server,
  places: number,
): Promise<{ readonly gate: ConnectionGate; readonly port: number }> {
  const gate = new ConnectionGate(places);
  gate.watch(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ destroy: () => server.closeAllConnections() }, { destroy: () => server.close() });
  return { gate, port: (server.address() as AddressInfo).port };
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe('of the connections of clients', () => {
  it('one that is answered keeps its place, and the one that was silent for longest makes room', async () => {
    const answers: (() => void)[] = [];
    const verdicts: boolean[] = [];
    const server = createServer((request, response) => {
      verdicts.push(gate.take(request, response));
      answers.push(() => response.end('ok'));
    });
    const { gate, port } = await gated(server, 2);
    const first = say(port, REQUEST + REQUEST);
    await eventually('both requests have come', () => (answers.length === 2 ? true : undefined));
    const second = say(port, '');
    await eventually('both are counted', () => (gate.size === 2 ? true : undefined));
    say(port, '');
    const last = say(port, '');
    await new Promise((resolve) => second.socket.on('close', resolve));
    expect(first.socket.destroyed).toBe(false);
    for (const answer of answers) answer();
    await eventually('both answers', () => (first.heard().match(/ok/g)?.length === 2 ? true : undefined));
    // It is the latest of those that are silent now.
    say(port, '');
    await eventually('as many as there are places', () => (gate.size === 2 ? true : undefined));
    last.socket.write(REQUEST);
    expect(verdicts).toEqual([true, true]);
  });

  it('no more are answered at once than there are places', async () => {
    const verdicts: boolean[] = [];
    const server = createServer((request, response) => {
      verdicts.push(gate.take(request, response));
    });
    const { gate, port } = await gated(server, 5);
    for (let count = 0; count < 8; count++) {
      say(port, REQUEST);
      await eventually('it has come', () => (verdicts.length > count ? true : undefined));
    }
    expect(verdicts).toEqual([true, true, true, true, true, false, false, false]);
    expect(gate.size).toBeLessThanOrEqual(5 + MAX_LOBBY);
    for (const socket of open) socket.destroy();
    await eventually('nobody is left', () => (gate.size === 0 ? true : undefined));
  });

  it('one with TLS counts once, and is forgotten when it ends', async () => {
    const { n1 } = await certificates();
    const server = createSecureServer({ cert: n1.cert, key: n1.key }, (request, response) => {
      expect(gate.take(request, response)).toBe(true);
      expect(gate.size).toBe(1);
      response.end('ok');
    });
    const { gate, port } = await gated(server, 2);
    const socket = connectSecurely({ port, host: '127.0.0.1', rejectUnauthorized: false });
    open.push(socket);
    socket.write(REQUEST);
    await new Promise((resolve) => socket.once('data', resolve));
    expect(gate.size).toBe(1);
    socket.destroy();
    await eventually('nobody is left', () => (gate.size === 0 ? true : undefined));
  });
});
