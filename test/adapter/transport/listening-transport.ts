import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { PeerTls } from '../../../src/adapter/transport/dialer.ts';
import type { PeerEnvelope } from '../../../src/adapter/transport/peer-envelope.ts';
import { Transport, type TransportOptions } from '../../../src/adapter/transport/transport.ts';
import { silentLogger } from '../../../src/adapter/node/node-logger.ts';
import type { NodeId } from '../../../src/raft/entry.ts';

/** A transport on a port of loopback, and what has come in. */
export interface ListeningTransport {
  readonly id: NodeId;
  readonly address: string;
  readonly transport: Transport;
  readonly received: PeerEnvelope[];
  /** What it said in its log. */
  readonly said: string[];
  close(): void;
}

export async function listen(id: NodeId, options: Partial<TransportOptions> = {}): Promise<ListeningTransport> {
  const server = serverOf(options.tls);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const received: PeerEnvelope[] = [];
  const said: string[] = [];
  const say = (_fields: object, sentence: string): void => void said.push(sentence);
  const transport = new Transport({
    self: { clusterId: 'test', id, incarnation: 1, addresses: [address] },
    addresses: new Map(),
    token: undefined,
    tls: undefined,
    faults: undefined,
    logger: { ...silentLogger, info: say, warn: say },
    isWanted: () => true,
    onMessage: (envelope) => received.push(envelope),
    ...options,
  });
  server.on('upgrade', (request, socket, head) => transport.handleUpgrade(request, socket, head));
  transport.start();
  const close = (): void => {
    transport.close();
    server.closeAllConnections();
    server.close();
  };
  return { id, address, transport, received, said, close };
}

function serverOf(tls: PeerTls | undefined): Server {
  if (tls === undefined) return createServer();
  return createSecureServer({ ...tls, requestCert: true, rejectUnauthorized: false });
}

/** A message that says nothing but its number. */
export function word(from: NodeId, to: NodeId, number: number): PeerEnvelope {
  return { messageId: `${from}.1.${number}`, from, to, message: { type: 'timeout-now', term: number } };
}
