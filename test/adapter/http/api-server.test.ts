import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { served, type Served } from './served.ts';

let node: Served;
beforeAll(async () => {
  node = await served();
});
afterAll(() => node.close());

interface Description {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
}

describe('the description of the API', () => {
  it('describes every route that there is, and no other', async () => {
    const described = (await (await fetch(`${node.url}/openapi.json`)).json()) as Description;
    expect(described.openapi).toBe('3.1.0');
    expect(described.info.version).toBe('1.2.3');
    const told = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const real = node.server.api.routes.filter((route) => !/^(HEAD|OPTIONS) /.test(route));
    expect(told.sort()).toEqual([...real].sort());
  });

  it('refers to nothing that it does not hold', async () => {
    const text = await (await fetch(`${node.url}/openapi.json`)).text();
    const described = JSON.parse(text) as { readonly components: { readonly schemas: object } };
    for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(Object.keys(described.components.schemas)).toContain(name);
    }
  });
});

describe('a node', () => {
  it('tells how it is, who belongs to the cluster, and what stands in its log', async () => {
    await fetch(`${node.url}/kv/x`, { method: 'PUT', body: '1' });
    expect(await (await fetch(`${node.url}/status`)).json()).toMatchObject({ id: 'n1', role: 'leader', keys: 1 });
    expect(await (await fetch(`${node.url}/members`)).json()).toMatchObject({
      leader: 'n1',
      members: [{ node: 'n1', role: 'voter', address: `127.0.0.1:${node.port}` }],
    });
    const { entries } = (await (await fetch(`${node.url}/log?from=2&limit=1`)).json()) as { entries: unknown[] };
    expect(entries).toMatchObject([{ index: 2, type: 'command', command: { operation: { type: 'set', key: 'x' } } }]);
  });

  it('gives its figures to Prometheus', async () => {
    const response = await fetch(`${node.url}/metrics`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('whitewater_is_leader{node="n1"} 1');
    expect(text).toMatch(/whitewater_http_request_duration_seconds_count\{node="n1",route="\/status"/);
    for (const line of text.split('\n')) expect(line).toMatch(/^(|#.*|[a-z0-9_:]+(\{[^}]*\})? [0-9.e+-]+|.* Nan)$/i);
  });

  it('refuses what makes no sense of members, leads and snapshots, with a reason', async () => {
    const post = async (path: string, body: unknown, method: 'POST' | 'PATCH' | 'DELETE' = 'POST'): Promise<unknown> =>
      (await fetch(`${node.url}${path}`, { method, body: JSON.stringify(body) })).json();
    expect(await post('/members', { node: 'six' })).toMatchObject({
      detail: 'node must be a node such as n1, but is "six".',
    });
    expect(await post('/members', { node: 'n6', vote: true })).toMatchObject({ detail: 'vote is not a known field.' });
    expect(await post('/members/n9', undefined, 'DELETE')).toMatchObject({
      type: 'urn:whitewater:problem:no-such-member',
    });
    expect(await post('/members/n1', { role: 'learner' }, 'PATCH')).toMatchObject({ reason: 'no-voters-left' });
    expect(await post('/transfer', { to: 'n1' })).toMatchObject({ reason: 'leads-already' });
    expect(await post('/processes/n1/kill', {})).toMatchObject({ type: 'urn:whitewater:problem:no-supervisor' });
    expect(await post('/nowhere', {})).toMatchObject({ type: 'urn:whitewater:problem:no-such-route' });
  });
});

function listen(path: string, headers = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${node.url}${path}`, { headers }, resolve).on('error', reject);
  });
}

describe('the stream of events', () => {
  it('tells what happens, as it happens, as lines and as server-sent events', async () => {
    const streams = [await listen('/events?quiet'), await listen('/events', { accept: 'text/event-stream' })];
    const texts = ['', ''];
    for (const [at, stream] of streams.entries()) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        texts[at] += text;
      });
    }
    await fetch(`${node.url}/kv/seen`, { method: 'PUT', body: '1' });
    await eventually('both tell of it', () => (texts.every((text) => text.includes('"applied"')) ? true : undefined));
    const [lines = '', sse = ''] = texts;
    for (const line of lines.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ actor: 'n1' });
    expect(sse).toMatch(/^data: \{/);
    for (const stream of streams) stream.destroy();
  });

  it('begins with what happened lately where that is asked for', async () => {
    const stream = await listen('/events?recent');
    const [first] = (await once(stream.setEncoding('utf8'), 'data')) as [string];
    expect(first).toContain('"became-leader"');
    stream.destroy();
  });

  it('begins with the latest where what happened lately is very much, and says how many it leaves out', async () => {
    const value = 'x'.repeat(60_000);
    const write = (_: unknown, at: number): Promise<Response> =>
      fetch(`${node.url}/kv/much-${at}`, { method: 'PUT', body: value });
    for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 60 }, write));
    const told = await (await fetch(`${node.url}/events?recent&end`)).text();
    expect(told.length).toBeLessThan(8_500_000);
    expect(told.length).toBeGreaterThan(7_500_000);
    const [first = '', ...lines] = told.trimEnd().split('\n');
    expect(first).toMatch(/^\{"dropped":[1-9]\d*\}$/);
    expect(lines.filter((line) => line.includes('"applied"')).at(-1)).toContain('"much-');
    const log = await (await fetch(`${node.url}/log`)).text();
    expect(log.length).toBeLessThan(9_000_000);
  });

  it('has room for 32 listeners, of which a HEAD is none, and tells the next one so', async () => {
    expect((await fetch(`${node.url}/events`, { method: 'HEAD' })).status).toBe(404);
    const streams = await Promise.all(Array.from({ length: 32 }, () => listen('/events')));
    const refused = await fetch(`${node.url}/events`);
    expect(await refused.json()).toMatchObject({ type: 'urn:whitewater:problem:too-many-listeners', status: 503 });
    for (const stream of streams) stream.destroy();
    await eventually('there is room again', async () => {
      const stream = await listen('/events');
      stream.destroy();
      return stream.statusCode === 200 ? true : undefined;
    });
  });

  it('leaves events out for a listener that does not read, and says how many', { timeout: 30_000 }, async () => {
    const stream = await listen('/events');
    stream.pause();
    const value = 'x'.repeat(60_000);
    const write = (_: unknown, at: number): Promise<Response> =>
      fetch(`${node.url}/kv/flood-${at}`, { method: 'PUT', body: value });
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 30 }, write));
    let [rest, missed] = ['', false];
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      missed ||= lines.some((line) => /^\{"dropped":[1-9]\d*\}$/.test(line));
    });
    stream.resume();
    await eventually('it is told what it missed', async () => {
      await fetch(`${node.url}/kv/after`, { method: 'PUT', body: '1' });
      return missed ? true : undefined;
    });
    stream.destroy();
  });
});
