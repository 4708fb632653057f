import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpClient } from '../../../src/adapter/client/http-client.ts';

const servers: Server[] = [];
const open: (() => void)[] = [];
afterEach(() => {
  for (const end of open.splice(0)) end();
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

/** Who listens, and takes no connections: its process stands still, and as many wait as may. */
async function standingStill(): Promise<string> {
  const program = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(said.toString('utf8'));
  open.push(() => child.kill('SIGKILL'));
  child.kill('SIGSTOP');
  const waiting = Array.from({ length: 2 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  for (const socket of waiting) {
    open.push(() => socket.destroy());
    await once(socket, 'connect');
  }
  return `http://127.0.0.1:${port}`;
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

  it('turns to the next node where a connection does not come about, as in a network that has failed', async () => {
    const stopped = await standingStill();
    const url = await listening((_request, response) => response.writeHead(204).end());
    const client = new HttpClient({ urls: [stopped, url] });
    const { ended } = client.follow(stopped, '/events', () => undefined);
    const gone = expect(ended).rejects.toThrow(`${stopped} gives no answer (none within 2000 ms).`);
    expect((await client.send(write)).status).toBe(204);
    await gone;
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
