import { request } from 'node:https';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { HttpClient } from '../../../src/adapter/client/http-client.ts';
import { SocketClient } from '../../../src/adapter/client/socket-client.ts';
import { served, type Served } from './served.ts';

interface Pem {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that is its own authority, good for this machine. */
async function selfSigned(): Promise<Pem> {
  const names = [
    { type: 2, value: 'localhost' },
    { type: 7, ip: '127.0.0.1' },
  ] as const;
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [...names] },
    ],
  });
  return { cert, key };
}

let own: Pem;
let strange: Pem;
let node: Served;
beforeAll(async () => {
  [own, strange] = await Promise.all([selfSigned(), selfSigned()]);
  node = await served('tls: { cert: own.pem, key: own.pem, ca: own.pem }\n', { ...own, ca: own.cert });
});
afterAll(() => node.close());

function status(client: { readonly cert?: string; readonly key?: string; readonly ca?: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${node.url}/status`, client, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

describe('TLS with an authority and no token', () => {
  it('lets in who shows a certificate of the authority, and nobody else', async () => {
    expect(await status({ ...own, ca: own.cert })).toBe(200);
    expect(await status({ ca: own.cert })).toBe(401);
    expect(await status({ ...strange, ca: own.cert })).toBe(401);
    await expect(status({ ca: strange.cert })).rejects.toThrow(/self-signed|certificate/);
  });

  it('lets nobody attach, or be a client, without such a certificate', async () => {
    const upgrade = (path: string, client: object): Promise<number> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${node.url.replace('https', 'wss')}${path}`, { ca: own.cert, ...client });
        socket.on('open', () => resolve(101));
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.on('error', reject).on('open', () => socket.terminate());
      });
    for (const path of ['/attach', '/client']) {
      expect(await upgrade(path, {})).toBe(401);
      expect(await upgrade(path, strange)).toBe(401);
      expect(await upgrade(path, own)).toBe(101);
    }
  });

  it('carries the clients of both kinds', async () => {
    const tls = { ...own, ca: own.cert };
    const http = new HttpClient({ urls: [node.url], tls });
    expect(await http.send({ method: 'PUT', path: '/kv/x', body: '1' })).toMatchObject({ status: 204 });
    http.close();
    const socket = new SocketClient({ nodes: new Map([['n1', node.url]]), tls });
    expect(await socket.submit({ type: 'get', key: 'x' })).toMatchObject({ result: { type: 'ok', value: '1' } });
    socket.close();
  });
});
