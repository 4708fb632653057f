import { NodeDriver, type DriverInput } from '../src/host/node-driver.ts';
import { pictureOf } from '../src/host/picture-of.ts';
import type { NodeStorage } from '../src/host/ports.ts';
import { raftConfigOf, storeOptionsOf } from '../src/host/raft-config.ts';
import type { JoinedWrite } from '../src/host/write-queue.ts';
import type { NodeId } from '../src/raft/entry.ts';
import type { ActorId, EventBody, LinkMessage, TimelineEvent } from '../src/timeline/event.ts';
import { toldMessage } from '../src/timeline/told-message.ts';
import { sentenceOfError } from '../src/timeline/error-sentence.ts';
import type { FromMember, MemberEnvelope, ToMember } from './member-protocol.ts';

/** The most messages that wait for a turn; for one more the oldest makes room, which Raft takes for a message that was lost. */
export const MAX_WAITING_MESSAGES = 10_000;

/** The most bytes of entries in one append, so that it fits a frame to a node. */
const MAX_APPEND_BYTES = 131_072;

/** The most characters of values and commands in a picture, roughly, so that it fits a frame to a node. */
const MAX_PICTURE = 100_000;

function nowUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1_000);
}

/** A member of a real cluster that lives in a browser's tab: the same driver, in real time, on a database of the browser. */
export class MemberHome {
  readonly #id: NodeId;
  readonly #storage: NodeStorage;
  readonly #tell: (message: FromMember) => void;
  readonly #driver: NodeDriver;
  readonly #startedMs = Date.now();
  #events: TimelineEvent[] = [];
  #inputs: DriverInput[] = [];
  #messages = 0;
  #isScheduled = false;
  #isWritten = false;
  #hasStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    { node, config }: Extract<ToMember, { readonly type: 'start' }>,
    storage: NodeStorage,
    recovered: Awaited<ReturnType<NodeStorage['load']>>,
    tell: (message: FromMember) => void,
  ) {
    this.#id = node;
    this.#storage = storage;
    this.#tell = tell;
    this.#driver = new NodeDriver(
      {
        // Who belongs to the cluster it is told by its log, or by a leader.
        raft: { ...raftConfigOf(node, { ...config, maxBytesPerAppend: MAX_APPEND_BYTES }), members: [] },
        seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
        nowUs: nowUs(),
        recovered,
        store: storeOptionsOf(config),
        snapshot: config.snapshot,
        forwarding: true,
      },
      {
        reading: (atUs) => atUs,
        emit: (atUs, event) => this.#emit(atUs, event),
        send: (atUs, to, message) => this.#send(atUs, to, message),
        startWrite: (atUs, write) => void this.#write(atUs, write),
      },
    );
    // Whoever watches has seen nothing of what its disk held.
    this.portray();
    this.#schedule();
  }

  /** Tells how the node stands now. */
  portray(): void {
    if (this.#hasStopped) return;
    const { core, store } = this.#driver;
    const picture = pictureOf({ core, store, momentOf: (readingUs) => readingUs, maxCharacters: MAX_PICTURE });
    this.#emit(nowUs(), { type: 'picture', picture });
    this.#flush();
  }

  /** Rejects with a StorageError where its database cannot be believed. */
  static async start(
    start: Extract<ToMember, { readonly type: 'start' }>,
    storage: NodeStorage,
    recovered: Awaited<ReturnType<NodeStorage['load']>>,
    tell: (message: FromMember) => void,
  ): Promise<MemberHome> {
    return new MemberHome(start, storage, recovered, tell);
  }

  receive({ messageId, from, message }: MemberEnvelope): void {
    if (this.#hasStopped) return;
    this.#emit(nowUs(), { type: 'message-received', messageId, from, messageType: message.type });
    this.#inputs.push({ type: 'received', from, message });
    if (this.#inputs.length > MAX_WAITING_MESSAGES) this.#inputs.shift();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#hasStopped = true;
    clearTimeout(this.#timer);
    await this.#storage.close();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#hasStopped) return;
    this.#isScheduled = true;
    // What has come in meanwhile is handled in the same turn.
    setTimeout(() => {
      this.#isScheduled = false;
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#hasStopped) return;
    try {
      this.#handleAll(nowUs());
    } catch (error) {
      // Code that throws is a broken invariant: the node stops where it stands.
      return this.#fail(`${this.#id} stopped: ${sentenceOfError(error)}`);
    }
    this.#flush();
    const { failure, core } = this.#driver;
    if (failure !== undefined || core.halted !== undefined) {
      return this.#fail(failure?.error.message ?? `${this.#id} stopped: ${core.halted ?? ''}`);
    }
    clearTimeout(this.#timer);
    const dueUs = Math.min(this.#driver.deadlineUs, this.#driver.snapshotDueUs);
    if (dueUs !== Infinity) this.#timer = setTimeout(() => this.#schedule(), Math.max(0, (dueUs - nowUs()) / 1_000));
  }

  #handleAll(atUs: number): void {
    const inputs = this.#inputs;
    this.#inputs = [];
    if (this.#driver.deadlineUs <= atUs) inputs.push({ type: 'timer' });
    if (inputs.length > 0) this.#driver.handle(atUs, inputs);
    if (this.#isWritten) {
      this.#isWritten = false;
      this.#driver.written(atUs);
    }
    if (this.#driver.snapshotDueUs <= atUs) this.#driver.continueSnapshot(atUs);
  }

  #send(atUs: number, to: ActorId, message: LinkMessage): void {
    this.#messages += 1;
    const from = this.#id;
    const messageId = `${from}.${this.#startedMs}.${this.#messages}`;
    const told = toldMessage(message);
    this.#emit(atUs, { type: 'message-sent', messageId, to, dueUs: atUs, fate: 'sent', copy: false, message: told });
    this.#tell({ type: 'send', envelope: { messageId, from, to, message } });
  }

  async #write(atUs: number, write: JoinedWrite): Promise<void> {
    this.#emit(atUs, { type: 'disk-write-started', sequence: write.sequence, dueUs: atUs });
    try {
      await this.#storage.write({ ...write, atUs });
      this.#isWritten = true;
      this.#schedule();
    } catch (error) {
      this.#fail(sentenceOfError(error));
    }
  }

  #emit(atUs: number, event: EventBody): void {
    this.#events.push({ atUs, actor: this.#id, event });
  }

  #flush(): void {
    if (this.#events.length === 0) return;
    this.#tell({ type: 'events', events: this.#events });
    this.#events = [];
  }

  #fail(sentence: string): void {
    if (this.#hasStopped) return;
    this.#flush();
    this.#tell({ type: 'failed', sentence });
    // Of a database that failed it is no news that it cannot be closed in order either.
    this.stop().catch(() => undefined);
  }
}
