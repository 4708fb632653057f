import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpClient } from '../../../src/adapter/client/http-client.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Where nobody listens. */
const NOWHERE = 'http://127.0.0.1:1';
const write = { method: 'PUT', path: '/kv/x', body: '1' };

describe('a client of the HTTP API', () => {
  it('turns to the next node where one cannot be reached, and stays with the one that answers', async () => {
    let asked = 0;
    const url = await listening((_request, response) => {
      asked += 1;
      response.writeHead(204).end();
    });
    const client = new HttpClient({ urls: [NOWHERE, url] });
    expect((await client.send(write)).status).toBe(204);
    expect((await client.send(write)).status).toBe(204);
    expect(asked).toBe(2);
    client.close();
  });

  it('says that nothing was done where nobody could be reached', async () => {
    const client = new HttpClient({ urls: [NOWHERE] });
    await expect(client.send(write)).rejects.toMatchObject({ name: 'NoAnswerError', isDefinite: true });
    client.close();
  });

  it.each(['hangs up', 'says nothing'])('never sends to another what a node has had that %s', async (what) => {
    let other = 0;
    const url = await listening((request) => {
      if (what === 'hangs up') request.socket.destroy();
    });
    const next = await listening((_request, response) => {
      other += 1;
      response.end();
    });
    const client = new HttpClient({ urls: [url, next], timeoutMs: 100 });
    await expect(client.send(write)).rejects.toMatchObject({ name: 'NoAnswerError', isDefinite: false });
    expect(other).toBe(0);
    client.close();
  });
});
