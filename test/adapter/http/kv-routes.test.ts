import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { served, type Served } from './served.ts';

let node: Served;
beforeAll(async () => {
  node = await served();
});
afterAll(() => node.close());

function kv(key: string, init: RequestInit = {}, more = ''): Promise<Response> {
  return fetch(`${node.url}/kv/${encodeURIComponent(key)}${more}`, init);
}

interface Told {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly [field: string]: unknown;
}

async function problem(response: Response): Promise<Told> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const told = (await response.json()) as Told;
  expect(told.status).toBe(response.status);
  return told;
}

describe('keys over HTTP', () => {
  it('are written, read, appended to, swapped and deleted', async () => {
    const written = await kv('x', { method: 'PUT', body: 'one' });
    expect(written.status).toBe(204);
    expect(Number(written.headers.get('whitewater-index'))).toBeGreaterThan(0);
    expect((await kv('x', { method: 'POST', body: ' two' }, '/append')).status).toBe(204);
    const read = await kv('x');
    expect(await read.text()).toBe('one two');
    expect(read.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(read.headers.get('whitewater-via')).toBe('read-index');
    const swap = (expected: string | null): Promise<Response> =>
      kv('x', { method: 'POST', body: JSON.stringify({ expected, value: 'three' }) }, '/compare-and-set');
    expect(await problem(await swap('other'))).toMatchObject({
      type: 'urn:whitewater:problem:mismatch',
      status: 412,
      actual: 'one two',
    });
    expect(await problem(await swap(null))).toMatchObject({ status: 412 });
    expect((await swap('one two')).status).toBe(204);
    expect((await kv('x', { method: 'DELETE' })).status).toBe(204);
    expect(await problem(await kv('x'))).toMatchObject({ type: 'urn:whitewater:problem:no-such-key', status: 404 });
    expect((await swap(null)).status).toBe(204);
  });

  it('may hold anything that is text, and so may values', async () => {
    for (const key of ['a/b', 'ü?#%', ' ', 'x'.repeat(256), '../status', '\u0000', '𝄞']) {
      const value = `${key}\r\n\u0000 value`;
      expect((await kv(key, { method: 'PUT', body: value })).status).toBe(204);
      expect(await (await kv(key)).text()).toBe(value);
    }
    expect((await kv('empty', { method: 'PUT', body: '' })).status).toBe(204);
    expect((await kv('empty')).status).toBe(200);
    const bom = '\ufefftext';
    await kv('bom', { method: 'PUT', body: bom });
    expect(Buffer.from(await (await kv('bom')).arrayBuffer()).toString()).toBe(bom);
  });

  it('over a limit, or no text, are refused with nothing changed', async () => {
    expect(await problem(await kv('k'.repeat(257)))).toMatchObject({ type: 'urn:whitewater:problem:too-large' });
    expect(await problem(await kv('k'.repeat(2_000)))).toMatchObject({ type: 'urn:whitewater:problem:too-large' });
    expect(await problem(await kv('big', { method: 'PUT', body: 'x'.repeat(65_537) }))).toMatchObject({
      type: 'urn:whitewater:problem:too-large',
    });
    expect(await problem(await kv('big', { method: 'PUT', body: 'x'.repeat(1_100_000) }))).toMatchObject({
      type: 'urn:whitewater:problem:too-large',
    });
    expect(await problem(await kv('big', { method: 'PUT', body: Buffer.from([0xff, 0xfe]) }))).toMatchObject({
      type: 'urn:whitewater:problem:not-text',
    });
    expect((await kv('big')).status).toBe(404);
    await kv('full', { method: 'PUT', body: 'x'.repeat(65_536) });
    expect(await problem(await kv('full', { method: 'POST', body: 'x' }, '/append'))).toMatchObject({
      type: 'urn:whitewater:problem:refused',
      status: 409,
    });
    expect(await problem(await fetch(`${node.url}/kv/%ff`))).toMatchObject({ status: 400 });
    expect(await problem(await fetch(`${node.url}/kv/`))).toMatchObject({ status: 400 });
  });

  it('are read in the way that is asked for, and not before an entry', async () => {
    const index = (await kv('r', { method: 'PUT', body: '1' })).headers.get('whitewater-index') ?? '';
    for (const mode of ['log', 'read-index', 'follower', 'stale']) {
      const read = await kv('r', { headers: { 'whitewater-read': mode, 'whitewater-not-before': index } });
      expect(await read.text()).toBe('1');
      expect(read.headers.get('whitewater-via')).toBe(mode === 'follower' ? 'read-index' : mode);
    }
    expect(await problem(await kv('r', { headers: { 'whitewater-read': 'fast' } }))).toMatchObject({
      detail: 'The header whitewater-read must be log, read-index, lease, follower, stale, but is "fast".',
    });
  });

  it('are written once, however often a numbered write is sent', async () => {
    const append = (sequence: number, client = 'till-7'): Promise<Response> =>
      kv(
        'till',
        {
          method: 'POST',
          body: 'x',
          headers: { 'whitewater-client': client, 'whitewater-sequence': String(sequence) },
        },
        '/append',
      );
    const [first, again, ...rest] = await Promise.all([append(1), append(1), append(1)]);
    expect([first.status, again.status, ...rest.map(({ status }) => status)]).toEqual([204, 204, 204]);
    expect((await append(1)).status).toBe(204);
    expect(await (await kv('till')).text()).toBe('x');
    expect((await append(2)).status).toBe(204);
    expect(await problem(await append(1))).toMatchObject({ type: 'urn:whitewater:problem:refused' });
    expect((await append(1, 'till-8')).status).toBe(204);
    expect(await (await kv('till')).text()).toBe('xxx');
    expect(
      await problem(await kv('till', { method: 'PUT', body: 'y', headers: { 'whitewater-client': 'a' } })),
    ).toMatchObject({ status: 400 });
  });
});

describe('what nobody can tell', () => {
  it('is told apart from what was not done', async () => {
    // The other of two members is nowhere: what this one takes on it cannot commit, and without a lead it takes nothing on.
    const alone = await served('members: [n1]\nclient: { attemptTimeoutMs: 50, deadlineMs: 200, retryDelayMs: 10 }\n');
    try {
      expect((await fetch(`${alone.url}/kv/k`, { method: 'PUT', body: 'v' })).status).toBe(204);
      const added = await fetch(`${alone.url}/members`, { method: 'POST', body: JSON.stringify({ node: 'n2' }) });
      expect(added.status).toBe(202);
      const lost = await problem(await fetch(`${alone.url}/kv/k`, { method: 'PUT', body: 'v' }));
      expect(['fate-unknown', 'not-taken'].map((type) => `urn:whitewater:problem:${type}`)).toContain(lost.type);
      expect(lost['outcome']).toBe(lost.status === 504 ? 'unknown' : 'not-taken');
      const read = await problem(await fetch(`${alone.url}/kv/k`));
      expect(read).toMatchObject({ type: 'urn:whitewater:problem:not-taken', status: 503, outcome: 'not-taken' });
    } finally {
      await alone.close();
    }
  });
});
