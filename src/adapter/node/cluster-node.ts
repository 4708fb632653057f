import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { raftConfigOf, storeOptionsOf } from '../../host/raft-config.ts';
import type { ClientRead, ClientRequest } from '../../kv/client-message.ts';
import type { KvStateMachine } from '../../kv/state-machine.ts';
import { membersOf } from '../../raft/configuration.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { TransferRefusal } from '../../raft/event.ts';
import type { MembershipChange, MembershipRefusal } from '../../raft/membership-change.ts';
import type { RaftNode } from '../../raft/raft-node.ts';
import type { ActorId, EventBody, TimelineEvent } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { FaultLayer } from '../transport/fault-layer.ts';
import { isNodeName } from '../transport/node-name.ts';
import type { PeerEnvelope } from '../transport/peer-envelope.ts';
import { Transport, type OpenedLink } from '../transport/transport.ts';
import { withByteLimits, type ClusterNodeOptions } from './cluster-node-options.ts';
import type { EventListener } from './event-ring.ts';
import { monotonicNowUs } from './monotonic-clock.ts';
import { NodeDisk } from './node-disk.ts';
import { silentLogger, type NodeLogger } from './node-logger.ts';
import type { NodeFailure, NodeStatus } from './node-status.ts';
import { NodeTurns } from './node-turns.ts';
import type { Order, SnapshotOrder } from './order.ts';
import { questionName, type Answer } from './questions.ts';
import { SnapshotOrders } from './snapshot-orders.ts';
import { statusOf } from './status-of.ts';

/** How long a leader that is closed waits for another to be elected, milliseconds. */
const MAX_HAND_OVER_MS = 1_000;

