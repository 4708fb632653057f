import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientReply } from '../../../src/kv/client-message.ts';
import type { NodeId } from '../../../src/raft/entry.ts';
import { defaultRunConfig, type RunConfig } from '../../../src/timeline/run-config.ts';
import { eventually } from '../../support/eventually.ts';
import { freePorts } from '../commands/free-ports.ts';
import { NodeProcess, type ProcessEnd } from './node-process.ts';
import type { NodeProcessOptions, ProcessStatus } from './process-messages.ts';

/** As a cluster of processes is usually set up. */
export const processConfig: RunConfig = {
  ...defaultRunConfig,
  preVote: true,
  checkQuorum: true,
  leaderStickiness: true,
  eagerCommit: true,
};

export interface ProcessClusterOptions {
  readonly config?: RunConfig;
  readonly token?: string;
  readonly faults?: boolean;
  /** Where a node listens, if not on loopback: for nodes with networks of their own. */
  readonly hostsOf?: (id: NodeId) => readonly string[];
  /** Where the others find it, if that is not where it listens: `host:port` each. */
  readonly addressesOf?: (id: NodeId, port: number) => readonly string[];
  /** What its process is started with. */
  readonly prefixOf?: (id: NodeId) => readonly string[] | undefined;
  /** What its process has in its environment besides. */
  readonly envOf?: (id: NodeId) => NodeJS.ProcessEnv;
  /** Its folder, if not one below the cluster's. */
  readonly folderOf?: (id: NodeId) => string;
}

/** A cluster of processes on this machine. */
export class ProcessCluster {
  readonly processes = new Map<NodeId, NodeProcess>();
  /** Answers of all nodes go to whoever listens. */
  readonly listeners = new Set<(from: NodeId, reply: ClientReply) => void>();
  readonly #members: readonly NodeId[];
  readonly #options: ProcessClusterOptions;
  readonly #ports = new Map<NodeId, number>();
  #folder = '';

  constructor(members: readonly NodeId[], options: ProcessClusterOptions = {}) {
    this.#members = members;
    this.#options = options;
  }

  get folder(): string {
    return this.#folder;
  }

  /** The running ones. */
  get ids(): readonly NodeId[] {
    return [...this.processes.values()].filter(({ isUp }) => isUp).map(({ id }) => id);
  }

  async begin(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'whitewater-processes-'));
    for (const id of this.#members) this.#ports.set(id, await freePorts(1));
    await Promise.all(this.#members.map((id) => this.start(id)));
  }

  folderOf(id: NodeId): string {
    return this.#options.folderOf?.(id) ?? join(this.#folder, id);
  }

  /** Starts a node on its folder, and waits until it listens. One that is none of the first members waits to be added. */
  async start(id: NodeId, options: Partial<NodeProcessOptions> = {}): Promise<NodeProcess> {
    const started = await this.launch(id, options);
    await started.ready;
    return started;
  }

  /** The same, and does not wait. */
  async launch(id: NodeId, options: Partial<NodeProcessOptions> = {}): Promise<NodeProcess> {
    const { config = processConfig, token, faults, hostsOf = () => ['127.0.0.1'], prefixOf } = this.#options;
    const { addressesOf = (name, at) => hostsOf(name).map((host) => `${host}:${at}`) } = this.#options;
    const port = this.#ports.get(id) ?? (await freePorts(1));
    this.#ports.set(id, port);
    const started = await NodeProcess.start(
      {
        id,
        clusterId: 'processes',
        members: this.#members.includes(id) ? this.#members : [],
        addresses: Array.from(this.#ports, ([name, at]) => [name, addressesOf(name, at)] as const),
        config,
        folder: this.folderOf(id),
        token,
        faults,
        hosts: hostsOf(id),
        port,
        ...options,
      },
      {
        onReply: (reply) => {
          for (const listener of this.listeners) listener(id, reply);
        },
        prefix: prefixOf?.(id),
        env: this.#options.envOf?.(id),
      },
    );
    this.processes.set(id, started);
    return started;
  }

  node(id: NodeId): NodeProcess {
    const found = this.processes.get(id);
    if (found === undefined) throw new Error(`There is no ${id}.`);
    return found;
  }

  async kill(id: NodeId): Promise<ProcessEnd> {
    await this.node(id).kill();
    return this.node(id).ended;
  }

  /** What all that answer say of themselves. */
  async statuses(): Promise<readonly ProcessStatus[]> {
    const running = [...this.processes.values()].filter(({ isUp }) => isUp);
    const answers = await Promise.all(running.map((process) => withinASecond(process.status())));
    return answers.filter((status) => status !== undefined);
  }

  /** Waits until a majority of the running nodes agrees on who leads. */
  leader(except?: NodeId): Promise<NodeProcess> {
    return eventually('a leader that a majority knows', async () => {
      const statuses = await this.statuses();
      const term = Math.max(...statuses.map((status) => status.term));
      const known = statuses.filter((status) => status.term === term).map((status) => status.leader);
      const leader = known.find((id) => id !== undefined && id !== except && this.node(id).isUp);
      const agreeing = known.filter((id) => id === leader).length;
      return leader !== undefined && agreeing * 2 > statuses.length ? this.node(leader) : undefined;
    });
  }

  /** Waits until all running nodes hold the same store, everything applied; gives it. */
  agreement(): Promise<Readonly<Record<string, string>>> {
    return eventually('all nodes applied the same', async () => {
      const statuses = await this.statuses();
      const [first] = statuses;
      if (first === undefined || statuses.length < this.ids.length) return undefined;
      const same = statuses.every(
        ({ lastApplied, commitIndex, lastIndex }) =>
          lastApplied === first.lastApplied && commitIndex === lastApplied && lastIndex === lastApplied,
      );
      if (!same) return undefined;
      for (const { id, store } of statuses) {
        if (JSON.stringify(store) !== JSON.stringify(first.store)) {
          throw new Error(`${id} and ${first.id} applied the same entries and hold different stores.`);
        }
      }
      return first.store;
    });
  }

  async end(): Promise<void> {
    for (const process of this.processes.values()) if (process.isUp) process.signal('SIGCONT');
    await Promise.all(this.ids.map((id) => this.kill(id)));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function withinASecond<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), 1_000);
  });
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}
