import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';

const readySchema = v.object({ leader: v.string() });
const factSchema = v.object({ type: v.string(), node: v.optional(v.string()), url: v.optional(v.string()) });

/** Processes of a cluster on this machine, and where they listen. */
export interface BenchCluster {
  readonly urls: ReadonlyMap<string, string>;
  readonly end: () => Promise<void>;
}

/** How long a cluster may take until it has a leader, milliseconds. With timeouts that are too short it never has. */
const READY_MS = 30_000;

/** Below the ports that this machine gives to connections that go out, so that none of those takes one of a cluster’s. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** The first of so many ports in a row on which nothing listens now. */
async function freePorts(count: number): Promise<number> {
  for (let first = FIRST_PORT; first + count <= LAST_PORT; first += count) {
    const free = await Promise.all(Array.from({ length: count }, (_, at) => isFree(first + at)));
    if (!free.includes(false)) return first;
  }
  throw new Error(`Between ${FIRST_PORT} and ${LAST_PORT}, no ${count} ports in a row are free.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A cluster as `whitewater cluster` runs it, once it has a leader. It is durable: every write is synced. Rejects where it has none. */
async function startWhitewater(nodes: number, args: readonly string[] = []): Promise<BenchCluster> {
  const port = await freePorts(nodes + 1);
  const program = join(process.cwd(), 'bin/whitewater.mjs');
  const options = [program, 'cluster', `--nodes=${nodes}`, `--port=${port}`, '--json', ...args];
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const urls = new Map<string, string>();
  let rest = '';
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`There was no leader within ${READY_MS} ms.`)), READY_MS);
    child.on('close', () => {
      clearTimeout(timer);
      reject(new Error('The cluster ended before it was ready.'));
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const fact = v.parse(factSchema, JSON.parse(line));
        if (fact.type === 'listening') urls.set(fact.node ?? '', fact.url ?? '');
        if (fact.type !== 'ready') continue;
        clearTimeout(timer);
        resolve();
      }
    });
  });
  const end = (): Promise<void> => ended(child, 'SIGINT');
  try {
    await ready;
  } catch (error) {
    await end();
    throw error;
  }
  return { urls, end };
}

/** Ends the cluster, however the work on it ends. */
export async function withCluster(
  nodes: number,
  work: (cluster: BenchCluster) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const cluster = await startWhitewater(nodes, args);
  try {
    await work(cluster);
  } finally {
    await cluster.end();
  }
}

/** Who leads, as far as any of them knows. */
export async function leaderOf({ urls }: BenchCluster): Promise<string> {
  for (;;) {
    for (const url of urls.values()) {
      const leader = await fetch(`${url}/ready`)
        .then(async (answer) => (answer.ok ? v.parse(readySchema, await answer.json()).leader : undefined))
        .catch(() => undefined);
      if (leader !== undefined && urls.has(leader)) return leader;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Three members of Debian's etcd on this machine; undefined where it is not installed. */
export async function startEtcd(): Promise<BenchCluster | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'whitewater-etcd-'));
  const port = await freePorts(20);
  const names = ['e1', 'e2', 'e3'];
  const peerOf = (at: number): string => `http://127.0.0.1:${port + 10 + at}`;
  const clientOf = (at: number): string => `http://127.0.0.1:${port + at}`;
  const initial = names.map((name, at) => `${name}=${peerOf(at)}`).join(',');
  const children: ChildProcess[] = [];
  for (const [at, name] of names.entries()) {
    const args = [
      `--name=${name}`,
      `--data-dir=${join(folder, name)}`,
      `--listen-client-urls=${clientOf(at)}`,
      `--advertise-client-urls=${clientOf(at)}`,
      `--listen-peer-urls=${peerOf(at)}`,
      `--initial-advertise-peer-urls=${peerOf(at)}`,
      `--initial-cluster=${initial}`,
    ];
    children.push(spawn('etcd', args, { stdio: 'ignore' }));
  }
  const end = async (): Promise<void> => {
    await Promise.all(children.map((child) => ended(child, 'SIGTERM')));
    await rm(folder, { recursive: true, force: true });
  };
  const missing = await Promise.race([
    once(children[0] ?? process, 'error').then(() => true),
    new Promise<false>((resolve) => setTimeout(() => resolve(false), 500)),
  ]);
  if (missing) return undefined;
  for (let tries = 0; tries < 100; tries++) {
    const healthy = await fetch(`${clientOf(0)}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return { urls: new Map(names.map((name, at) => [name, clientOf(at)])), end };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await end();
  return undefined;
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      resolve();
      return;
    }
    child.on('close', () => resolve());
    child.kill(signal);
  });
}