/** What the clients of a node's own are called in its events. */
const CLIENT: ActorId = 'c1';

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
  readonly #turns: NodeTurns;
  readonly #failureListeners = new Set<(failure: NodeFailure) => void>();
  readonly #ownAddresses: readonly string[] | undefined;
  readonly #snapshotOrders = new SnapshotOrders();
  #failure: NodeFailure | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: ClusterNodeOptions, disk: NodeDisk) {
    const { id, clusterId, members, addresses, token, tls } = options;
    this.id = id;
    this.clusterId = clusterId;
    this.config = withByteLimits(options.config);
    this.#logger = options.logger ?? silentLogger;
    this.#disk = disk;
    this.#ownAddresses = addresses.get(id);
    this.faults = options.faults === true ? new FaultLayer(randomInt(2 ** 32)) : undefined;
    this.#transport = new Transport({
      self: { clusterId, id, incarnation: this.startedMs, addresses: this.#ownAddresses },
      addresses,
      token,
      tls,
      faults: this.faults,
      logger: this.#logger,
      isWanted: (peer) => this.#isWanted(peer),
      onMessage: ({ messageId, from, message }) => this.#turns.push({ type: 'received', from, message }, messageId),
    });
    this.#turns = new NodeTurns(
      {
        raft: { ...raftConfigOf(id, this.config), members },
        seed: randomInt(2 ** 32),
        nowUs: this.nowUs(),
        recovered: disk.recovered,
        store: storeOptionsOf(this.config),
        snapshot: this.config.snapshot,
        forwarding: true,
      },
      disk,
      this.startedMs,
      {
        send: (envelope) => this.#transport.send(envelope),
        flush: () => this.#transport.flush(),
        onEvent: (event) => this.#noteEvent(event),
        onFailure: (failure) => this.#fail(failure),
      },
    );
    this.#transport.start();
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
    try {
      return new ClusterNode(options, disk);
    } catch (error) {
      // Or nobody could have the folder for as long as this process lives.
      await disk.close();
      throw error;
    }
  }

  /** The core and the store, to be looked at, not touched. */
  get core(): RaftNode {
    return this.#turns.driver.core;
  }

  get store(): KvStateMachine {
    return this.#turns.driver.store;
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
   * on its way: whoever asks does so again, under the same name. `asker` tells apart those whose names for their requests are
   * their own; left out: they are nobody else's. Gives how to forget the question.
   */
  ask(message: ClientRequest | ClientRead, answer: Answer, asker = ''): () => void {
    const requestId = questionName(asker, message.requestId);
    const forget = this.#turns.questions.add(requestId, answer, asker);
    this.#turns.push({ type: 'received', from: CLIENT, message: { ...message, requestId } });
    return forget;
  }

  status(): NodeStatus {
    const { id, clusterId, startedMs } = this;
    return {
      id,
      clusterId,
      startedMs,
      ...statusOf(this.#turns.driver, this.#transport.status()),
      questions: this.#turns.questions.size,
      counts: this.#turns.counts.all(),
      failure: this.#failure,
    };
  }

  /** All nodes that it knows, itself included, and where they listen, as far as that is known. */
  peers(): readonly { readonly id: NodeId; readonly addresses: readonly string[] }[] {
    const others = this.#transport.status().map(({ id, addresses }) => ({ id, addresses }));
    return [{ id: this.id, addresses: this.#ownAddresses ?? [] }, ...others];
  }

  /** Where a node listens that its options did not name. */
  setAddresses(id: NodeId, addresses: readonly string[]): void {
    this.#transport.setAddresses(id, addresses);
  }

  /** Hears of what happens from now on, a turn at a time. Gives how to stop. */
  subscribe(listener: EventListener): () => void {
    return this.#turns.events.subscribe(listener);
  }

  recentEvents(): readonly TimelineEvent[] {
    return this.#turns.events.recent();
  }

  /** Asks this node, if it leads, to change who belongs to the cluster. */
  async changeMembership(change: MembershipChange): Promise<Order<MembershipRefusal>> {
    const refusal = await this.#turns.order({ type: 'change-membership', change });
    if (refusal?.type !== 'membership-refused') return { type: 'accepted' };
    return { type: 'refused', reason: refusal.reason, leader: this.core.leader };
  }

  /** Asks this node, if it leads, to hand its lead over. */
  async transfer(to: NodeId): Promise<Order<TransferRefusal>> {
    const refusal = await this.#turns.order({ type: 'transfer-leadership', to });
    if (refusal?.type !== 'transfer-refused') return { type: 'accepted' };
    return { type: 'refused', reason: refusal.reason, leader: this.core.leader };
  }

  /** Stands for election at once, as if it had heard of no leader for too long. */
  timeOutNow(): void {
    this.#turns.push({ type: 'time-out-now' });
  }

  /** Takes a snapshot of its store, and compacts its log. */
  takeSnapshot(): Promise<SnapshotOrder> {
    return this.#snapshotOrders.add((abandon) => {
      this.#turns.inTurn(() => this.#turns.driver.takeSnapshot(this.nowUs()), abandon);
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

  /** Hands the lead over, if it has it and that takes no longer than {@link MAX_HAND_OVER_MS}; then stops. Settles when its folder is free. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // A node that stops by itself meanwhile has nothing to hand over.
    if (this.#failure === undefined) await this.#handOver().catch(() => undefined);
    this.#turns.stop();
    this.#snapshotOrders.abandon(new Error(`${this.id} has stopped.`));
    this.#transport.close();
    await this.#closeDisk();
  }

  /** Members talk to members. Who is none, or not yet, talks to whoever it knows. */
  #isWanted(peer: NodeId): boolean {
    const members = membersOf(this.core.configuration);
    return members.includes(peer) || !members.includes(this.id);
  }

  #noteEvent(event: EventBody): void {
    this.#snapshotOrders.note(event);
    if (event.type === 'became-leader') {
      this.#logger.info({ term: event.term }, `${this.id} leads term ${event.term}.`);
    }
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
    await this.#turns.until(() => this.core.role !== 'leader', MAX_HAND_OVER_MS);
  }

  #fail(failure: NodeFailure): void {
    this.#failure = failure;
    this.#snapshotOrders.abandon(new Error(failure.sentence));
    this.#transport.close();
    this.#logger.error({ reason: failure.reason }, failure.sentence);
    void this.#closeDisk();
    for (const listener of this.#failureListeners) listener(failure);
  }
  /** Of a disk that failed it is no news that it cannot be closed in order either. */
  async #closeDisk(): Promise<void> {
    try {
      await this.#disk.close();
    } catch (error) {
      if (this.#failure === undefined) throw error;
    }
  }
}
