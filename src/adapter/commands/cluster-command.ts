import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { stringify } from 'yaml';
import type { NodeId } from '../../raft/entry.ts';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import type { AddCommand } from '../add-command.ts';
import { HttpClient } from '../client/http-client.ts';
import { EXIT_OK, EXIT_UNUSABLE } from '../exit-codes.ts';
import { builtPageFolder } from '../http/built-page.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import type { Terminal } from '../terminal.ts';
import { untilTold } from './until-told.ts';
import { wholeNumber } from './whole-number.ts';

/** The most nodes that a cluster on one machine may have. */
const MAX_LOCAL_NODES = 25;

const MAX_PORT = 65_535;

/** How long the cluster may take until it has a leader, milliseconds. */
const READY_MS = 30_000;

interface ClusterFlags {
  readonly nodes: number;
  readonly port: number;
  readonly data?: string;
  readonly faults?: true;
  readonly json?: true;
  readonly electionTimeout?: { readonly min: number; readonly max: number };
}

const help = `
Node n1 listens at 127.0.0.1, one port above --port, n2 two above it, and so on. Each serves the HTTP API and the playground,
attached to the cluster: there nodes can be killed and revived and, with --faults, links be cut.

Without --data the data is in a temporary folder, which is removed in the end. With it, the same command goes on where it ended;
a node that was added meanwhile is started again by add in whitewater shell, or from the playground.

Exit codes: 0 it was told to end; 2 a folder or a port cannot be used.`;

/** `whitewater cluster`: a whole cluster on this machine, one process a node. */
export const addClusterCommand: AddCommand = (program, terminal, exit) => {
  program
    .command('cluster')
    .summary('run a whole cluster on this machine')
    .description('Runs a cluster on this machine, one process a node, until Ctrl-C.')
    .option('--nodes <count>', 'how many nodes', nodeCount, 3)
    .option('--port <port>', 'n1 listens one port above it', wholeNumber, 4100)
    .option('--data <folder>', 'where the nodes keep their data (default: a temporary folder)')
    .option('--faults', 'let links be cut and made worse from outside')
    .option('--election-timeout <min-max>', 'election timeouts, milliseconds, such as 150-300', timeouts)
    .option('--json', 'print what happens as lines of JSON')
    .addHelpText('after', help)
    .action(async (flags: ClusterFlags) => {
      exit(await runCluster(flags, terminal));
    });
};

function nodeCount(text: string): number {
  const count = wholeNumber(text);
  if (count <= MAX_LOCAL_NODES) return count;
  throw new InvalidArgumentError(`It must be at most ${MAX_LOCAL_NODES}.`);
}

function timeouts(text: string): { readonly min: number; readonly max: number } {
  const match = /^(\d{1,6})-(\d{1,6})$/.exec(text);
  const [min, max] = [Number(match?.[1]), Number(match?.[2])];
  if (min >= 1 && min <= max) return { min, max };
  throw new InvalidArgumentError('It must be two numbers with a hyphen between them, such as 150-300.');
}

async function runCluster(flags: ClusterFlags, terminal: Terminal): Promise<number> {
  const { told } = untilTold();
  const isTemporary = flags.data === undefined;
  let folder: string;
  try {
    folder = isTemporary ? await mkdtemp(join(tmpdir(), 'whitewater-')) : resolve(flags.data);
    await mkdir(folder, { recursive: true });
  } catch (error) {
    terminal.note(`The folder for the data cannot be had: ${sentenceOfError(error)}\n`);
    return EXIT_UNUSABLE;
  }
  const cluster = new LocalCluster(flags, folder, terminal);
  try {
    await cluster.start();
    cluster.announce(isTemporary);
    const over = new AbortController();
    void told.then(() => over.abort());
    await Promise.race([told, cluster.sayReady(over.signal)]);
    await told;
    if (flags.json !== true) terminal.note('Ending.\n');
    return EXIT_OK;
  } catch (error) {
    terminal.note(`${sentenceOfError(error)}\n`);
    return EXIT_UNUSABLE;
  } finally {
    await cluster.stop();
    if (isTemporary) await rm(folder, { recursive: true, force: true });
  }
}

/** The configuration and the processes of a cluster on this machine. */
class LocalCluster {
  readonly #flags: ClusterFlags;
  readonly #folder: string;
  readonly #terminal: Terminal;
  readonly #supervisor: Supervisor;
  readonly #nodes: NodeId[];
  #urls: readonly string[] = [];

