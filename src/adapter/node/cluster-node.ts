import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { NodeDriver, type DriverInput, type Refusal } from '../../host/node-driver.ts';
import { StorageError } from '../../host/ports.ts';
import { raftConfigOf, storeOptionsOf } from '../../host/raft-config.ts';
import type { JoinedWrite } from '../../host/write-queue.ts';
import type { ClientRead, ClientRequest } from '../../kv/client-message.ts';
import type { KvStateMachine } from '../../kv/state-machine.ts';
import { membersOf } from '../../raft/configuration.ts';
import type { Entry, NodeId } from '../../raft/entry.ts';
import type { SnapshotRefusal, TransferRefusal } from '../../raft/event.ts';
import type { MembershipChange, MembershipRefusal } from '../../raft/membership-change.ts';
import type { RaftNode } from '../../raft/raft-node.ts';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import type { ActorId, EventBody, LinkMessage, TimelineEvent } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { toldMessage } from '../../timeline/told-message.ts';
import { FaultLayer } from '../transport/fault-layer.ts';
import { isNodeName } from '../transport/node-name.ts';
import type { PeerEnvelope } from '../transport/peer-envelope.ts';
import { Transport, type OpenedLink } from '../transport/transport.ts';
import { withByteLimits, type ClusterNodeOptions } from './cluster-node-options.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { EventRing, type EventListener } from './event-ring.ts';
import { monotonicNowUs } from './monotonic-clock.ts';
import { NodeDisk } from './node-disk.ts';
import { silentLogger, type NodeLogger } from './node-logger.ts';
import type { NodeFailure, NodeStatus } from './node-status.ts';
import { Questions, type Answer } from './questions.ts';
import { statusOf } from './status-of.ts';
import { TurnCounts } from './turn-counts.ts';

/** With so many inputs a turn begins at once, and does not wait for what else there is to read. */
export const MAX_TURN_INPUTS = 4_096;

/** How long a leader that is closed waits for another to be elected, milliseconds. */
const MAX_HAND_OVER_MS = 1_000;

/** Whether a leader has begun what it was asked for: then it stands in its log, or goes on by itself. */
export type Order<Reason> =
  | { readonly type: 'accepted' }
  | { readonly type: 'refused'; readonly reason: Reason; readonly leader: NodeId | undefined };

/** A snapshot that a node was told to take. */
export type SnapshotOrder =
  { readonly type: 'taken'; readonly index: number } | { readonly type: 'refused'; readonly reason: SnapshotRefusal };

/** What a node holds on its disk and in its store, to be looked at from outside. */
export interface NodeDump {
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly commitIndex: number;
  readonly entries: readonly Entry[];
  readonly events: readonly TimelineEvent[];
}

interface Waiting {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
}

/**
 * A node of a real cluster, in this process: the same driver as in the playground, on the machine's clock, a synced LevelDB and
 * WebSockets. What comes in while the process is busy is handled in one turn: one append to each peer, one write to the disk.
 * It listens to nothing by itself: whoever owns the server hands it what comes in for it.
 *
 * Where its disk fails or its own state turns out to be impossible it stops for good (fail-stop), and says so once.
 */
export class ClusterNode {
  readonly id: NodeId;
  readonly clusterId: string;
  /** Times and limits, as the node goes by them. */
  readonly config: RunConfig;
  /** Undefined unless the node was started with it. */
  readonly faults: FaultLayer | undefined;
  /** When it started, milliseconds since 1970. */
  readonly startedMs = Date.now();
  readonly #logger: NodeLogger;
  readonly #disk: NodeDisk;
  readonly #transport: Transport;
  readonly #driver: NodeDriver;
  readonly #events = new EventRing();
  readonly #questions = new Questions();
  readonly #counts = new TurnCounts();
  readonly #timer = new DeadlineTimer(() => this.#schedule());
  readonly #failureListeners = new Set<(failure: NodeFailure) => void>();
  readonly #ownAddress: string | undefined;

  #inputs: { readonly input: DriverInput; readonly messageId: string | undefined }[] = [];
  /** What was asked for from outside; each has a turn of its own, so that it is known whose refusal is whose. */
  #orders: (() => void)[] = [];
  #snapshotOrders: ((order: SnapshotOrder) => void)[] = [];
  #waiting: Waiting[] = [];
  #refusal: Refusal | undefined;
  #isScheduled = false;
  #isInTurn = false;
  /** The write that was under way is durable, and the driver has yet to hear of it. */
  #isWritten = false;
  #messageCount = 0;
  #failure: NodeFailure | undefined;
  #isClosed = false;

