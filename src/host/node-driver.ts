import type { ClientReply, ClientRequest } from '../kv/client-message.ts';
import { KvStateMachine, type StoreOptions } from '../kv/state-machine.ts';
import { readSnapshot } from '../kv/store-snapshot.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { RaftConfig } from '../raft/config.ts';
import type { Effect } from '../raft/effect.ts';
import type { Entry, NodeId } from '../raft/entry.ts';
import type { Input } from '../raft/input.ts';
import { RaftNode } from '../raft/raft-node.ts';
import { paperRules, type Rules } from '../raft/rules.ts';
import type { Snapshot } from '../raft/snapshot.ts';
import type { ActorId, EventBody, LinkMessage } from '../timeline/event.ts';
import type { SnapshotConfig } from '../timeline/run-config.ts';
import { handedOn, passedBack } from './forwarding.ts';
import { HeldMessages } from './held-messages.ts';
import { PendingProposals, type Asker } from './pending-proposals.ts';
import { StorageError, type Recovered } from './ports.ts';
import { ReadDesk } from './read-desk.ts';
import { SnapshotMaker } from './snapshot-maker.ts';
import { WaitingWrites, type JoinedWrite } from './write-queue.ts';

/** What a driver wants of its surroundings. All are called within a call of the driver, in order, and must not call back into it. */
export interface DriverPorts {
  /** What the node's own clock, by which its core lives, reads at that moment. It never goes back. */
  readonly reading: (nowUs: number) => number;
  /** Something happened. The moments that a core's event tells are readings of its clock. */
  readonly emit: (nowUs: number, event: EventBody) => void;
  /** The message may leave now. Whether it arrives is nobody's promise. */
  readonly send: (nowUs: number, to: ActorId, message: LinkMessage) => void;
  /**
   * Begin that write. When it is durable {@link NodeDriver.written} is to be called, and if it fails {@link NodeDriver.fail};
   * until then no other is begun.
   */
  readonly startWrite: (nowUs: number, write: JoinedWrite) => void;
  /** What was asked of the core from outside, and is not to be. */
  readonly refused?: (refusal: Refusal) => void;
}

/** A handing-over of the lead, or a change of the membership, that cannot be begun. */
export type Refusal = Extract<Effect, { readonly type: 'transfer-refused' | 'membership-refused' }>;

/** What a driver is told at birth. */
export interface DriverOptions {
  readonly raft: RaftConfig;
  /** An unsigned 32-bit integer; nodes of one cluster may share it. */
  readonly seed: number;
  readonly nowUs: number;
  readonly recovered: Recovered;
  readonly store: StoreOptions;
  /** When the node takes a snapshot by itself; left out: only when it is told to. */
  readonly snapshot?: SnapshotConfig | undefined;
  /** Whether it hands a client's request on to the leader that it knows. */
  readonly forwarding: boolean;
  /** Other rules than the paper's, to see what becomes of it. */
  readonly rules?: Rules | undefined;
}

/** What can happen to a node, from outside. */
export type DriverInput =
  /** A message has come, of a node or of a client. */
  | { readonly type: 'received'; readonly from: ActorId; readonly message: LinkMessage }
  | Extract<Input, { readonly type: 'timer' | 'time-out-now' | 'transfer-leadership' | 'change-membership' }>;

/**
 * Drives one core and one state machine: inputs in order and effects out, writes one at a time (what gathers meanwhile goes
 * into the next: group commit), messages held back until their write is durable, and clients answered. It knows neither time
 * nor links nor disks: moments come in with each call, in microseconds, and never go back. So the same driver runs in virtual
 * time and in a process of its own.
 */
export class NodeDriver {
  readonly id: NodeId;
  readonly #ports: DriverPorts;
  readonly #core: RaftNode;
  readonly #storeOptions: StoreOptions;
  readonly #forwarding: boolean;
  #machine: KvStateMachine;
  readonly #snapshots: SnapshotMaker;

  /** Waits for the disk, in order. */
  readonly #persists = new WaitingWrites();
  #writing: JoinedWrite | undefined;
  #durableSequence = 0;
  readonly #held = new HeldMessages();

  readonly #pending = new PendingProposals();
  /** What was proposed in this turn, by the name under which the core knows it. */
  readonly #proposing = new Map<number, { readonly request: ClientRequest; readonly asker: Asker }>();
  readonly #reads: ReadDesk;
  #proposalCount = 0;
  #failure: { readonly atUs: number; readonly error: StorageError } | undefined;

