import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { stringify } from 'yaml';
import type { NodeId } from '../../raft/entry.ts';
import { MAX_PORT } from '../config/host-port.ts';
import { parseConfig } from '../config/read-config.ts';
import { folderFault } from '../file-fault.ts';
import { makeFolder } from '../make-folder.ts';
import { holderSentence, lockHolder } from '../node/lock-holder.ts';

/** By that first line it knows its own file again. */
const MARK = '# Written by whitewater cluster, each time that it starts.\n';

/** The most nodes that a cluster on one machine may have. */
export const MAX_LOCAL_NODES = 25;

/** How many nodes a new cluster has where nobody says. */
const FIRST_NODES = 3;

const processesSchema = v.object({ running: v.array(v.string()) });

/** What cluster.yml says beside who the nodes are. */
export interface ClusterSettings {
  /** Node n1 listens one above it, and so on. */
  readonly port: number;
  readonly faults: boolean;
  readonly electionTimeout: { readonly min: number; readonly max: number } | undefined;
}

/**
 * The folder in which `whitewater cluster` keeps a cluster: cluster.yml, written anew at each start; a folder a node; and
 * processes.json, which says whose processes are to be started the next time: those that belong to the cluster, the added
 * included, the removed not.
 */
export class ClusterFolder {
  readonly path: string;
  /** The nodes that the cluster began with. */
  readonly first: readonly NodeId[];
  readonly #settings: ClusterSettings;
  readonly #nodes: Set<NodeId>;
  readonly #running: Set<NodeId>;
  /** Who belonged to the cluster when that was last told; at first, all that were left running. */
  #members: ReadonlySet<NodeId>;
  #index = -1;
  #writes: Promise<void> = Promise.resolve();

  private constructor(path: string, settings: ClusterSettings, found: Found) {
    this.path = path;
    this.#settings = settings;
    this.first = found.first;
    this.#nodes = new Set(found.nodes);
    this.#running = new Set(found.running);
    this.#members = new Set(found.running);
  }

  /** `count`: how many nodes it is to begin with; undefined: as many as it did. `error` is one sentence. */
  static async open(
    path: string,
    count: number | undefined,
    settings: ClusterSettings,
  ): Promise<{ readonly folder: ClusterFolder } | { readonly error: string }> {
    try {
      await makeFolder(path);
      const found = await find(path, count ?? FIRST_NODES);
      if ('error' in found) return found;
      if (count !== undefined && count !== found.first.length) {
        const began = `The cluster in ${path} began with ${found.first.length} nodes`;
        return { error: `${began}: leave --nodes out, and add others with whitewater member add.` };
      }
      const last = settings.port + Math.max(...found.nodes.map(numberOf));
      if (last > MAX_PORT) return { error: `There is no port ${last} for the last node: give a lower --port.` };
      for (const node of found.running) {
        const holder = await lockHolder(join(path, node, 'disk', 'LOCK'));
        if (holder !== undefined) return { error: holderSentence(`The data of ${node} in ${path}`, holder) };
      }
      const folder = new ClusterFolder(path, settings, found);
      await folder.#write();
      return { folder };
    } catch (error) {
      return { error: folderFault(path, error) };
    }
  }

  get configPath(): string {
    return join(this.path, 'cluster.yml');
  }

  /** Whose processes are to run. */
  get running(): readonly NodeId[] {
    return [...this.#running];
  }

  /**
   * Makes room for a node that was not running; it is started the next time if it belongs to the cluster by then. Rejects where
   * there is none, or the folder cannot be written to.
   */
  async makeRoom(node: NodeId): Promise<void> {
    const port = this.#settings.port + numberOf(node);
    // In the configuration it would keep every node from starting again.
    if (port > MAX_PORT) throw new Error(`${node} would listen at port ${port}, and there is no such port.`);
    if (!this.#nodes.has(node) && this.#nodes.size >= MAX_LOCAL_NODES) {
      throw new Error(`There are ${MAX_LOCAL_NODES} nodes, and no more may be on one machine.`);
    }
    this.#nodes.add(node);
    await this.#write();
  }

  /** Hears who belongs to the cluster since that entry of the log. Whoever did and does not any more is not started again. */
  async told(index: number, members: readonly NodeId[]): Promise<void> {
    if (index <= this.#index) return;
    this.#index = index;
    const before = this.#running.size;
    for (const node of this.#members) if (!members.includes(node)) this.#running.delete(node);
    const removed = before - this.#running.size;
    for (const node of members) if (this.#nodes.has(node)) this.#running.add(node);
    this.#members = new Set(members);
    if (removed > 0 || this.#running.size > before) await this.#write();
  }

  /** One after the other: the last one stays. */
  #write(): Promise<void> {
    const writing = this.#writes.then(async () => {
      await replaceFile(this.configPath, `${MARK}${this.#config()}`);
      await replaceFile(join(this.path, PROCESSES), `${JSON.stringify({ running: this.running })}\n`);
    });
    this.#writes = writing.catch(() => undefined);
    return writing;
  }

  #config(): string {
    const { port, faults, electionTimeout } = this.#settings;
    const addressOf = (node: NodeId): string => `127.0.0.1:${port + numberOf(node)}`;
    return stringify({
      cluster: 'local',
      nodes: Object.fromEntries([...this.#nodes].map((node) => [node, addressOf(node)])),
      members: this.first,
      data: this.path,
      faults,
      ...(electionTimeout && {
        electionTimeoutMs: electionTimeout,
        heartbeatMs: Math.max(2, Math.floor(electionTimeout.min / 5)),
      }),
    });
  }
}

function numberOf(node: NodeId): number {
  return Number(node.slice(1));
}

const PROCESSES = 'processes.json';

interface Found {
  readonly first: readonly NodeId[];
  readonly nodes: readonly NodeId[];
  readonly running: readonly NodeId[];
}

/** What the folder says of its cluster; of one that is empty, a new cluster. */
async function find(path: string, count: number): Promise<Found | { readonly error: string }> {
  const configPath = join(path, 'cluster.yml');
  const text = await textOf(configPath);
  if (text === undefined) {
    const first = Array.from({ length: count }, (_, at) => `n${at + 1}`);
    return { first, nodes: first, running: first };
  }
  if (!text.startsWith(MARK)) {
    return {
      error: `${configPath} was not written by whitewater cluster, and stays as it is: give it another folder.`,
    };
  }
  const read = parseConfig(text, configPath, {});
  if ('error' in read) return read;
  const { members: first, nodes: known } = read.config;
  const nodes = [...known.keys()];
  const processes = await textOf(join(path, PROCESSES));
  if (processes === undefined) return { first, nodes, running: nodes };
  const running = runningIn(processes)?.filter((node) => known.has(node));
  if (running !== undefined) return { first, nodes, running };
  return { error: `${join(path, PROCESSES)} is damaged: without that file all nodes of cluster.yml are started.` };
}

function runningIn(text: string): readonly NodeId[] | undefined {
  try {
    return v.parse(processesSchema, JSON.parse(text)).running;
  } catch {
    return undefined;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whoever reads it meanwhile finds the old text or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
