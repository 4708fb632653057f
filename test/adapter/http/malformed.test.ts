import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, nextUint32 } from '../../../src/raft/random.ts';
import { served, type Served } from './served.ts';

const REQUESTS = 100_000;
const CONNECTIONS = 8;
/** Requests that go over one connection before it is closed, at most. */
const PER_CONNECTION = 500;
const token = 'a-token-that-nobody-guesses';

let node: Served;
beforeAll(async () => {
  node = await served(`token: ${token}\n`);
});
afterAll(() => node.close());

/** Draws bad requests: a seed gives the same ones. */
class BadRequests {
  readonly #random;

  constructor(seed: number) {
    this.#random = createRandom(seed, 'bad requests');
  }

  next(): string {
    const body = this.#pick(['', 'x', '{"node":', '{"node":"n9"}', '\xff\xfe', '{"expected":1}', 'y'.repeat(300)]);
    const authorization = this.#pick(['', '', 'Bearer wrong', `Basic ${token}`, 'Bearer', `Bearer ${token}`]);
    // Who knows the token asks for what cannot be, and nothing of it may change anything.
    const isKnown = authorization === `Bearer ${token}`;
    const method = this.#pick(isKnown ? ['GET', 'PUT', 'POST', 'PATCH'] : ['GET', 'PUT', 'POST', 'PATCH', 'DELETE']);
    const path = isKnown
      ? this.#pick(['/kv/%zz', '/kv/', `/kv/${'k'.repeat(300)}`, '/members/n', '/nowhere', '/kv/x/append/y'])
      : this.#pick(['/kv/x', '/members', '/members/n1', '/transfer', '/snapshot', '/events', '/log', '/kv/x/append']);
    const headers = [
      `host: ${this.#pick(['localhost', '127.0.0.1', 'n1'])}`,
      authorization === '' ? '' : `authorization: ${authorization}`,
      this.#pick(['', '', 'whitewater-read: fast', 'whitewater-sequence: -1', `x: ${'h'.repeat(200)}`, 'origin: null']),
      `content-length: ${this.#pick([String(body.length), String(body.length), String(body.length), 'many', '-1'])}`,
    ];
    const protocol = this.#pick(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/9', 'HTTP']);
    return `${method} ${path} ${protocol}\r\n${headers.filter((line) => line !== '').join('\r\n')}\r\n\r\n${body}`;
  }

  #pick(choices: readonly string[]): string {
    return choices[nextUint32(this.#random) % choices.length] ?? '';
  }
}

/** Sends requests until the server hangs up or there are no more for this connection; gives how many, and the answers' statuses. */
function sendSome(bad: BadRequests, statuses: Map<string, number>): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(node.port, '127.0.0.1');
    let sent = 0;
    socket.setEncoding('latin1').on('data', (text) => {
      for (const [, status = ''] of String(text).matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      if (sent < PER_CONNECTION) sendNext();
      else socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(sent));
    const sendNext = (): void => {
      // Several at a time, as a flood would come.
      const batch = Array.from({ length: 10 }, () => bad.next());
      sent += batch.length;
      socket.write(batch.join(''), 'latin1');
    };
    socket.on('connect', sendNext);
  });
}

describe('100,000 requests that are malformed, too large or without the token', () => {
  it('change nothing, crash nothing and fill no memory', { timeout: 180_000 }, async () => {
    const authorized = { authorization: `Bearer ${token}` };
    await fetch(`${node.url}/kv/x`, { method: 'PUT', body: 'untouched', headers: authorized });
    const before = node.server.node.status();
    const memoryBefore = process.memoryUsage().rss;
    const bad = new BadRequests(5);
    const statuses = new Map<string, number>();
    let sent = 0;
    const lane = async (): Promise<void> => {
      while (sent < REQUESTS) sent += await sendSome(bad, statuses);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, lane));
    expect(sent).toBeGreaterThanOrEqual(REQUESTS);
    for (const status of statuses.keys()) expect(['400', '401', '403', '404', '413', '415']).toContain(status);
    const after = node.server.node.status();
    expect({
      term: after.term,
      lastIndex: after.lastIndex,
      configuration: after.configuration,
      keys: after.keys,
    }).toEqual({
      term: before.term,
      lastIndex: before.lastIndex,
      configuration: before.configuration,
      keys: before.keys,
    });
    const read = await fetch(`${node.url}/kv/x`, { headers: authorized });
    expect(await read.text()).toBe('untouched');
    expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(300 * 1_048_576);
  });
});
