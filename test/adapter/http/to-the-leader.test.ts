import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaderProxy } from '../../../src/adapter/http/leader-proxy.ts';
import { eventually } from '../../support/eventually.ts';
import { servedNodes, type Served } from './served.ts';

const token = 'a-token-that-nobody-guesses';
const bearer = { authorization: `Bearer ${token}` };

let nodes: readonly Served[] = [];
beforeAll(async () => {
  const client = 'client: { attemptTimeoutMs: 500, deadlineMs: 2000, retryDelayMs: 10 }';
  nodes = await servedNodes(2, `token: ${token}\n${client}\n`);
});
afterAll(() => Promise.all(nodes.map((node) => node.close())));

/** Who leads and who does not, when both agree. */
function roles(): Promise<{ readonly leader: Served; readonly follower: Served }> {
  return eventually('a leader and its follower', () => {
    const [one, other] = nodes.map(({ server }) => server.node.core);
    if (one?.leader === undefined || one.leader !== other?.leader) return undefined;
    const leader = nodes.find(({ server }) => server.node.id === one.leader);
    const follower = nodes.find(({ server }) => server.node.id !== one.leader);
    return leader && follower && { leader, follower };
  });
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function ask({ url }: Served, path: string, { headers = bearer, ...rest }: Asking = {}): Promise<Response> {
  return fetch(`${url}${path}`, { redirect: 'manual', headers, ...rest });
}

describe('a follower that is asked', () => {
  it('hands on what only a leader can begin, and the caller’s token with it', async () => {
    const { leader, follower } = await roles();
    const body = JSON.stringify({ node: 'n3', role: 'learner', address: '127.0.0.1:4103' });
    expect((await ask(follower, '/members', { method: 'POST', headers: {}, body })).status).toBe(401);
    const added = await eventually('the leader has begun it', async () => {
      const answer = await ask(follower, '/members', { method: 'POST', body });
      return answer.status === 202 ? answer : undefined;
    });
    expect(await added.json()).toMatchObject({ leader: leader.server.node.id });
    // It is the leader’s own answer, a refusal too.
    const again = await ask(follower, '/transfer', { method: 'POST', body: '{"to":"n9"}' });
    expect(again.status).toBe(409);
  });

  it('hands on nothing that was handed on before, so that nothing goes in a circle', async () => {
    const { follower } = await roles();
    const headers = { ...bearer, 'whitewater-handed-on': '1' };
    const refused = await ask(follower, '/members/n3', { method: 'DELETE', headers });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ type: 'urn:whitewater:problem:not-taken', outcome: 'not-taken' });
  });

  it('names the leader instead where that is asked for, and the leader answers itself', async () => {
    const { leader, follower } = await roles();
    const headers = { ...bearer, 'whitewater-route': 'redirect' };
    for (const [path, method] of [
      ['/kv/x', 'PUT'],
      ['/kv/x?y=z', 'GET'],
      ['/members/n7', 'DELETE'],
    ] as const) {
      const sent = await ask(follower, path, { method, headers });
      expect(sent.status).toBe(307);
      expect(sent.headers.get('location')).toBe(`${leader.url}${path}`);
      expect(sent.headers.get('whitewater-leader')).toBe(leader.server.node.id);
    }
    expect((await ask(leader, '/kv/x', { method: 'PUT', headers, body: '1' })).status).toBe(204);
  });

  it('answers no read before the entry that it is asked not to be older than', async () => {
    const { leader, follower } = await roles();
    const written = await ask(leader, '/kv/x', { method: 'PUT', body: '2' });
    const index = Number(written.headers.get('whitewater-index'));
    const read = (mode: string, notBefore: number): Promise<Response> =>
      ask(follower, '/kv/x', {
        headers: { ...bearer, 'whitewater-read': mode, 'whitewater-not-before': String(notBefore) },
      });
    const modes = ['stale', 'read-index', 'lease', 'follower'];
    for (const mode of modes) expect(await (await read(mode, index)).text()).toBe('2');
    const tooNew = await Promise.all(modes.map((mode) => read(mode, index + 1_000)));
    expect(tooNew.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  });
});

describe('a leader that cannot be reached', () => {
  it('has not begun what it was never sent', async () => {
    const request = { method: 'POST', url: '/members', headers: {}, body: undefined };
    const answer = new LeaderProxy(undefined).handOn(
      request as unknown as FastifyRequest,
      undefined as unknown as FastifyReply,
      ['127.0.0.1:1'],
    );
    await expect(answer).rejects.toMatchObject({ type: 'not-taken', fields: { outcome: 'not-taken' } });
  });
});

describe('a node that knows of no leader', () => {
  it('is alive, and not ready', async () => {
    const [alone, gone] = await servedNodes(2);
    if (alone === undefined || gone === undefined) throw new Error('There are no two nodes.');
    await eventually('it is ready', async () =>
      (await fetch(`${alone.url}/ready`)).status === 200 ? true : undefined,
    );
    await gone.close();
    const answer = await eventually('it is not ready any more', async () => {
      const ready = await fetch(`${alone.url}/ready`);
      return ready.status === 503 ? ready : undefined;
    });
    expect(await answer.json()).toMatchObject({ type: 'urn:whitewater:problem:not-ready' });
    expect((await fetch(`${alone.url}/health`)).status).toBe(200);
    expect(await (await fetch(`${alone.url}/metrics`)).text()).toContain('whitewater_has_leader{node="n1"} 0');
    await alone.close();
  });
});
