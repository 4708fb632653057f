import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeId } from '../../raft/entry.ts';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import { HttpClient } from '../client/http-client.ts';
import { builtPageFolder } from '../http/built-page.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import type { Terminal } from '../terminal.ts';
import { tell, type Manner } from './answer.ts';
import type { ClusterFolder } from './cluster-folder.ts';

/** How long the cluster may take until it has a leader, milliseconds. */
const READY_MS = 30_000;

/** The processes of a cluster on this machine, and what is said of them. */
export class LocalCluster {
  readonly #folder: ClusterFolder;
  readonly #manner: Manner;
  readonly #terminal: Terminal;
  readonly #supervisor: Supervisor;
  #urls: ReadonlyMap<NodeId, string> = new Map();

  constructor(folder: ClusterFolder, manner: Manner, terminal: Terminal) {
    this.#folder = folder;
    this.#manner = manner;
    this.#terminal = terminal;
    const [, program = ''] = process.argv;
    this.#supervisor = new Supervisor({
      argsOf: (node, joins) => [
        program,
        'serve',
        `--config=${folder.configPath}`,
        `--id=${node}`,
        '--supervised',
        ...(joins ? ['--join'] : []),
      ],
      prepare: (node) => folder.makeRoom(node),
      onMembers: (index, members) => {
        folder.told(index, members).catch((error: unknown) => {
          terminal.note(`Who belongs to the cluster could not be written down: ${sentenceOfError(error)}\n`);
        });
      },
      onOutput: (_node, text) => terminal.note(text),
      onEnded: (node, how) => this.#say({ type: 'ended', node, how }, `${node} ended (${how}).`),
    });
  }

  async start(): Promise<void> {
    const { running, first } = this.#folder;
    this.#terminal.progress(`${running.length} nodes are starting …`);
    const started = running.map(async (node) => {
      const url = await this.#supervisor.launch(node, !first.includes(node));
      return [node, url] as const;
    });
    try {
      this.#urls = new Map(await Promise.all(started));
    } finally {
      this.#terminal.progress('');
    }
  }

  announce(isTemporary: boolean): void {
    for (const [node, url] of this.#urls) {
      this.#say({ type: 'listening', node, url }, `${node.padEnd(4)} ${url}/`);
    }
    const kept = isTemporary ? 'It is removed in the end.' : 'It stays.';
    const served = existsSync(join(builtPageFolder, 'index.html'))
      ? 'the playground and the HTTP API'
      : 'the HTTP API (the playground too, once npm run build has made it)';
    const { path, configPath } = this.#folder;
    const sentence = `Each address serves ${served}. The data is in ${path}. ${kept} Ctrl-C ends the cluster.`;
    this.#say({ type: 'data', folder: path, config: configPath }, sentence);
  }

  /** Waits for a leader, and says who it is, unless it is over before that. */
  async sayReady(over: AbortSignal): Promise<void> {
    const client = new HttpClient({ urls: [...this.#urls.values()] });
    const untilMs = performance.now() + READY_MS;
    while (performance.now() < untilMs) {
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

  #say(fact: Readonly<Record<string, unknown>>, sentence: string): void {
    tell(this.#terminal, this.#manner, fact, `${sentence}\n`);
  }
}
