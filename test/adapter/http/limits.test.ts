import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { decodeClientFrame, ClientFrames } from '../../../src/adapter/client/client-frame.ts';
import type { ClientReply } from '../../../src/kv/client-message.ts';
import { eventually } from '../../support/eventually.ts';
import { served, type Served } from './served.ts';

/** A node that leads, and can commit nothing more: the other voter is nowhere. It does not step down for that. */
async function stuck(more: string): Promise<Served> {
  const node = await served(`members: [n1]\ncheckQuorum: false\n${more}`);
  expect((await fetch(`${node.url}/kv/k`, { method: 'PUT', body: 'v' })).status).toBe(204);
  const added = await fetch(`${node.url}/members`, { method: 'POST', body: JSON.stringify({ node: 'n2' }) });
  expect(added.status).toBe(202);
  return node;
}

describe('a node takes from outside only so much', { timeout: 30_000 }, () => {
  it('connections: one more than the limit is hung up on', async () => {
    const node = await served('limits: { connections: 4 }\n');
    let closed = 0;
    const open = (): Socket =>
      connect(node.port, '127.0.0.1')
        .on('error', () => undefined)
        .on('close', () => {
          closed += 1;
        })
        .resume();
    const sockets = Array.from({ length: 5 }, open);
    await eventually('one of five is hung up on', () => (closed === 1 ? true : undefined));
    for (const socket of sockets) socket.destroy();
    await eventually('there is room again', async () =>
      fetch(`${node.url}/health`, { signal: AbortSignal.timeout(1_000) }).then(
        ({ status }) => (status === 200 ? true : undefined),
        () => undefined,
      ),
    );
    await node.close();
  });

  it('requests that wait for the cluster: one more than the limit is not taken, at once', async () => {
    const node = await stuck(
      'limits: { waiting: 3 }\nclient: { attemptTimeoutMs: 300, deadlineMs: 600, retryDelayMs: 10 }\n',
    );
    const write = (): Promise<number> =>
      fetch(`${node.url}/kv/k`, { method: 'PUT', body: 'x' }).then(({ status }) => status);
    // Three are under way, three wait behind them.
    const waiting = Array.from({ length: 6 }, write);
    await eventually('they wait', async () =>
      (await (await fetch(`${node.url}/metrics`)).text()).includes('whitewater_waiting_requests{node="n1"} 6')
        ? true
        : undefined,
    );
    const refused = await fetch(`${node.url}/kv/k`, { method: 'PUT', body: 'x' });
    expect(await refused.json()).toMatchObject({
      status: 503,
      outcome: 'not-taken',
      detail: expect.stringMatching(/^Too many requests at once/) as string,
    });
    // What was never sent is not done; what was, nobody knows.
    const statuses = await Promise.all(waiting);
    expect(statuses).toContain(504);
    for (const status of statuses) expect([503, 504]).toContain(status);
    await node.close();
  });

  it('requests of one WebSocket: one more than the limit is told that the node is busy', async () => {
    const node = await stuck('');
    const socket = new WebSocket(`ws://127.0.0.1:${node.port}/client`);
    await new Promise((resolve) => socket.on('open', resolve));
    const replies: ClientReply[] = [];
    socket.on('message', (data: Buffer) => {
      const messages = decodeClientFrame(data);
      if ('problem' in messages) throw new Error(messages.problem);
      for (const message of messages) if (message.type === 'client-reply') replies.push(message);
    });
    const sizes: number[] = [];
    const frames = new ClientFrames((frame) => {
      const messages = decodeClientFrame(frame);
      sizes.push('problem' in messages ? 0 : messages.length);
      socket.send(frame);
    });
    for (let sequence = 1; sequence <= 4_100; sequence++) {
      const operation = { type: 'set', key: 'k', value: 'x' } as const;
      const command = { client: 'flood', sequence, firstUnanswered: sequence, operation };
      frames.add({ type: 'client-request', requestId: `flood-${sequence}`, command });
    }
    await eventually('the last four are answered', () => (replies.length === 4 ? true : undefined));
    expect(sizes).toEqual([1_024, 1_024, 1_024, 1_024, 4]);
    expect(replies).toEqual(
      [4_097, 4_098, 4_099, 4_100].map((sequence) => ({
        type: 'client-reply',
        requestId: `flood-${sequence}`,
        outcome: { type: 'busy' },
      })),
    );
    expect(node.server.node.status().questions).toBe(4_096);
    socket.terminate();
    await eventually('nobody waits for who has gone', () =>
      node.server.node.status().questions === 0 ? true : undefined,
    );
    await node.close();
  });

  it('the body of a request: one byte more than the limit is refused, and the limit is not', async () => {
    const node = await served('limits: { bodyBytes: 2000 }\n');
    const put = (bytes: number): Promise<Response> =>
      fetch(`${node.url}/kv/k`, { method: 'PUT', body: 'x'.repeat(bytes) });
    expect((await put(2_000)).status).toBe(204);
    const refused = await put(2_001);
    expect(await refused.json()).toMatchObject({ type: 'urn:whitewater:problem:too-large', status: 413 });
    expect(await (await fetch(`${node.url}/kv/k`)).text()).toHaveLength(2_000);
    await node.close();
  });

  it('answers that a WebSocket does not read: with 64 MiB of them waiting it is hung up on', async () => {
    const node = await served();
    expect((await fetch(`${node.url}/kv/k`, { method: 'PUT', body: 'x'.repeat(65_536) })).status).toBe(204);
    const socket = new WebSocket(`ws://127.0.0.1:${node.port}/client`);
    await new Promise((resolve) => socket.on('open', resolve));
    socket.pause();
    const before = node.server.node.status().counts.inputs;
    const frames = new ClientFrames((frame) => socket.send(frame));
    for (let at = 0; at < 1_500; at++) {
      frames.add({ type: 'client-read', requestId: `read-${at}`, key: 'k', mode: 'stale', notBefore: 0 });
    }
    await eventually('all have been asked', () =>
      node.server.node.status().counts.inputs - before >= 1_500 ? true : undefined,
    );
    const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
    socket.resume();
    expect(await closed).toBe(1_006);
    expect((await fetch(`${node.url}/kv/k`)).status).toBe(200);
    await node.close();
  });

  it('requests of a WebSocket that does not read what it is answered: they are not taken in meanwhile', async () => {
    const node = await served();
    expect((await fetch(`${node.url}/kv/k`, { method: 'PUT', body: 'x'.repeat(65_536) })).status).toBe(204);
    const socket = new WebSocket(`ws://127.0.0.1:${node.port}/client`);
    await new Promise((resolve) => socket.on('open', resolve));
    let closed = false;
    socket.on('close', () => {
      closed = true;
    });
    socket.pause();
    const before = node.server.node.status().counts.inputs;
    const frames = new ClientFrames((frame) => socket.send(frame));
    for (let round = 0; round < 20; round++) {
      for (let at = 0; at < 100; at++) {
        frames.add({ type: 'client-read', requestId: `${round}-${at}`, key: 'k', mode: 'stale', notBefore: 0 });
      }
      // Whoever else asks is answered meanwhile.
      expect((await fetch(`${node.url}/health`)).status).toBe(200);
    }
    // What the system holds on the way, and a little more.
    expect(node.server.node.status().counts.inputs - before).toBeLessThan(1_000);
    expect(closed).toBe(false);
    socket.terminate();
    await node.close();
  });

  it('values of a WebSocket: one over the limit is no request of a clerk, and is passed over', async () => {
    const node = await served();
    const socket = new WebSocket(`ws://127.0.0.1:${node.port}/client`);
    await new Promise((resolve) => socket.on('open', resolve));
    const answered = new Promise<readonly string[]>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const messages = decodeClientFrame(data);
        resolve('problem' in messages ? [] : messages.map(({ requestId }) => requestId));
      });
    });
    const before = node.server.node.status().lastIndex;
    const frames = new ClientFrames((frame) => socket.send(frame));
    for (const [sequence, bytes] of [65_537, 65_536].entries()) {
      const operation = { type: 'set', key: 'k', value: 'x'.repeat(bytes) } as const;
      const command = { client: 'large', sequence: sequence + 1, firstUnanswered: 1, operation };
      frames.add({ type: 'client-request', requestId: `of ${bytes}`, command });
    }
    expect(await answered).toEqual(['of 65536']);
    expect(node.server.node.status().lastIndex).toBe(before + 1);
    socket.terminate();
    await node.close();
  });
});
