import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  LINK_TYPE,
  readLine,
  type MaelstromBody,
  type MaelstromLine,
} from '../../../src/adapter/maelstrom/maelstrom-line.ts';
import { below, chance, createRandom } from '../../../src/raft/random.ts';

const program = fileURLToPath(new URL('../../../bin/whitewater.mjs', import.meta.url));

export interface NetOptions {
  readonly nodes: number;
  readonly seed: number;
  readonly data?: string;
  /** How long a client waits for an answer, milliseconds; left out: as long as Maelstrom's do. */
  readonly patienceMs?: number;
}

/** A network as Maelstrom's: processes that speak in lines, and what becomes of each line between nodes is drawn from a seed. */
export class MaelstromNet {
  readonly ids: readonly string[];
  /** Lines between nodes: how many are lost, and how long they take at most, milliseconds. */
  loss = 0;
  delayMs = 0;
  /** Nodes of different groups do not hear each other. */
  groups: readonly (readonly string[])[] = [];
  readonly counts = { lost: 0, cut: 0, carried: 0 };
  readonly notes: string[] = [];
  readonly #options: NetOptions;
  readonly #random;
  readonly #processes = new Map<string, ChildProcess>();
  readonly #waiting = new Map<string, (body: MaelstromBody | undefined) => void>();
  #messages = 0;
  #isOver = false;

  constructor(options: NetOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed, 'maelstrom');
    this.ids = Array.from({ length: options.nodes }, (_, at) => `n${at}`);
  }

  /** Starts all processes, and tells each who it is. */
  async begin(): Promise<void> {
    // The first one builds the command where it is not built.
    const [first = '', ...others] = this.ids;
    await this.start(first);
    await Promise.all(others.map((id) => this.start(id)));
  }

  async start(id: string): Promise<void> {
    const { data } = this.#options;
    const child = spawn(process.execPath, [program, 'maelstrom', ...(data === undefined ? [] : [`--data=${data}`])]);
    this.#processes.set(id, child);
    createInterface({ input: child.stdout }).on('line', (line) => this.#carry(id, line));
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.notes.push(text));
    // Who is gone hears nothing more.
    child.stdin.on('error', () => undefined);
    const answer = await this.ask('c0', id, { type: 'init', node_id: id, node_ids: this.ids }, 40_000);
    if (answer?.type !== 'init_ok') {
      throw new Error(`${id} did not begin: ${JSON.stringify(answer)} ${this.notes.join('')}`);
    }
  }

  /** SIGKILL. */
  async kill(id: string): Promise<void> {
    const child = this.#processes.get(id);
    this.#processes.delete(id);
    const ended = new Promise((resolve) => child?.on('close', resolve));
    child?.kill('SIGKILL');
    await ended;
  }

  /** Asks a node as a client; undefined where no answer came in time. */
  ask(
    client: string,
    node: string,
    body: MaelstromBody,
    patienceMs = this.#options.patienceMs ?? 5_000,
  ): Promise<MaelstromBody | undefined> {
    this.#messages += 1;
    const id = this.#messages;
    const key = `${client} ${id}`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end(key, undefined), patienceMs);
      this.#waiting.set(key, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#write(node, { src: client, dest: node, body: { ...body, msg_id: id } });
    });
  }

  async end(): Promise<readonly (number | null)[]> {
    this.#isOver = true;
    const children = [...this.#processes.values()];
    const codes = children.map((child) => new Promise<number | null>((resolve) => child.on('close', resolve)));
    for (const child of children) child.stdin?.end();
    return Promise.all(codes);
  }

  #end(key: string, answer: MaelstromBody | undefined): void {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    waiting?.(answer);
  }

  #carry(from: string, text: string): void {
    const line = readLine(text);
    if (line === undefined || line.src !== from) throw new Error(`${from} printed what is no message: ${text}`);
    if (line.body.type !== LINK_TYPE) return this.#end(`${line.dest} ${line.body.in_reply_to ?? 0}`, line.body);
    const apart =
      this.groups.length > 0 && !this.groups.some((group) => group.includes(from) && group.includes(line.dest));
    const lost = chance(this.#random, this.loss);
    const waitMs = below(this.#random, this.delayMs + 1);
    this.counts[apart ? 'cut' : lost ? 'lost' : 'carried'] += 1;
    if (apart || lost) return;
    setTimeout(() => this.#write(line.dest, line), waitMs);
  }

  #write(to: string, line: MaelstromLine): void {
    if (!this.#isOver) this.#processes.get(to)?.stdin?.write(`${JSON.stringify(line)}\n`);
  }
}
