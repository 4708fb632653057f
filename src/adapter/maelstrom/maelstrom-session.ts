import { join } from 'node:path';
import * as v from 'valibot';
import type { NodeStorage } from '../../host/ports.ts';
import { openMemoryStorage } from '../../storage/memory-storage.ts';
import { defaultRunConfig, type RunConfig } from '../../timeline/run-config.ts';
import { NodeDisk } from '../node/node-disk.ts';
import { errorCodes } from './lin-kv.ts';
import { readLine, type MaelstromBody, type MaelstromLine } from './maelstrom-line.ts';
import { MaelstromNode } from './maelstrom-node.ts';

/** Maelstrom's clients give up after five seconds: this gives up before, and says which way it was. */
const maelstromConfig: RunConfig = {
  ...defaultRunConfig,
  electionTimeoutMs: { min: 300, max: 600 },
  heartbeatMs: 60,
  preVote: true,
  checkQuorum: true,
  eagerCommit: true,
  client: { attemptTimeoutMs: 1_000, deadlineMs: 4_000, retryDelayMs: 50 },
};

export interface MaelstromSessionOptions {
  /** Where nodes keep their data, each in a folder of its name; undefined: in memory. */
  readonly data: string | undefined;
  /** Takes a line, without its end. */
  readonly out: (line: string) => void;
  /** The node has stopped for good; why, in one sentence. */
  readonly onFailure: (sentence: string) => void;
}

const initSchema = v.object({
  node_id: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
  node_ids: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(64)),
});

/** One node's part of a test of Maelstrom: it waits for `init`, and is that node from then on. */
export class MaelstromSession {
  readonly #options: MaelstromSessionOptions;
  #id: string | undefined;
  #node: MaelstromNode | undefined;

  constructor(options: MaelstromSessionOptions) {
    this.#options = options;
  }

  /** Takes a line of the input. One that is no message is passed over; before `init` is done, all others are as good as lost. */
  async take(text: string): Promise<void> {
    const line = readLine(text);
    if (line === undefined) return;
    if (line.body.type === 'init') await this.#init(line);
    else this.#node?.take(line);
  }

  async close(): Promise<void> {
    await this.#node?.close();
  }

  async #init({ src, body }: MaelstromLine): Promise<void> {
    const reply = (answer: MaelstromBody): void =>
      this.#send(src, { ...answer, ...(body.msg_id !== undefined && { in_reply_to: body.msg_id }) });
    const parsed = v.safeParse(initSchema, body);
    if (!parsed.success || !parsed.output.node_ids.includes(parsed.output.node_id)) {
      reply({ type: 'error', code: errorCodes.malformedRequest, text: 'init names no node of the cluster.' });
      return;
    }
    const { node_id: id, node_ids: members } = parsed.output;
    if (this.#id === undefined) {
      this.#id = id;
      const { onFailure } = this.#options;
      const storage = await this.#storage(id);
      const send = (dest: string, said: MaelstromBody): void => this.#send(dest, said);
      this.#node = await MaelstromNode.start({ id, members, config: maelstromConfig, storage, send, onFailure });
    }
    reply({ type: 'init_ok' });
  }

  async #storage(node: string): Promise<NodeStorage> {
    const identity = { cluster: 'maelstrom', node };
    const { data } = this.#options;
    return data === undefined ? openMemoryStorage(identity) : NodeDisk.open(join(data, node), identity);
  }

  #send(dest: string, body: MaelstromBody): void {
    this.#options.out(JSON.stringify({ src: this.#id ?? '', dest, body }));
  }
}
