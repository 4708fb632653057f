import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { ATTACH_PATH } from '../../cluster/remote/attach-frame.ts';
import type { NodeId } from '../../raft/entry.ts';
import { AttachServer } from '../attach/attach-server.ts';
import { markServedPage } from '../attach/served-page.ts';
import type { ClusterConfig } from '../config/cluster-config.ts';
import { hostPortText } from '../config/host-port.ts';
import type { TlsTexts } from '../config/tls-texts.ts';
import { ApiServer } from '../http/api-server.ts';
import { builtPageFolder } from '../http/built-page.ts';
import { callerFault } from '../http/caller.ts';
import { pageServer } from '../http/page.ts';
import { refuseUpgrade } from '../http/raw-problem.ts';
import type { Supervision } from '../supervisor/supervision.ts';
import { ClusterNode } from '../node/cluster-node.ts';
import { ClientSockets } from './client-sockets.ts';

export interface NodeServerOptions {
  readonly config: ClusterConfig;
  readonly id: NodeId;
  /** Whether it belongs to no cluster until a leader says so. */
  readonly joins: boolean;
  readonly tls: TlsTexts | undefined;
  readonly version: string;
  /** Undefined where nobody supervises this process. */
  readonly supervision: Supervision | undefined;
  readonly logger: FastifyBaseLogger;
}

/** A node and all that it serves, on its one port. */
export class NodeServer {
  readonly node: ClusterNode;
  readonly api: ApiServer;
  readonly #clients: ClientSockets;
  readonly #attached: AttachServer;

  private constructor(node: ClusterNode, api: ApiServer, clients: ClientSockets, attached: AttachServer) {
    this.node = node;
    this.api = api;
    this.#clients = clients;
    this.#attached = attached;
  }

  /** Rejects where the disk cannot be had or believed (StorageError), or the port is in use. */
  static async open(options: NodeServerOptions): Promise<NodeServer> {
    const { config, tls, logger, version, supervision } = options;
    const node = await ClusterNode.open(nodeOptionsOf(options));
    const clients = new ClientSockets(node, config);
    const attached = new AttachServer({ node, token: config.token, supervision });
    try {
      const api = await ApiServer.listen({
        node,
        config,
        tls,
        version,
        logger,
        supervision,
        servePage: pageServer(builtPageFolder, markServedPage),
        upgrades: {
          '/peer': (request, socket, head) => node.handlePeer(request, socket, head),
          [ATTACH_PATH]: (request, socket, head) => {
            // A token comes in the first frame; where there is none, it is the certificate that tells who calls.
            const fault = config.token === undefined ? callerFault(request, config) : undefined;
            if (fault === undefined) attached.handleUpgrade(request, socket, head);
            else refuseUpgrade(socket, fault);
          },
          '/client': (request, socket, head) => clients.handleUpgrade(request, socket, head),
        },
      });
      return new NodeServer(node, api, clients, attached);
    } catch (error) {
      await node.close();
      throw error;
    }
  }

  /** Hands the lead over where it has it, and ends in order. */
  async close(): Promise<void> {
    await this.node.close();
    this.#clients.close();
    this.#attached.close();
    await this.api.close();
  }
}

function nodeOptionsOf({ config, id, joins, tls, logger }: NodeServerOptions): Parameters<typeof ClusterNode.open>[0] {
  const { cluster, members, nodes, run, dataFolder, token, faults } = config;
  return {
    id,
    clusterId: cluster,
    members: joins || !members.includes(id) ? [] : members,
    addresses: new Map([...nodes].map(([node, { addresses }]) => [node, addresses.map(hostPortText)])),
    config: run,
    folder: join(dataFolder, id),
    token,
    tls,
    faults,
    logger,
  };
}
