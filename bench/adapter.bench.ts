import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterNode } from '../src/adapter/node/cluster-node.ts';
import { NodeDisk } from '../src/adapter/node/node-disk.ts';
import { SocketClient } from '../src/adapter/client/socket-client.ts';
import { defaultRun } from '../src/adapter/config/cluster-config.ts';
import type { Operation } from '../src/kv/command.ts';
import { leaderOf, startEtcd, withCluster, type BenchCluster } from './adapter-cluster.ts';
import { benchFailover } from './adapter-failover.ts';
import { benchSnapshot } from './adapter-snapshot.ts';
import { LeanHttp, load, type Caller, type Load } from './adapter-load.ts';
import type { Report } from './report.ts';

const number = (name: string, usual: number): number => Number(process.env[name] ?? usual);

/** How long each load lasts. */
const SECONDS = number('ADAPTER_SECONDS', 3);
/** How often the leader is killed at each of the timeouts. */
const KILLS = number('ADAPTER_KILLS', 5);
/** With how many entries a node is restarted; the figure is 1,000,000. */
const ENTRIES = number('ADAPTER_ENTRIES', 100_000);
const CLIENTS = [1, 64, 256];
const SIZES = [3, 5, 7, 9, 11];
const VALUE = 'v'.repeat(256);

/** etcd 3.4 on a machine of this kind, as its own benchmark measures it over gRPC: writes by 1, 64 and 256 clients, reads by 64. */
const ETCD_WRITES: Readonly<Record<number, number>> = { 1: 1_009, 64: 8_163, 256: 9_502 };
const ETCD_READS = 6_896;

/** Real processes on this machine: each write is synced by each node. The load comes from this process, on the same cores. */
export async function run(report: Report): Promise<void> {
  const wanted = (process.env['ADAPTER_CASES'] ?? 'load,etcd,sizes,keys,snapshot,restart,failover').split(',');
  const overHttp = wanted.includes('load') ? await benchLoad(report) : new Map<string, number>();
  if (wanted.includes('etcd')) await benchEtcd(report, overHttp);
  if (wanted.includes('sizes')) await benchSizes(report);
  if (wanted.includes('keys')) await benchKeys(report);
  if (wanted.includes('snapshot')) await benchSnapshot(report);
  if (wanted.includes('restart')) await benchRestart(report);
  if (wanted.includes('failover')) await benchFailover(report, KILLS);
}

function tell(report: Report, name: string, { perSecond, p50, p99 }: Load, etcd?: number): void {
  report(name, Math.round(perSecond), 'a second');
  report(`${name}, p50`, Number(p50.toFixed(2)), 'ms');
  report(`${name}, p99`, Number(p99.toFixed(2)), 'ms');
  if (etcd !== undefined) report(`${name}, to etcd’s ${etcd}`, Number((perSecond / etcd).toFixed(2)), 'times');
}

function isRead(round: number): boolean {
  return round % 10 !== 0;
}

/** Writes and 90 % reads by so many clients: what is called how, and which of the rounds read. */
const MIXES = [
  { mix: 'writes', reads: () => false },
  { mix: '90 % reads', reads: isRead },
] as const;

function recorded(clients: number, mix: string): number | undefined {
  return mix === 'writes' ? ETCD_WRITES[clients] : clients === 64 ? ETCD_READS : undefined;
}

/** @returns how many requests a second were answered over HTTP, by case, for the ratio to an etcd beside. */
async function benchLoad(report: Report): Promise<ReadonlyMap<string, number>> {
  const overHttp = new Map<string, number>();
  await withCluster(3, async (cluster) => {
    const url = cluster.urls.get(await leaderOf(cluster)) ?? '';
    // The engine compiles what it has seen often: without this the first figure is that of cold code.
    await httpLoad(url, 64, isRead);
    await socketLoad(cluster, 64, isRead);
    for (const { mix, reads } of MIXES) {
      for (const clients of CLIENTS) {
        const http = await httpLoad(url, clients, reads);
        overHttp.set(`${mix}, HTTP, ${clients} clients`, http.perSecond);
        tell(report, `${mix}, HTTP, ${clients} clients`, http, recorded(clients, mix));
        const socket = await socketLoad(cluster, clients, reads);
        tell(report, `${mix}, WebSocket, ${clients} clients`, socket, recorded(clients, mix));
      }
    }
  });
  return overHttp;
}

async function httpLoad(url: string, clients: number, reads: (round: number) => boolean): Promise<Load> {
  const connections = Array.from({ length: clients }, () => new LeanHttp(url));
  const callers = connections.map((http, at): Caller => async (round) => {
    const key = `/kv/key-${at}-${round % 100}`;
    const status = reads(round) ? await http.send('GET', key) : await http.send('PUT', key, VALUE);
    if (status >= 500) throw new Error(`A request ended with status ${status}.`);
  });
  const result = await load(callers, SECONDS);
  for (const http of connections) http.close();
  return result;
}

async function socketLoad({ urls }: BenchCluster, clients: number, reads: (round: number) => boolean): Promise<Load> {
  const client = new SocketClient({ nodes: urls });
  const callers = Array.from({ length: clients }, (_, at): Caller => async (round) => {
    const key = `key-${at}-${round % 100}`;
    const operation: Operation = reads(round) ? { type: 'get', key } : { type: 'set', key, value: VALUE };
    const fate = await client.submit(operation);
    if (fate.type !== 'committed') throw new Error(fate.reason);
  });
  const result = await load(callers, SECONDS);
  client.close();
  return result;
}

