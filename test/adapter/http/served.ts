import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { TlsTexts } from '../../../src/adapter/config/tls-texts.ts';
import { parseConfig } from '../../../src/adapter/config/read-config.ts';
import { NodeServer } from '../../../src/adapter/serve/node-server.ts';
import { eventually } from '../../support/eventually.ts';
import { freePorts } from '../commands/free-ports.ts';

/** A node in this process, with all that it serves. */
export interface Served {
  readonly server: NodeServer;
  readonly port: number;
  readonly url: string;
  /** What its log holds. */
  readonly logged: () => string;
  readonly close: () => Promise<void>;
}

/** A cluster of one; `more`: further lines of cluster.yml. */
export async function served(more = '', tls?: TlsTexts): Promise<Served> {
  const [node] = await servedNodes(1, more, tls);
  if (node === undefined) throw new Error('There is no node.');
  await eventually('it leads itself', () => (node.server.node.status().role === 'leader' ? true : undefined));
  return node;
}

/** A cluster of so many, n1 and so on; each is to be closed. */
export async function servedNodes(count: number, more = '', tls?: TlsTexts): Promise<readonly Served[]> {
  const folder = await mkdtemp(join(tmpdir(), 'whitewater-http-'));
  const first = await freePorts(count);
  const nodes = Array.from({ length: count }, (_, at) => ({ id: `n${at + 1}`, port: first + at }));
  const places = nodes.map(({ id, port }) => `${id}: "127.0.0.1:${port}"`).join(', ');
  // One elects itself at once; several need the time that a busy machine takes.
  const times = count === 1 ? [20, 40, 5] : [800, 1_200, 80];
  const [min, max, heartbeat] = times;
  const timeouts = `electionTimeoutMs: { min: ${min}, max: ${max} }\nheartbeatMs: ${heartbeat}`;
  const text = `nodes: { ${places} }\n${timeouts}\ndata: data\n${more}`;
  const read = parseConfig(text, join(folder, 'cluster.yml'), {});
  if ('error' in read) throw new Error(read.error);
  const { config } = read;
  let running = count;
  return Promise.all(
    nodes.map(async ({ id, port }) => {
      let log = '';
      const logger = pino({ level: 'trace' }, { write: (line: string) => void (log += line) });
      const server = await NodeServer.open({
        config,
        id,
        joins: false,
        tls,
        version: '1.2.3',
        supervision: undefined,
        logger,
      });
      return {
        server,
        port,
        url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
        logged: () => log,
        close: async () => {
          await server.close();
          running -= 1;
          if (running === 0) await rm(folder, { recursive: true });
        },
      };
    }),
  );
}