  /** The node has its first turn at once. */
  constructor(options: DriverOptions, ports: DriverPorts) {
    const { raft, seed, nowUs, recovered, rules = paperRules } = options;
    this.id = raft.id;
    this.#ports = ports;
    this.#storeOptions = options.store;
    this.#forwarding = options.forwarding;
    this.#machine = new KvStateMachine(this.#storeOptions);
    this.#snapshots = new SnapshotMaker(options.snapshot);
    this.#reads = new ReadDesk({
      store: () => this.#machine,
      mayAnswer: rules.mayAnswerRead,
      emit: ports.emit,
      reply: (atUs, client, requestId, outcome) =>
        ports.send(atUs, client, { type: 'client-reply', requestId, outcome }),
    });
    this.#core = new RaftNode(raft, recovered, seed, ports.reading(nowUs), rules);
    this.#turn(nowUs, []);
  }

  /** The core and the store, to be looked at, not touched. */
  get core(): RaftNode {
    return this.#core;
  }

  get store(): KvStateMachine {
    return this.#machine;
  }

  /** Why and when the node stopped by itself: its disk failed. It is not to be called any more. */
  get failure(): { readonly atUs: number; readonly error: StorageError } | undefined {
    return this.#failure;
  }

  /** When it wants a `timer`, as a reading of its own clock; Infinity for never. */
  get deadlineUs(): number {
    return this.#core.deadlineUs;
  }

  /** At which moment {@link continueSnapshot} is due; Infinity while no snapshot is being made. */
  get snapshotDueUs(): number {
    return this.#snapshots.dueUs;
  }

  /** How many proposals wait to be applied. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** One turn of the node, in which it handles all of the inputs: to each peer at most one append, and one write in all. */
  handle(nowUs: number, inputs: readonly DriverInput[]): void {
    const forCore: Input[] = [];
    for (const input of inputs) {
      const taken = input.type === 'received' ? this.#receive(nowUs, input.from, input.message) : input;
      if (taken !== undefined) forCore.push(taken);
    }
    if (forCore.length > 0) this.#turn(nowUs, forCore);
  }

  /** The write that was started is durable. */
  written(nowUs: number): void {
    const write = this.#writing;
    if (write === undefined) return;
    this.#writing = undefined;
    this.#durableSequence = write.sequence;
    this.#turn(nowUs, [{ type: 'persisted', sequence: write.sequence }]);
    for (const { to, message } of this.#held.takeUpTo(write.sequence)) this.#ports.send(nowUs, to, message);
  }

  /** Fail-stop: a disk that refused once is not asked again, and what it may have half done is left as it is. */
  fail(nowUs: number, error: unknown): void {
    this.#writing = undefined;
    const failed =
      error instanceof StorageError
        ? error
        : new StorageError('failed', `${this.id}'s disk failed: ${String(error)}`, { cause: error });
    this.#failure = { atUs: nowUs, error: failed };
  }

  /** Begins a snapshot of the store as it is now. Where it holds nothing new, the core says so. */
  takeSnapshot(nowUs: number): void {
    this.#snapshots.begin(this.#machine, nowUs);
    this.continueSnapshot(nowUs);
  }

  /** Makes the next slice of the snapshot. */
  continueSnapshot(nowUs: number): void {
    const made = this.#snapshots.step(nowUs);
    if (made !== undefined) this.#turn(nowUs, [{ type: 'snapshot-taken', ...made }]);
  }

  /** What the core is to handle of it. */
  #receive(nowUs: number, from: ActorId, message: LinkMessage): Input | undefined {
    if (message.type === 'client-request') return this.#propose(nowUs, from, message);
    if (message.type === 'client-read') return this.#reads.take(nowUs, from, message);
    if (message.type !== 'client-reply') return { type: 'message', from, message };
    // An answer to what this node handed on for a client.
    const back = passedBack(message, from);
    if (back !== undefined) this.#ports.send(nowUs, back.client, back.reply);
    return undefined;
  }

  #propose(nowUs: number, from: ActorId, request: ClientRequest): Input | undefined {
    const { requestId, forwardedFor, command: asked } = request;
    const asker = { requestId, from, forwardedFor, command: asked };
    if (this.#pending.isRepeat(asker)) return undefined;
    this.#proposalCount += 1;
    this.#proposing.set(this.#proposalCount, { request, asker });
    const command =
      this.#storeOptions.sessionExpiryUs !== undefined ? { ...asked, atUs: this.#ports.reading(nowUs) } : asked;
    return { type: 'propose', proposalId: this.#proposalCount, command };
  }

  /** One turn of the core, and all that it wants done. */
  #turn(nowUs: number, inputs: readonly Input[]): void {
    for (const effect of this.#core.step(this.#ports.reading(nowUs), inputs)) {
      this.#carryOut(nowUs, effect);
      if (this.#failure !== undefined) return;
    }
    this.#proposing.clear();
    this.#reads.answerReady(nowUs);
    if (this.#pending.size > 0 && this.#core.role !== 'leader') this.#abandonPending(nowUs);
    if (this.#snapshots.isDue) this.takeSnapshot(nowUs);
    this.#startWrite(nowUs);
  }

  #carryOut(nowUs: number, effect: Effect): void {
    switch (effect.type) {
      case 'event':
        return this.#ports.emit(nowUs, effect.event);
      case 'persist':
        this.#persists.add(effect);
        return;
      case 'send':
        if (effect.afterSequence > this.#durableSequence) this.#hold(nowUs, effect);
        else this.#ports.send(nowUs, effect.to, effect.message);
        return;
      case 'apply':
        for (const entry of effect.entries) this.#apply(nowUs, entry);
        return;
      case 'restore':
        return this.#restore(nowUs, effect.snapshot);
      case 'proposal-accepted':
        return this.#acceptProposal(effect);
      case 'proposal-refused':
        return this.#refuseProposal(nowUs, effect);
      case 'read-ready':
        return this.#reads.ready(effect);
      case 'read-refused':
        return this.#reads.refused(nowUs, effect);
      case 'transfer-refused':
      case 'membership-refused':
        return this.#ports.refused?.(effect);
      default:
        return assertUnreachable(effect);
    }
  }

  #apply(nowUs: number, entry: Entry): void {
    const { result, change, repeat } = this.#machine.apply(entry);
    this.#snapshots.applied(entry);
    this.#ports.emit(nowUs, { type: 'applied', entry, result, change, repeat });
    const pending = this.#pending.take(entry.index);
    if (pending === undefined) return;
    if (pending.term === entry.term && result !== undefined) {
      this.#reply(nowUs, pending, { type: 'applied', index: entry.index, result });
    } else {
      this.#reply(nowUs, pending, { type: 'leadership-lost', leader: this.#core.leader });
    }
  }

  /** The store is what the snapshot holds, from the disk at the start or from the leader later. */
  #restore(nowUs: number, { index, data }: Snapshot): void {
    const read = readSnapshot(data);
    if ('error' in read) {
      const problem = `the snapshot up to entry ${index} cannot be read: ${read.error}`;
      return this.fail(nowUs, new StorageError('corrupt', `${this.id} stops, because ${problem}.`));
    }
    this.#machine = KvStateMachine.restore(read.saved, this.#storeOptions);
    this.#snapshots.restored();
    this.#ports.emit(nowUs, { type: 'store-restored', index, entries: read.saved.entries });
  }

  /** A node that no longer leads cannot know what becomes of the entries that it had taken. */
  #abandonPending(nowUs: number): void {
    for (const pending of this.#pending.takeAll()) {
      this.#reply(nowUs, pending, { type: 'leadership-lost', leader: this.#core.leader });
    }
  }

  #reply(nowUs: number, { requestId, from, forwardedFor }: Asker, outcome: ClientReply['outcome']): void {
    const reply: ClientReply = { type: 'client-reply', requestId, outcome, ...(forwardedFor && { forwardedFor }) };
    this.#ports.send(nowUs, from, reply);
  }

  #acceptProposal({ proposalId, index, term }: Extract<Effect, { type: 'proposal-accepted' }>): void {
    const proposing = this.#proposing.get(proposalId);
    if (proposing !== undefined) this.#pending.add(index, { ...proposing.asker, term });
  }

  #refuseProposal(nowUs: number, refusal: Extract<Effect, { type: 'proposal-refused' }>): void {
    const proposing = this.#proposing.get(refusal.proposalId);
    if (proposing === undefined) return;
    const { request, asker } = proposing;
    const { reason, leader } = refusal;
    const forwarded = this.#forwarding && reason === 'not-leader' ? handedOn(request, asker.from, leader) : undefined;
    if (leader === undefined || forwarded === undefined) return this.#reply(nowUs, asker, refusalOf(refusal));
    const { requestId } = request;
    this.#ports.emit(nowUs, {
      type: 'request-forwarded',
      requestId,
      client: asker.from,
      to: leader,
      rule: 'forwarding',
    });
    this.#ports.send(nowUs, leader, forwarded);
  }

  #hold(nowUs: number, send: Extract<Effect, { type: 'send' }>): void {
    const count = this.#held.add(send);
    if (count > 0) this.#ports.emit(nowUs, { type: 'held-dropped', count });
  }

  /** The disk takes one write at a time; what gathers meanwhile goes into the next (group commit). */
  #startWrite(nowUs: number): void {
    if (this.#writing !== undefined) return;
    const write = this.#persists.takeAll();
    if (write === undefined) return;
    this.#writing = write;
    this.#ports.startWrite(nowUs, write);
  }
}

function refusalOf({ reason, leader, limit }: Extract<Effect, { type: 'proposal-refused' }>): ClientReply['outcome'] {
  switch (reason) {
    case 'not-leader':
      return { type: 'not-leader', leader };
    case 'too-many-pending':
      return { type: 'busy', ...(limit && { limit }) };
    case 'transferring':
      return { type: 'transferring' };
    default:
      return assertUnreachable(reason);
  }
}
