import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SocketClient } from '../../../src/adapter/client/socket-client.ts';
import type { TlsTexts } from '../../../src/adapter/config/tls-texts.ts';
import { parseConfig } from '../../../src/adapter/config/read-config.ts';
import { NodeServer } from '../../../src/adapter/serve/node-server.ts';
import { portFault } from '../../../src/adapter/serve/port-fault.ts';
import { eventually } from '../../support/eventually.ts';
import { freePorts } from '../commands/free-ports.ts';
import { certificates } from '../transport/certificates.ts';

let folder: string;
const open: NodeServer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whitewater-addresses-'));
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
  await rm(folder, { recursive: true });
});

async function start(id: string, config: string, tls?: TlsTexts): Promise<NodeServer> {
  const timeouts = 'electionTimeoutMs: { min: 50, max: 100 }\nheartbeatMs: 10\n';
  const read = parseConfig(`${config}${timeouts}`, join(folder, 'cluster.yml'), {});
  if ('error' in read) throw new Error(read.error);
  const logger = pino({ level: 'silent' });
  const options = { id, joins: false, tls, version: '', supervision: undefined, logger };
  const server = await NodeServer.open({ ...options, config: read.config });
  open.push(server);
  return server;
}

async function leads({ node }: NodeServer): Promise<void> {
  await eventually('it leads', () => (node.status().role === 'leader' ? true : undefined));
}

describe('a node with several addresses', { timeout: 30_000 }, () => {
  it('serves the same at each, and takes so many connections in sum', async () => {
    const port = await freePorts(1);
    const hosts = ['127.0.0.1', '127.0.0.2'];
    const server = await start(
      'n1',
      `nodes: { n1: [${hosts.map((host) => `${host}:${port}`).join(', ')}] }\nlimits: { connections: 4 }\n`,
    );
    await leads(server);
    for (const host of hosts) {
      const url = `http://${host}:${port}`;
      const written = await fetch(`${url}/kv/${host}`, { method: 'PUT', body: 'v', headers: { connection: 'close' } });
      expect(written.status).toBe(204);
      const client = new SocketClient({ nodes: new Map([['n1', url]]) });
      expect(await client.submit({ type: 'get', key: host })).toMatchObject({ result: { value: 'v' } });
      client.close();
    }
    let closed = 0;
    const sockets = Array.from({ length: 6 }, (_, at) =>
      connect(port, hosts[at % 2] ?? '')
        .on('error', () => undefined)
        .on('close', () => (closed += 1))
        .resume(),
    );
    await eventually('two of six are hung up on', () => (closed === 2 ? true : undefined));
    for (const socket of sockets) socket.destroy();
    await server.close();
    for (const host of hosts) await expect(fetch(`http://${host}:${port}/health`)).rejects.toThrow();
  });

  it('serves each over TLS', async () => {
    const { n1 } = await certificates();
    const port = await freePorts(1);
    const config = `nodes: { n1: [127.0.0.1:${port}, 127.0.0.2:${port}] }\ntls: { cert: a, key: b, ca: c }\n`;
    await start('n1', config, n1);
    for (const host of ['127.0.0.1', '127.0.0.2']) {
      // The certificate names one of them only.
      const agent = new Agent({ ...n1, checkServerIdentity: () => undefined });
      const sent = request({ host, port, path: '/status', agent }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(200);
      response.resume();
      agent.destroy();
    }
  });

  it('does not start where one of them cannot be had, and gives the others back', async () => {
    const port = await freePorts(1);
    const config = `nodes: { n1: [127.0.0.1:${port}, "[::1]:${port}", 192.0.2.1:${port}] }\ntoken: of-these-tests-alone\n`;
    const error: unknown = await start('n1', config).catch((reason: unknown) => reason);
    const places = ['127.0.0.1', '::1', '192.0.2.1'].map((host) => ({ host, port }));
    expect(portFault(error, 'n1', places)).toBe(
      `n1 cannot listen at 192.0.2.1:${port}: this machine has no such address.`,
    );
    const server = await start('n1', `nodes: { n1: 127.0.0.1:${port} }\n`);
    await leads(server);
  });

  it('is found at the second where the first is dead: by its peers, and by what they hand on to it', async () => {
    const first = await freePorts(2);
    const dead = '127.0.0.1:9';
    const n1 = `{ address: ["${dead}", "127.0.0.2:${first}"], listen: "127.0.0.2:${first}" }`;
    const n2 = `["127.0.0.1:${first + 1}", "127.0.0.2:${first + 1}"]`;
    const config = `nodes:\n  n1: ${n1}\n  n2: ${n2}\nmembers: [n1]\n`;
    const leader = await start('n1', config);
    await leads(leader);
    const follower = await start('n2', config);
    expect(await leader.node.changeMembership({ type: 'add-learner', node: 'n2' })).toMatchObject({ type: 'accepted' });
    await eventually('it knows its leader', () => (follower.node.status().leader === 'n1' ? true : undefined));
    const url = `http://127.0.0.2:${first + 1}`;
    const added = await fetch(`${url}/members`, {
      method: 'POST',
      body: JSON.stringify({ node: 'n3', role: 'learner', address: ['10.9.0.3:4101', '10.9.1.3:4101'] }),
    });
    expect(added.status).toBe(202);
    expect(await added.json()).toMatchObject({
      leader: 'n1',
      members: [
        { node: 'n1', address: dead, addresses: [dead, `127.0.0.2:${first}`] },
        { node: 'n2', addresses: [`127.0.0.1:${first + 1}`, `127.0.0.2:${first + 1}`] },
        { node: 'n3', address: '10.9.0.3:4101', addresses: ['10.9.0.3:4101', '10.9.1.3:4101'] },
      ],
    });
    const { peers } = (await (await fetch(`${url}/status`)).json()) as { readonly peers: readonly unknown[] };
    expect(peers).toMatchObject([{ id: 'n1', addresses: [dead, `127.0.0.2:${first}`], connected: true }, { id: 'n3' }]);
    // Whoever asked at the second of its addresses is sent to the second of the leader's.
    const redirected = await fetch(`${url}/kv/k`, {
      method: 'PUT',
      body: 'v',
      headers: { 'whitewater-route': 'redirect' },
      redirect: 'manual',
    });
    expect(redirected.headers.get('location')).toBe(`http://127.0.0.2:${first}/kv/k`);
  });

  it('is refused as a new member with an address that is none', async () => {
    const port = await freePorts(1);
    const server = await start('n1', `nodes: { n1: 127.0.0.1:${port} }\n`);
    await leads(server);
    const added = await fetch(`http://127.0.0.1:${port}/members`, {
      method: 'POST',
      body: JSON.stringify({ node: 'n3', address: ['10.9.0.3:4101', 'nowhere'] }),
    });
    expect(added.status).toBe(400);
    expect(await added.json()).toMatchObject({
      detail: 'address[1] must be an address such as 127.0.0.1:4101, but is "nowhere".',
    });
  });
});