  constructor(flags: ClusterFlags, folder: string, terminal: Terminal) {
    this.#flags = flags;
    this.#folder = folder;
    this.#terminal = terminal;
    this.#nodes = Array.from({ length: flags.nodes }, (_, at) => `n${at + 1}`);
    const [, program = ''] = process.argv;
    this.#supervisor = new Supervisor({
      argsOf: (node, joins) => [
        program,
        'serve',
        `--config=${this.#configPath}`,
        `--id=${node}`,
        ...(joins ? ['--join'] : []),
      ],
      prepare: (node) => this.#makeRoom(node),
      onOutput: (_node, text) => terminal.note(text),
      onEnded: (node, how) => this.#say({ type: 'ended', node, how }, `${node} ended (${how}).`),
    });
  }

  get #configPath(): string {
    return join(this.#folder, 'cluster.yml');
  }

  async start(): Promise<void> {
    await this.#writeConfig();
    this.#terminal.progress(`${this.#nodes.length} nodes are starting …`);
    this.#urls = await Promise.all(this.#nodes.map((node) => this.#supervisor.launch(node)));
    this.#terminal.progress('');
  }

  announce(isTemporary: boolean): void {
    for (const [at, url] of this.#urls.entries()) {
      const node = this.#nodes[at] ?? '';
      this.#say({ type: 'listening', node, url }, `${node.padEnd(4)} ${url}/`);
    }
    const kept = isTemporary ? 'It is removed in the end.' : 'It stays.';
    const served = existsSync(join(builtPageFolder, 'index.html'))
      ? 'the playground and the HTTP API'
      : 'the HTTP API (the playground too, once npm run build has made it)';
    const sentence = `Each address serves ${served}. The data is in ${this.#folder}. ${kept} Ctrl-C ends the cluster.`;
    this.#say({ type: 'data', folder: this.#folder, config: this.#configPath }, sentence);
  }

  /** Waits for a leader, and says who it is, unless it is over before that. */
  async sayReady(over: AbortSignal): Promise<void> {
    const client = new HttpClient({ urls: this.#urls });
    const until = Date.now() + READY_MS;
    while (Date.now() < until) {
      const answer = await client.send({ method: 'GET', path: '/ready' }).catch(() => undefined);
      if (over.aborted) break;
      const leader = answer?.status === 200 ? client.fieldOf(answer, 'leader') : undefined;
      if (typeof leader === 'string') {
        this.#say({ type: 'ready', leader }, `The cluster is ready: ${leader} leads.`);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    client.close();
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop();
  }

  async #makeRoom(node: NodeId): Promise<void> {
    const port = this.#portOf(node);
    // In the configuration it would keep every node from starting again.
    if (port > MAX_PORT) throw new Error(`${node} would listen at port ${port}, and there is no such port.`);
    if (this.#nodes.length >= MAX_LOCAL_NODES) {
      throw new Error(`There are ${MAX_LOCAL_NODES} nodes, and no more may be on one machine.`);
    }
    if (!this.#nodes.includes(node)) this.#nodes.push(node);
    await this.#writeConfig();
  }

  #portOf(node: NodeId): number {
    return this.#flags.port + Number(node.slice(1));
  }

  #say(fact: Readonly<Record<string, unknown>>, sentence: string): void {
    this.#terminal.out(this.#flags.json === true ? `${JSON.stringify(fact)}\n` : `${sentence}\n`);
  }

  async #writeConfig(): Promise<void> {
    const { nodes, faults, electionTimeout } = this.#flags;
    const addressOf = (node: NodeId): string => `127.0.0.1:${this.#portOf(node)}`;
    const first = this.#nodes.slice(0, nodes);
    const text = stringify({
      cluster: 'local',
      nodes: Object.fromEntries(this.#nodes.map((node) => [node, addressOf(node)])),
      members: first,
      data: this.#folder,
      faults: faults === true,
      ...(electionTimeout && {
        electionTimeoutMs: electionTimeout,
        heartbeatMs: Math.max(2, Math.floor(electionTimeout.min / 5)),
      }),
    });
    await writeFile(this.#configPath, `# Written by whitewater cluster, each time that it starts.\n${text}`);
  }
}
