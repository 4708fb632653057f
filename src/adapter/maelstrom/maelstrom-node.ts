import { randomInt, randomUUID } from 'node:crypto';
import { NodeDriver, type DriverInput } from '../../host/node-driver.ts';
import type { NodeStorage } from '../../host/ports.ts';
import { raftConfigOf, storeOptionsOf } from '../../host/raft-config.ts';
import type { JoinedWrite } from '../../host/write-queue.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { ActorId, LinkMessage } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { ClerkDesk } from '../clerk/clerk-desk.ts';
import { DeadlineTimer } from '../node/deadline-timer.ts';
import { monotonicNowUs } from '../node/monotonic-clock.ts';
import { Questions } from '../node/questions.ts';
import { answerOf, operationOf } from './lin-kv.ts';
import { bodyOf, LINK_TYPE, messageOf, type MaelstromBody, type MaelstromLine } from './maelstrom-line.ts';

/** The most requests of clients that are under way on one node; one more is told to come later. */
const MAX_REQUESTS = 1_000;
/** Those who ask this node are one client to it: its own clerk. */
const CLERK = 'c1';

export interface MaelstromNodeOptions {
  readonly id: NodeId;
  readonly members: readonly NodeId[];
  readonly config: RunConfig;
  readonly storage: NodeStorage;
  readonly send: (dest: string, body: MaelstromBody) => void;
  /** It has stopped for good; why, in one sentence. */
  readonly onFailure: (sentence: string) => void;
}

/**
 * A node in Maelstrom's network: the same driver as everywhere, its links and its clients lines of JSON. Any node takes any request:
 * its clerk asks the node itself, which hands on to the leader what is for the leader.
 */
export class MaelstromNode {
  readonly #options: MaelstromNodeOptions;
  readonly #driver: NodeDriver;
  readonly #desk: ClerkDesk;
  readonly #questions = new Questions();
  readonly #timer = new DeadlineTimer(() => this.#schedule());
  #inputs: DriverInput[] = [];
  #isScheduled = false;
  #isWritten = false;
  #hasStopped = false;

  private constructor(options: MaelstromNodeOptions, recovered: Awaited<ReturnType<NodeStorage['load']>>) {
    const { id, members, config } = options;
    this.#options = options;
    this.#desk = new ClerkDesk({
      client: `${id}-${randomUUID().slice(0, 13)}`,
      nodes: [id],
      attemptTimeoutUs: config.client.attemptTimeoutMs * 1_000,
      deadlineUs: config.client.deadlineMs * 1_000,
      retryDelayUs: config.client.retryDelayMs * 1_000,
      forwarding: true,
      readMode: 'follower',
      send: (to, message) => {
        const { requestId } = message;
        this.#questions.add(requestId, (outcome, answeredBy) =>
          this.#desk.answered(to, {
            type: 'client-reply',
            requestId,
            outcome,
            ...(answeredBy !== undefined && { answeredBy }),
          }),
        );
        this.#push({ type: 'received', from: CLERK, message });
      },
    });
    this.#driver = new NodeDriver(
      {
        raft: { ...raftConfigOf(id, config), members },
        seed: randomInt(2 ** 32),
        nowUs: monotonicNowUs(),
        recovered,
        store: storeOptionsOf(config),
        snapshot: config.snapshot,
        forwarding: true,
      },
      {
        reading: (nowUs) => nowUs,
        // Maelstrom draws what it sees on its network.
        emit: () => undefined,
        send: (_nowUs, to, message) => this.#send(to, message),
        startWrite: (nowUs, write) => void this.#write(nowUs, write),
      },
    );
    this.#schedule();
  }

  /** Rejects with a StorageError where its disk cannot be believed. */
  static async start(options: MaelstromNodeOptions): Promise<MaelstromNode> {
    return new MaelstromNode(options, await options.storage.load());
  }

  /** Takes a line that is for this node, but for `init`. */
  take({ src, body }: MaelstromLine): void {
    if (body.type !== LINK_TYPE) {
      void this.#answer(src, body);
      return;
    }
    const message = messageOf(body);
    // What cannot be understood is as good as lost.
    if (message !== undefined) this.#push({ type: 'received', from: src, message });
  }

  async close(): Promise<void> {
    this.#hasStopped = true;
    this.#timer.clear();
    this.#desk.close();
    await this.#options.storage.close();
  }

  async #answer(client: string, body: MaelstromBody): Promise<void> {
    const asked = operationOf(body);
    const answer =
      'answer' in asked
        ? asked.answer
        : this.#desk.waitingCount >= MAX_REQUESTS
          ? answerOf(body.type, { type: 'failed', reason: `${MAX_REQUESTS} requests are under way on this node.` })
          : answerOf(body.type, await this.#desk.submit(asked.operation));
    this.#options.send(client, { ...answer, ...(body.msg_id !== undefined && { in_reply_to: body.msg_id }) });
  }

  #send(to: ActorId, message: LinkMessage): void {
    if (to !== CLERK) this.#options.send(to, bodyOf(message));
    else if (message.type === 'client-reply') this.#questions.take(message);
  }

  #push(input: DriverInput): void {
    if (this.#hasStopped) return;
    this.#inputs.push(input);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#hasStopped) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#hasStopped) return;
    const nowUs = monotonicNowUs();
    const inputs = this.#inputs;
    this.#inputs = [];
    if (this.#driver.deadlineUs <= nowUs) inputs.push({ type: 'timer' });
    if (inputs.length > 0) this.#driver.handle(nowUs, inputs);
    if (this.#isWritten) {
      this.#isWritten = false;
      this.#driver.written(nowUs);
    }
    if (this.#driver.snapshotDueUs <= nowUs) this.#driver.continueSnapshot(nowUs);
    const { failure, core } = this.#driver;
    if (failure !== undefined || core.halted !== undefined) {
      return this.#fail(failure?.error.message ?? core.halted ?? '');
    }
    this.#questions.tell();
    this.#timer.setDue(Math.min(this.#driver.deadlineUs, this.#driver.snapshotDueUs));
  }

  async #write(nowUs: number, write: JoinedWrite): Promise<void> {
    try {
      await this.#options.storage.write({ ...write, atUs: nowUs });
      this.#isWritten = true;
      this.#schedule();
    } catch (error) {
      this.#driver.fail(monotonicNowUs(), error);
      this.#fail(this.#driver.failure?.error.message ?? String(error));
    }
  }

  #fail(sentence: string): void {
    if (this.#hasStopped) return;
    this.#hasStopped = true;
    this.#timer.clear();
    this.#options.onFailure(sentence);
  }
}
