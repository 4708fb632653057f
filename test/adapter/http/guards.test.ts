import { request as rawRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { served, type Served } from './served.ts';

const token = 'a-token-that-nobody-guesses';
let open: Served;
let guarded: Served;
beforeAll(async () => {
  [open, guarded] = await Promise.all([
    served('limits: { requestMs: 400 }\n'),
    served(`token: ${token}\norigins: ["https://page.example"]\n`),
  ]);
});
afterAll(() => Promise.all([open.close(), guarded.close()]));

/** As fetch does it, but with whatever headers. */
function send(
  { port }: Served,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly type: string }> {
  return new Promise((resolve, reject) => {
    const sent = rawRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => {
        const type = body.startsWith('{') ? (JSON.parse(body) as { readonly type?: string }).type : undefined;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, type: type ?? '' });
      });
    });
    sent.on('error', reject).end();
  });
}

const bearer = { authorization: `Bearer ${token}` };

describe('a token', () => {
  it('is needed for everything that tells or changes anything', async () => {
    for (const path of ['/kv/x', '/status', '/members', '/log', '/events', '/metrics', '/processes']) {
      expect(await send(guarded, path)).toMatchObject({ status: 401, type: 'urn:whitewater:problem:unauthorized' });
      expect((await send(guarded, path, { authorization: 'Bearer a-token-that-nobody-guessed' })).status).toBe(401);
      expect((await send(guarded, path, { authorization: `Basic ${token}` })).status).toBe(401);
    }
    for (const method of ['PUT', 'DELETE']) expect((await send(guarded, '/kv/x', {}, method)).status).toBe(401);
    expect((await send(guarded, '/status', bearer)).status).toBe(200);
  });

  it('is not needed to see that the process is alive, or what the API is', async () => {
    for (const path of ['/health', '/ready', '/openapi.json']) expect((await send(guarded, path)).status).toBe(200);
  });

  it('is needed to come in over a WebSocket', async () => {
    const refused = new WebSocket(`ws://127.0.0.1:${guarded.port}/client`);
    const status = await new Promise((resolve) => {
      refused.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      refused.on('error', () => undefined);
    });
    expect(status).toBe(401);
    const accepted = new WebSocket(`ws://127.0.0.1:${guarded.port}/client`, { headers: bearer });
    await new Promise((resolve) => accepted.on('open', resolve));
    accepted.terminate();
  });

  it('never comes into the log, and neither do values', async () => {
    await send(guarded, '/kv/secret-key', { ...bearer, 'whitewater-read': 'nonsense' });
    await fetch(`${guarded.url}/kv/secret-key`, { method: 'PUT', body: 'a-secret-value', headers: bearer });
    expect(guarded.logged()).toContain('leads term');
    for (const secret of [token, 'a-secret-value']) expect(guarded.logged()).not.toContain(secret);
  });
});

describe('pages of browsers', () => {
  it('may call from this machine and from where the configuration says, and from nowhere else', async () => {
    const allowed = (node: Served, origin: string, headers = {}): Promise<{ readonly status: number }> =>
      send(node, '/status', { origin, ...headers });
    expect((await allowed(open, 'http://localhost:5173')).status).toBe(200);
    expect((await allowed(open, open.url)).status).toBe(200);
    const strangers = ['https://evil.example', 'null', 'http://127.0.0.1.evil.example', 'https://page.example'];
    for (const origin of [...strangers, 'chrome-extension://127.0.0.1']) {
      expect(await allowed(open, origin)).toMatchObject({
        status: 403,
        type: 'urn:whitewater:problem:forbidden-origin',
      });
    }
    const page = await send(guarded, '/status', { ...bearer, origin: 'https://page.example' });
    expect(page.headers['access-control-allow-origin']).toBe('https://page.example');
    expect((await allowed(guarded, 'https://evil.example', bearer)).status).toBe(403);
    const asked = { origin: 'https://page.example', 'access-control-request-headers': 'authorization' };
    const preflight = await send(guarded, '/kv/x', asked, 'OPTIONS');
    expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-headers': 'authorization' } });
  });

  it('may come from everywhere where the configuration says so, but not without a token', async () => {
    const all = await served('origins: ["*"]\n');
    const allGuarded = await served(`origins: ["*"]\ntoken: ${token}\n`);
    const origin = 'https://anywhere.example';
    expect((await send(all, '/status', { origin })).status).toBe(403);
    const page = await send(allGuarded, '/status', { ...bearer, origin });
    expect(page).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': origin } });
    await Promise.all([all.close(), allGuarded.close()]);
  });

  it('cannot come by way of a name of their own that points here', async () => {
    expect(await send(open, '/status', { host: `evil.example:${open.port}` })).toMatchObject({
      status: 403,
      type: 'urn:whitewater:problem:forbidden-host',
    });
    expect((await send(open, '/status', { host: `localhost:${open.port}` })).status).toBe(200);
  });

  it('cannot open a WebSocket from elsewhere', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${open.port}/client`, { origin: 'https://evil.example' });
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.on('error', () => undefined);
    });
    expect(status).toBe(403);
  });
});

/** Sends that over a connection of its own; gives the status line of the answer, or nothing. */
function sendBytes({ port }: Served, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.write(bytes);
  });
}

describe('what is no proper request', () => {
  it('gets one answer and is hung up on', async () => {
    expect(await sendBytes(open, 'not http at all\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*bad-request/s);
    const long = `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`;
    expect(await sendBytes(open, long)).toMatch(/^HTTP\/1\.1 431 .*headers-too-large/s);
    const both = 'PUT /kv/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc';
    expect(await sendBytes(open, both)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is not waited for longer than the limit', async () => {
    expect(await sendBytes(open, 'PUT /kv/slow HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nabc')).toMatch(
      /^HTTP\/1\.1 408 .*too-slow/s,
    );
    expect((await fetch(`${open.url}/kv/slow`)).status).toBe(404);
  });
});
