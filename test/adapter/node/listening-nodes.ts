import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterNodeOptions } from '../../../src/adapter/node/cluster-node-options.ts';
import { ClusterNode } from '../../../src/adapter/node/cluster-node.ts';
import { PEER_PATH } from '../../../src/adapter/transport/handshake.ts';
import type { NodeId } from '../../../src/raft/entry.ts';
import { defaultRunConfig } from '../../../src/timeline/run-config.ts';

/** Takes what is no peer; false where it does not. */
export type OtherUpgrade = (id: NodeId, request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

/** A port on loopback that hands peers to whichever node stands behind it. */
interface Door {
  readonly server: Server;
  readonly address: string;
  node: ClusterNode | undefined;
}

async function openDoor(id: NodeId, other: OtherUpgrade | undefined): Promise<Door> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const door: Door = { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}`, node: undefined };
  server.on('upgrade', (request, socket, head) => {
    if (request.url === PEER_PATH && door.node !== undefined) door.node.handlePeer(request, socket, head);
    else if (other?.(id, request, socket, head) !== true) socket.destroy();
  });
  return door;
}

/** Nodes of one cluster in this process, each on a port and a folder of its own. */
export class ListeningNodes {
  readonly doors = new Map<NodeId, Door>();
  readonly nodes = new Map<NodeId, ClusterNode>();
  folder = '';
  readonly #options: Partial<ClusterNodeOptions>;
  readonly #members: readonly NodeId[];
  readonly #other: OtherUpgrade | undefined;

  constructor(members: readonly NodeId[], options: Partial<ClusterNodeOptions> = {}, other?: OtherUpgrade) {
    this.#other = other;
    this.#members = members;
    this.#options = options;
  }

  /** Opens the doors and starts all members. */
  async begin(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'whitewater-nodes-'));
    for (const id of this.#members) this.doors.set(id, await openDoor(id, this.#other));
    await Promise.all(this.#members.map((id) => this.start(id)));
  }

  async start(id: NodeId, options: Partial<ClusterNodeOptions> = {}): Promise<ClusterNode> {
    let door = this.doors.get(id);
    if (door === undefined) {
      door = await openDoor(id, this.#other);
      this.doors.set(id, door);
    }
    const node = await ClusterNode.open({
      id,
      clusterId: 'test',
      members: this.#members,
      addresses: new Map(Array.from(this.doors, ([name, { address }]) => [name, [address]])),
      config: defaultRunConfig,
      folder: join(this.folder, id),
      ...this.#options,
      ...options,
    });
    door.node = node;
    this.nodes.set(id, node);
    return node;
  }

  async stop(id: NodeId): Promise<void> {
    await this.nodes.get(id)?.close();
    this.nodes.delete(id);
  }

  async end(): Promise<void> {
    await Promise.all([...this.nodes.keys()].map((id) => this.stop(id)));
    for (const { server } of this.doors.values()) {
      server.closeAllConnections();
      server.close();
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  leader(): ClusterNode | undefined {
    return [...this.nodes.values()]
      .filter(({ core }) => core.role === 'leader')
      .sort((one, other) => other.core.term - one.core.term)[0];
  }
}