  private constructor(options: ClusterNodeOptions, disk: NodeDisk) {
    const { id, clusterId, members, addresses, token, tls } = options;
    this.id = id;
    this.clusterId = clusterId;
    this.config = withByteLimits(options.config);
    this.#logger = options.logger ?? silentLogger;
    this.#disk = disk;
    this.#ownAddress = addresses.get(id);
    this.faults = options.faults === true ? new FaultLayer(randomInt(2 ** 32)) : undefined;
    this.#transport = new Transport({
      self: { clusterId, id, incarnation: this.startedMs, address: this.#ownAddress },
      addresses,
      token,
      tls,
      faults: this.faults,
      logger: this.#logger,
      isWanted: (peer) => this.#isWanted(peer),
      onMessage: (envelope) => this.#take(envelope),
    });
    this.#driver = new NodeDriver(
      {
        raft: { ...raftConfigOf(id, this.config), members },
        seed: randomInt(2 ** 32),
        nowUs: this.nowUs(),
        recovered: disk.recovered,
        store: storeOptionsOf(this.config),
        snapshot: this.config.snapshot,
        forwarding: true,
      },
      {
        reading: (nowUs) => nowUs,
        emit: (nowUs, event) => this.#emit(nowUs, event),
        send: (nowUs, to, message) => this.#send(nowUs, to, message),
        startWrite: (nowUs, write) => this.#startWrite(nowUs, write),
        refused: (refusal) => {
          this.#refusal = refusal;
        },
      },
    );
    this.#transport.start();
    this.#schedule();
  }

  /**
   * Starts a node on its folder. Rejects with a StorageError where that cannot be had or believed; the sentence says what to do.
   * Throws a RangeError where an option cannot be.
   */
  static async open(options: ClusterNodeOptions): Promise<ClusterNode> {
    const { id, clusterId, members, folder } = options;
    const stranger = [id, ...members].find((name: unknown) => !isNodeName(name));
    if (stranger !== undefined) {
      throw new RangeError(`A node is called n and a number, as n1; ${JSON.stringify(stranger)} is not.`);
    }
    const disk = await NodeDisk.open(folder, { cluster: clusterId, node: id });
    return new ClusterNode(options, disk);
  }

  /** The core and the store, to be looked at, not touched. */
  get core(): RaftNode {
    return this.#driver.core;
  }

  get store(): KvStateMachine {
    return this.#driver.store;
  }

  get failure(): NodeFailure | undefined {
    return this.#failure;
  }

  /** The clock of its events: microseconds since 1970, and never back. */
  nowUs(): number {
    return monotonicNowUs();
  }

  /**
   * A client of this node's own asks. A command goes on to the leader where this node does not lead, and the answer comes back the
   * same way; a read is answered as its mode says. There is one answer at most, after the turn; or none, where it is lost
   * on its way: whoever asks does so again, under the same name. Gives how to forget the question.
   */
  ask(message: ClientRequest | ClientRead, answer: Answer, client: ActorId = 'c1'): () => void {
    const forget = this.#questions.add(message.requestId, answer);
    this.#push({ type: 'received', from: client, message }, undefined);
    return forget;
  }

  status(): NodeStatus {
    const { id, clusterId, startedMs } = this;
    return {
      id,
      clusterId,
      startedMs,
      ...statusOf(this.#driver, this.#transport.status()),
      questions: this.#questions.size,
      counts: this.#counts.all(),
      failure: this.#failure,
    };
  }

  /** All nodes that it knows, itself included, and where they listen, as far as that is known. */
  peers(): readonly { readonly id: NodeId; readonly address: string | undefined }[] {
    const others = this.#transport.status().map(({ id, address }) => ({ id, address }));
    return [{ id: this.id, address: this.#ownAddress }, ...others];
  }

  /** Where a node listens that its options did not name. */
  setAddress(id: NodeId, address: string): void {
    this.#transport.setAddress(id, address);
  }

  /** Hears of what happens from now on, a turn at a time. Gives how to stop. */
  subscribe(listener: EventListener): () => void {
    return this.#events.subscribe(listener);
  }

  recentEvents(): readonly TimelineEvent[] {
    return this.#events.recent();
  }

  dump(): NodeDump {
    const { term, votedFor, commitIndex, log } = this.core;
    const entries = log.slice(log.base.index + 1, log.lastIndex);
    return { term, votedFor, commitIndex, entries, events: this.recentEvents() };
  }

  /** Asks this node, if it leads, to change who belongs to the cluster. */
  async changeMembership(change: MembershipChange): Promise<Order<MembershipRefusal>> {
    const refusal = await this.#order([{ type: 'change-membership', change }]);
    if (refusal?.type !== 'membership-refused') return { type: 'accepted' };
    return { type: 'refused', reason: refusal.reason, leader: this.core.leader };
  }

  /** Asks this node, if it leads, to hand its lead over. */
  async transfer(to: NodeId): Promise<Order<TransferRefusal>> {
    const refusal = await this.#order([{ type: 'transfer-leadership', to }]);
    if (refusal?.type !== 'transfer-refused') return { type: 'accepted' };
    return { type: 'refused', reason: refusal.reason, leader: this.core.leader };
  }

  /** Stands for election at once, as if it had heard of no leader for too long. */
  timeOutNow(): void {
    this.#push({ type: 'time-out-now' }, undefined);
  }

  /** Takes a snapshot of its store, and compacts its log. */
  takeSnapshot(): Promise<SnapshotOrder> {
    return new Promise((resolve, reject) => {
      if (this.#hasStopped) return reject(this.#stoppedError());
      this.#snapshotOrders.push(resolve);
      this.#orders.push(() => this.#driver.takeSnapshot(this.nowUs()));
      this.#schedule();
    });
  }

  /** A request to upgrade on the path `/peer`. With TLS, its server has to ask for certificates, and to let in who has none. */
  handlePeer(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#transport.handleUpgrade(request, socket, head);
  }

  /** Opens a way to a node that nobody can dial; others reach it through this one. */
  openLink(id: NodeId, deliver: (envelope: PeerEnvelope) => void): OpenedLink {
    return this.#transport.openLink(id, deliver);
  }

  /** Called once, if the node stops by itself; at once, if it has. Gives how to stop listening. */
  onFailure(listener: (failure: NodeFailure) => void): () => void {
    if (this.#failure !== undefined) listener(this.#failure);
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  /** Hands the lead over, if it has it and that takes no longer than {@link MAX_HAND_OVER_MS}; then stops. */
  async close(): Promise<void> {
    if (!this.#hasStopped) await this.#handOver();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stop();
    await this.#disk.close();
  }

  get #hasStopped(): boolean {
    return this.#isClosed || this.#failure !== undefined;
  }

  #stoppedError(): Error {
    return new Error(this.#failure?.sentence ?? `${this.id} has stopped.`);
  }

  /** Members talk to members. Who is none, or not yet, talks to whoever it knows. */
  #isWanted(peer: NodeId): boolean {
    const members = membersOf(this.core.configuration);
    return members.includes(peer) || !members.includes(this.id);
  }

  #take({ messageId, from, message }: PeerEnvelope): void {
    this.#push({ type: 'received', from, message }, messageId);
  }

  #push(input: DriverInput, messageId: string | undefined): void {
    if (this.#hasStopped) return;
    this.#inputs.push({ input, messageId });
    if (this.#inputs.length >= MAX_TURN_INPUTS && !this.#isInTurn) this.#turn();
    else this.#schedule();
  }

  /** After what can be read now has been read, there is a turn. */
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
    this.#isInTurn = true;
    try {
      this.#handleAll(this.nowUs());
    } catch (error) {
      // Code that throws is a broken invariant: the node stops where it stands.
      this.#fail('halted', `${this.id} stopped: ${sentenceOfError(error)}`);
    }
    this.#isInTurn = false;
    this.#transport.flush();
    this.#events.tell();
    this.#questions.tell();
    this.#settleWaiting();
    this.#rest();
  }

  /** First what has come in, so that a heartbeat that is there is heard before the timer; then the disk, whose next write takes all. */
  #handleAll(nowUs: number): void {
    const taken = this.#inputs;
    this.#inputs = [];
    const inputs: DriverInput[] = [];
    for (const { input, messageId } of taken) {
      if (messageId !== undefined && input.type === 'received') this.#received(nowUs, input, messageId);
      inputs.push(input);
    }
    if (this.#driver.deadlineUs <= nowUs) inputs.push({ type: 'timer' });
    this.#counts.turn(inputs.length);
    if (inputs.length > 0) this.#driver.handle(nowUs, inputs);
    const orders = this.#orders;
    this.#orders = [];
    for (const order of orders) order();
    if (this.#isWritten) {
      this.#isWritten = false;
      this.#driver.written(nowUs);
    }
    if (this.#driver.snapshotDueUs <= nowUs) this.#driver.continueSnapshot(nowUs);
    const { failure, core } = this.#driver;
    if (failure !== undefined) this.#fail(failure.error.reason, failure.error.message);
    else if (core.halted !== undefined) this.#fail('halted', `${this.id} stopped: ${core.halted}`);
  }

  #received(nowUs: number, { from, message }: Extract<DriverInput, { type: 'received' }>, messageId: string): void {
    this.#counts.received();
    this.#emit(nowUs, { type: 'message-received', messageId, from, messageType: message.type });
  }

  #rest(): void {
    if (this.#hasStopped) return;
    this.#timer.setDue(Math.min(this.#driver.deadlineUs, this.#driver.snapshotDueUs));
  }

  #send(nowUs: number, to: ActorId, message: LinkMessage): void {
    if (!isNodeName(to)) {
      if (message.type === 'client-reply') this.#questions.take(message);
      return;
    }
    this.#messageCount += 1;
    const messageId = `${this.id}.${this.startedMs}.${this.#messageCount}`;
    const fate = this.#transport.send({ messageId, from: this.id, to, message });
    this.#counts.sent(fate);
    const told = toldMessage(message);
    this.#emit(nowUs, { type: 'message-sent', messageId, to, dueUs: nowUs, fate, copy: false, message: told });
  }

  #startWrite(nowUs: number, write: JoinedWrite): void {
    this.#emit(nowUs, { type: 'disk-write-started', sequence: write.sequence, dueUs: nowUs });
    const begunMs = performance.now();
    this.#disk.write({ ...write, atUs: nowUs }).then(
      () => {
        this.#counts.written(write.entries.length, performance.now() - begunMs);
        this.#isWritten = true;
        this.#schedule();
      },
      (error: unknown) => {
        // A write that failed is never made again: nobody knows what the disk holds now.
        this.#driver.fail(this.nowUs(), error);
        const failed = this.#driver.failure?.error ?? new StorageError('failed', sentenceOfError(error));
        this.#fail(failed.reason, failed.message);
      },
    );
  }

  #emit(atUs: number, event: EventBody): void {
    this.#counts.event(event);
    this.#events.add({ atUs, actor: this.id, event });
    if (event.type === 'snapshot-taken') this.#endSnapshotOrders({ type: 'taken', index: event.index });
    if (event.type === 'snapshot-refused') this.#endSnapshotOrders({ type: 'refused', reason: event.reason });
    if (event.type === 'became-leader') {
      this.#logger.info({ term: event.term }, `${this.id} leads term ${event.term}.`);
    }
  }

  #endSnapshotOrders(order: SnapshotOrder): void {
    const orders = this.#snapshotOrders;
    this.#snapshotOrders = [];
    for (const resolve of orders) resolve(order);
  }

  /** Has the driver handle something by itself, and gives the refusal that it met with. */
  #order(inputs: readonly DriverInput[]): Promise<Refusal | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#hasStopped) return reject(this.#stoppedError());
      this.#orders.push(() => {
        this.#refusal = undefined;
        this.#driver.handle(this.nowUs(), inputs);
        resolve(this.#refusal);
        this.#refusal = undefined;
      });
      this.#schedule();
    });
  }

  async #handOver(): Promise<void> {
    const { role, configuration } = this.core;
    if (role !== 'leader') return;
    const heirs = this.#transport
      .status()
      .filter(({ id, connected }) => connected && configuration.voters.includes(id))
      .map(({ id }) => ({ id, matchIndex: this.core.progress(id)?.matchIndex ?? 0 }))
      .sort((one, other) => other.matchIndex - one.matchIndex);
    const [heir] = heirs;
    if (heir === undefined) return;
    await this.transfer(heir.id);
    // It may be elected, and this node not have heard of it yet: whoever listens after the lead hears that there is another.
    await this.#until(() => this.core.role !== 'leader', MAX_HAND_OVER_MS);
  }

  /** Settles when that holds after a turn, when the node stops, or when the time is over. */
  #until(isDone: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      const waiting = {
        isDone,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#waiting.push(waiting);
      this.#settleWaiting();
    });
  }

  #settleWaiting(): void {
    if (this.#waiting.length === 0) return;
    const isOver = ({ isDone }: Waiting): boolean => this.#hasStopped || isDone();
    const settled = this.#waiting.filter(isOver);
    this.#waiting = this.#waiting.filter((waiting) => !settled.includes(waiting));
    for (const { resolve } of settled) resolve();
  }

  #fail(reason: NodeFailure['reason'], sentence: string): void {
    if (this.#hasStopped) return;
    this.#failure = { reason, sentence };
    this.#stop();
    this.#logger.error({ reason }, sentence);
    // What it had on the way to the disk is not waited for: the disk is not to be believed any more.
    this.#disk.close().catch(() => undefined);
    for (const listener of this.#failureListeners) listener(this.#failure);
  }

  #stop(): void {
    this.#timer.clear();
    this.#transport.close();
    this.#inputs = [];
    this.#settleWaiting();
  }
}
