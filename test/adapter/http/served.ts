import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { TlsTexts } from '../../../src/adapter/config/tls-texts.ts';
import { parseConfig } from '../../../src/adapter/config/read-config.ts';
import { NodeServer } from '../../../src/adapter/serve/node-server.ts';
import { eventually } from '../../support/eventually.ts';
import { freePorts } from '../commands/free-ports.ts';

/** A cluster of one node in this process, with all that it serves. */
export interface Served {
  readonly server: NodeServer;
  readonly port: number;
  readonly url: string;
  /** What its log holds. */
  readonly logged: () => string;
  readonly close: () => Promise<void>;
}

/** `more`: further lines of cluster.yml. */
export async function served(more = '', tls?: TlsTexts): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'whitewater-http-'));
  const port = await freePorts(1);
  const text = `nodes: { n1: "127.0.0.1:${port}" }\nelectionTimeoutMs: { min: 20, max: 40 }\nheartbeatMs: 5\ndata: data\n${more}`;
  const read = parseConfig(text, join(folder, 'cluster.yml'), {});
  if ('error' in read) throw new Error(read.error);
  let log = '';
  const logger = pino({ level: 'trace' }, { write: (line: string) => void (log += line) });
  const options = {
    config: read.config,
    id: 'n1',
    joins: false,
    tls,
    version: '1.2.3',
    supervision: undefined,
    logger,
  };
  const server = await NodeServer.open(options);
  await eventually('it leads itself', () => (server.node.status().role === 'leader' ? true : undefined));
  return {
    server,
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    logged: () => log,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
