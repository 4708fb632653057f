import { WebSocket } from 'ws';
import { AttachServer } from '../../../src/adapter/attach/attach-server.ts';
import type { Supervision } from '../../../src/adapter/attach/watched-node.ts';
import type { ClusterNodeOptions } from '../../../src/adapter/node/cluster-node-options.ts';
import type { FrameSource } from '../../../src/cluster/frame-source.ts';
import { ATTACH_PATH, type ProcessStatus } from '../../../src/cluster/remote/attach-frame.ts';
import { RemoteCluster, type RemoteClusterOptions } from '../../../src/cluster/remote/remote-cluster.ts';
import type { NodeId } from '../../../src/raft/entry.ts';
import { defaultRunConfig } from '../../../src/timeline/run-config.ts';
import { ListeningNodes } from '../node/listening-nodes.ts';

const timerFrames: FrameSource = (callback) => {
  const timer = setInterval(() => callback(performance.now()), 10);
  return () => clearInterval(timer);
};

/** Clients give up soon. */
const quickConfig = {
  ...defaultRunConfig,
  client: { attemptTimeoutMs: 200, deadlineMs: 1_200, retryDelayMs: 30 },
};

export interface AttachedNodesOptions {
  readonly token?: string;
  readonly isSupervised?: boolean;
  readonly node?: Partial<ClusterNodeOptions>;
}

/** Real nodes in this process, to which playgrounds attach. Who supervises them ends and begins nodes instead of processes. */
export class AttachedNodes {
  readonly nodes: ListeningNodes;
  readonly servers = new Map<NodeId, AttachServer>();
  readonly #options: AttachedNodesOptions;
  readonly #members: readonly NodeId[];
  readonly #controls: RemoteCluster[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #status = new Map<NodeId, ProcessStatus>();

  constructor(members: readonly NodeId[], options: AttachedNodesOptions = {}) {
    this.#members = members;
    this.#options = options;
    this.nodes = new ListeningNodes(
      members,
      { faults: true, config: quickConfig, ...options.node },
      (id, request, socket, head) => {
        const server = this.servers.get(id);
        if (request.url !== ATTACH_PATH || server === undefined) return false;
        server.handleUpgrade(request, socket, head);
        return true;
      },
    );
  }

  async begin(): Promise<void> {
    await this.nodes.begin();
    for (const id of this.#members) this.#serve(id);
  }

  addressOf(id: NodeId): string {
    return `ws://${this.nodes.doors.get(id)?.address ?? ''}`;
  }

  async attach(
    id: NodeId = 'n1',
    token: string | undefined = this.#options.token,
    more: Partial<RemoteClusterOptions> = {},
  ): Promise<RemoteCluster> {
    const control = await RemoteCluster.attach({
      address: this.addressOf(id),
      token,
      frames: timerFrames,
      openSocket: (url) => new WebSocket(url),
      nowUs: () => Math.floor((performance.timeOrigin + performance.now()) * 1_000),
      clientName: `page-${crypto.randomUUID()}`,
      ...more,
    });
    this.#controls.push(control);
    return control;
  }

  async stop(id: NodeId): Promise<void> {
    this.#is(id, 'down');
    this.servers.get(id)?.close();
    this.servers.delete(id);
    await this.nodes.stop(id);
  }

  async start(id: NodeId, members: readonly NodeId[] = this.#members): Promise<void> {
    await this.nodes.start(id, { members });
    this.#serve(id);
  }

  async end(): Promise<void> {
    for (const control of this.#controls) await control.dispose();
    for (const server of this.servers.values()) server.close();
    await this.nodes.end();
  }

  #serve(id: NodeId): void {
    const node = this.nodes.nodes.get(id);
    if (node === undefined) throw new Error(`${id} does not run.`);
    const { token, isSupervised = true } = this.#options;
    const supervision = isSupervised ? this.#supervision : undefined;
    this.servers.set(id, new AttachServer({ node, token, supervision }));
    this.#is(id, 'up');
  }

  #is(id: NodeId, status: ProcessStatus): void {
    this.#status.set(id, status);
    for (const listener of this.#listeners) listener();
  }

  get #supervision(): Supervision {
    return {
      states: () => [...this.#status].map(([node, status]) => ({ node, status })),
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      kill: (id) => this.stop(id),
      revive: (id) => this.start(id),
      restart: async (id) => {
        await this.stop(id);
        await this.start(id);
      },
      // A node in this process cannot stand still; it only counts as if it did.
      pause: async (id) => this.#is(id, 'paused'),
      resume: async (id) => this.#is(id, 'up'),
      start: async (id) => {
        await this.start(id, []);
        for (const [other, node] of this.nodes.nodes) {
          if (other !== id) node.setAddresses(id, [this.nodes.doors.get(id)?.address ?? '']);
        }
      },
    };
  }
}