/** The same load on the HTTP gateway of an etcd that is installed here, and the ratio to it of what was measured before. */
async function benchEtcd(report: Report, overHttp: ReadonlyMap<string, number>): Promise<void> {
  const etcd = await startEtcd();
  if (etcd === undefined) {
    console.error('  etcd is not installed here, so it does not run beside.');
    return;
  }
  const [url = ''] = etcd.urls.values();
  for (const { mix, reads } of MIXES) {
    for (const clients of CLIENTS) {
      const name = `${mix}, HTTP, ${clients} clients`;
      const beside = await etcdLoad(url, clients, reads);
      tell(report, `etcd beside, ${name}`, beside);
      const ours = overHttp.get(name);
      if (ours !== undefined) report(`${name}, to etcd beside`, Number((ours / beside.perSecond).toFixed(2)), 'times');
    }
  }
  await etcd.end();
}

async function etcdLoad(url: string, clients: number, reads: (round: number) => boolean): Promise<Load> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const value = base64(VALUE);
  const connections = Array.from({ length: clients }, () => new LeanHttp(url));
  const callers = connections.map((http, at): Caller => async (round) => {
    const key = base64(`key-${at}-${round % 100}`);
    const status = reads(round)
      ? await http.send('POST', '/v3/kv/range', JSON.stringify({ key }))
      : await http.send('POST', '/v3/kv/put', JSON.stringify({ key, value }));
    if (status >= 300) throw new Error(`etcd answered with status ${status}.`);
  });
  const result = await load(callers, SECONDS);
  for (const http of connections) http.close();
  return result;
}

/** How many of ten requests are writes. */
const WRITES_OF_TEN = [10, 5, 1];

async function benchSizes(report: Report): Promise<void> {
  for (const nodes of SIZES) {
    await withCluster(nodes, async (cluster) => {
      for (const writes of WRITES_OF_TEN) {
        const { perSecond, p50, p99 } = await socketLoad(cluster, 64, (round) => round % 10 >= writes);
        const name = `${nodes} nodes, ${100 - 10 * writes} % reads, WebSocket, 64 clients`;
        report(name, Math.round(perSecond), 'a second');
        report(`${name}, p50`, Number(p50.toFixed(2)), 'ms');
        report(`${name}, p99`, Number(p99.toFixed(2)), 'ms');
      }
    });
  }
}

function benchKeys(report: Report): Promise<void> {
  return withCluster(3, async ({ urls }) => {
    const client = new SocketClient({ nodes: urls, attemptTimeoutMs: 10_000, deadlineMs: 60_000 });
    const all = async (operationOf: (at: number) => Operation): Promise<number> => {
      const begunMs = performance.now();
      const fates = await Promise.all(Array.from({ length: 10_000 }, (_, at) => client.submit(operationOf(at))));
      const missed = fates.find(({ type }) => type !== 'committed');
      if (missed !== undefined && missed.type !== 'committed') throw new Error(missed.reason);
      return Math.round(performance.now() - begunMs);
    };
    report('10,000 keys in', await all((at) => ({ type: 'set', key: `key-${at}`, value: VALUE })), 'ms');
    report('10,000 keys out', await all((at) => ({ type: 'get', key: `key-${at}` })), 'ms');
    client.close();
  });
}

/** A node on a disk that holds so many entries, from its start until it has applied them all. */
async function benchRestart(report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'whitewater-restart-'));
  const config = { ...defaultRun, nodes: 1, electionTimeoutMs: { min: 10, max: 20 }, heartbeatMs: 5 };
  const options = { id: 'n1', clusterId: 'bench', members: ['n1'], addresses: new Map(), config, folder };
  await (await ClusterNode.open(options)).close();
  const storage = await NodeDisk.open(folder, { cluster: 'bench', node: 'n1' });
  const held = storage.recovered;
  const first = held.entries.length + 1;
  const term = Math.max(1, held.term);
  for (let from = 0; from < ENTRIES; from += 10_000) {
    const entries = Array.from({ length: Math.min(10_000, ENTRIES - from) }, (_, at) => {
      const sequence = from + at + 1;
      const operation = { type: 'set', key: `key-${sequence % 100_000}`, value: VALUE };
      const command = { client: 'bench', sequence, firstUnanswered: sequence, operation };
      return { type: 'command', index: first + from + at, term, command } as const;
    });
    await storage.write({ term, votedFor: undefined, truncateFrom: undefined, entries, atUs: from });
  }
  await storage.close();
  const begunMs = performance.now();
  const node = await ClusterNode.open(options);
  const openedMs = performance.now() - begunMs;
  while (node.status().lastApplied < ENTRIES) await new Promise((resolve) => setTimeout(resolve, 5));
  report(`restart with ${ENTRIES.toLocaleString('en-US')} entries, read`, Math.round(openedMs), 'ms');
  report(
    `restart with ${ENTRIES.toLocaleString('en-US')} entries, applied`,
    Math.round(performance.now() - begunMs),
    'ms',
  );
  await node.close();
  await rm(folder, { recursive: true });
}
