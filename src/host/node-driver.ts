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
import { passedBack } from './forwarding.ts';
import { HeldMessages } from './held-messages.ts';
import { StorageError, type Recovered } from './ports.ts';
import { ProposalDesk } from './proposal-desk.ts';
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
  #machine: KvStateMachine;
  readonly #snapshots: SnapshotMaker;

  /** Waits for the disk, in order. */
  readonly #persists = new WaitingWrites();
  #writing: JoinedWrite | undefined;
  #durableSequence = 0;
  readonly #held = new HeldMessages();

  readonly #proposals: ProposalDesk;
  readonly #reads: ReadDesk;
  #failure: { readonly atUs: number; readonly error: StorageError } | undefined;

  /** The node has its first turn at once. */
  constructor(options: DriverOptions, ports: DriverPorts) {
    const { raft, seed, nowUs, recovered, rules = paperRules } = options;
    this.id = raft.id;
    this.#ports = ports;
    this.#storeOptions = options.store;
    this.#machine = new KvStateMachine(this.#storeOptions);
    this.#snapshots = new SnapshotMaker(options.snapshot);
    this.#proposals = new ProposalDesk(options.forwarding, {
      leader: () => this.#core.leader,
      // Sessions expire by the times that leaders write into the log.
      commandOf: (atUs, { command }) =>
        options.store.sessionExpiryUs === undefined ? command : { ...command, atUs: ports.reading(atUs) },
      emit: ports.emit,
      send: ports.send,
    });
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
    return this.#proposals.size;
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
    if (message.type === 'client-request') return this.#proposals.take(nowUs, from, message);
    if (message.type === 'client-read') return this.#reads.take(nowUs, from, message);
    if (message.type !== 'client-reply') return { type: 'message', from, message };
    // An answer to what this node handed on for a client.
    const back = passedBack(message, from);
    if (back !== undefined) this.#ports.send(nowUs, back.client, back.reply);
    return undefined;
  }

  /** One turn of the core, and all that it wants done. */
  #turn(nowUs: number, inputs: readonly Input[]): void {
    for (const effect of this.#core.step(this.#ports.reading(nowUs), inputs)) {
      this.#carryOut(nowUs, effect);
      if (this.#failure !== undefined) return;
    }
    this.#proposals.turnEnds();
    this.#reads.answerReady(nowUs);
    if (this.#proposals.size > 0 && this.#core.role !== 'leader') this.#proposals.abandon(nowUs);
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
        return this.#proposals.accepted(effect);
      case 'proposal-refused':
        return this.#proposals.refused(nowUs, effect);
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
    this.#proposals.applied(nowUs, entry, result);
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
