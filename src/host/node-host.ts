import type { ClientRead, ClientReply, ClientRequest } from '../kv/client-message.ts';
import { KvStateMachine, type StoreOptions } from '../kv/state-machine.ts';
import { readSnapshot } from '../kv/store-snapshot.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { Effect } from '../raft/effect.ts';
import type { Entry, NodeId } from '../raft/entry.ts';
import type { Input } from '../raft/input.ts';
import { RaftNode } from '../raft/raft-node.ts';
import { createRandom, nextUint32 } from '../raft/random.ts';
import type { Rules } from '../raft/rules.ts';
import type { Snapshot } from '../raft/snapshot.ts';
import type { Action } from '../timeline/action.ts';
import type { ActorId, EventBody, TimelineEvent } from '../timeline/event.ts';
import { DISK_FLOOR_US, type RunConfig } from '../timeline/run-config.ts';
import { clockReading, momentOfReading, trueClock, type NodeClock } from '../timeline/node-clock.ts';
import { changeWorld, linkKey, type World } from '../timeline/world.ts';
import type { Actor } from './actor.ts';
import { handedOn, passedBack } from './forwarding.ts';
import { HeldMessages } from './held-messages.ts';
import { Inbox } from './inbox.ts';
import { drawDelayUs, Outbox } from './outbox.ts';
import { PendingProposals, type Asker } from './pending-proposals.ts';
import { StorageError, type Envelope, type NodeStorage, type Recovered } from './ports.ts';
import { raftConfigOf, storeOptionsOf } from './raft-config.ts';
import { SnapshotMaker } from './snapshot-maker.ts';
import { WaitingWrites, type JoinedWrite } from './write-queue.ts';
import { ReadDesk } from './read-desk.ts';
import { inVirtualTime } from './virtual-time.ts';

export interface NodeHostOptions {
  readonly id: NodeId;
  readonly config: RunConfig;
  readonly seed: number;
  /** The world at the moment of birth, in which this node's machine has just started. */
  readonly world: World;
  readonly nowUs: number;
  readonly storage: NodeStorage;
  readonly recovered: Recovered;
  /** Takes a message that is on its way to another actor. */
  readonly deliver: (envelope: Envelope) => void;
  readonly emit: (event: TimelineEvent) => void;
  /** Other rules than the paper's, to see what becomes of it. */
  readonly rules?: Rules;
}

/**
 * A node's home: it drives one core and one state machine, inputs in order and effects out, in virtual time. It has no
 * clock; whoever holds it says how far it may go. What it does is decided by its seed, its disk and what it receives, so
 * the same host gives the same events in a worker and in the simulator.
 */
export class NodeHost implements Actor {
  readonly id: NodeId;
  readonly #core: RaftNode;
  readonly #storeOptions: StoreOptions;
  #machine: KvStateMachine;
  readonly #snapshots: SnapshotMaker;
  readonly #storage: NodeStorage;
  readonly #outbox: Outbox;
  readonly #inbox = new Inbox();
  readonly #emitEvent: (event: TimelineEvent) => void;
  readonly #diskRandom;
  #world: World;

  /** Waits for the disk, in order; the first ones are in `#writing`. */
  readonly #persists = new WaitingWrites();
  #writing: { readonly write: JoinedWrite; readonly dueUs: number } | undefined;
  #durableSequence = 0;
  readonly #held = new HeldMessages();

  readonly #pending = new PendingProposals();
  readonly #forwarding: boolean;
  #proposing: { readonly request: ClientRequest; readonly asker: Asker } | undefined;
  readonly #reads = new ReadDesk({
    store: () => this.#machine,
    emit: (nowUs, event) => this.#emit(nowUs, event),
    reply: (nowUs, client, requestId, outcome) =>
      this.#outbox.send(nowUs, client, { type: 'client-reply', requestId, outcome }, this.#world),
  });
  #proposalCount = 0;

  /** Nothing is handled before this moment: a node that was resumed does then what came due in between. */
  #wakeUs: number;
  #failure: { readonly atUs: number; readonly error: StorageError } | undefined;

  constructor(options: NodeHostOptions) {
    const { id, seed, world, nowUs, recovered } = options;
    const incarnation = world.machines[id]?.incarnation ?? 1;
    this.id = id;
    this.#storage = options.storage;
    this.#storeOptions = storeOptionsOf(options.config);
    this.#machine = new KvStateMachine(this.#storeOptions);
    this.#emitEvent = options.emit;
    this.#outbox = new Outbox(id, seed, incarnation, options);
    this.#diskRandom = createRandom(seed, 'disk', id, incarnation);
    this.#world = world;
    this.#forwarding = options.config.forwarding === true;
    this.#wakeUs = nowUs;
    this.#snapshots = new SnapshotMaker(options.config.snapshot);
    const coreSeed = nextUint32(createRandom(seed, 'node', id, incarnation));
    this.#core = new RaftNode(
      raftConfigOf(id, options.config),
      recovered,
      coreSeed,
      this.#reading(nowUs),
      options.rules,
    );
    this.#turn(nowUs, []);
  }

  /** The core and the store, to be looked at, not touched: tests compare them with the fold of the events. */
  get core(): RaftNode {
    return this.#core;
  }

  get store(): KvStateMachine {
    return this.#machine;
  }

  /** Why and when the node stopped by itself: its disk failed. */
  get failure(): { readonly atUs: number; readonly error: StorageError } | undefined {
    return this.#failure;
  }

  /** The machine's own clock, by which the core lives. */
  get clock(): NodeClock {
    return this.#world.machines[this.id]?.clock ?? trueClock;
  }

  #reading(nowUs: number): number {
    return clockReading(this.clock, nowUs);
  }

  get #paused(): boolean {
    return this.#world.machines[this.id]?.status === 'paused';
  }

  nextDueUs(): number {
    if (this.#paused || this.#failure !== undefined) return Infinity;
    const due = Math.min(
      this.#writing?.dueUs ?? Infinity,
      this.#inbox.nextDueUs(),
      this.#deadlineUs(),
      this.#snapshots.dueUs,
    );
    return due < this.#wakeUs ? this.#wakeUs : due;
  }

  #deadlineUs(): number {
    return momentOfReading(this.clock, this.#core.deadlineUs);
  }

  receive(envelope: Envelope): void {
    this.#inbox.add(envelope);
    // The sender has lived to `sentUs`, so whatever was due before it has arrived here.
    if (this.#paused) this.#inbox.trimBacklog(envelope.sentUs);
  }

  act(atUs: number, action: Action): void {
    const before = this.#world;
    const clockBefore = this.clock;
    this.#world = changeWorld(before, action, atUs);
    if (this.clock !== clockBefore) this.#changeClock(atUs);
    if (this.#world.cuts !== before.cuts) {
      this.#inbox.dropDueFrom(atUs, (from) => this.#world.cuts.has(linkKey(from, this.id)));
    }
    if (action.type === 'resume' && action.node === this.id && this.#world !== before) this.#resume(atUs);
    if (action.type === 'time-out-now' && action.node === this.id) this.#turn(atUs, [{ type: 'time-out-now' }]);
    if (action.type === 'snapshot' && action.node === this.id && !this.#paused) this.#takeSnapshot(atUs);
    if (action.type === 'transfer' && action.from === this.id && !this.#paused) {
      this.#turn(atUs, [{ type: 'transfer-leadership', to: action.to }]);
    }
    if (action.type === 'change-membership' && action.from === this.id && !this.#paused) {
      this.#turn(atUs, [{ type: 'change-membership', change: action.change }]);
    }
  }

  advance(untilUs: number): void | Promise<void> {
    for (;;) {
      const due = this.nextDueUs();
      if (due >= untilUs) return;
      const waiting = this.#handleNext(due);
      if (waiting !== undefined) return waiting.then(() => this.advance(untilUs));
    }
  }

  /** Handles just the next thing that is due. */
  advanceOne(): void | Promise<void> {
    return this.#handleNext(this.nextDueUs());
  }

  /** What the core waits for is due at other moments now, some of them past; nothing is done before this one. */
  #changeClock(atUs: number): void {
    this.#wakeUs = Math.max(this.#wakeUs, atUs);
    const { role, lease } = this.#core;
    const momentOf = (readingUs: number): number | undefined =>
      readingUs === 0 ? undefined : momentOfReading(this.clock, readingUs);
    this.#emit(atUs, {
      type: 'clock-changed',
      deadlineUs: this.#deadlineUs(),
      heldUntilUs: momentOf(lease.heldUntilUs),
      promisedUntilUs: momentOf(lease.promisedUntilUs),
      waitUntilUs: role === 'leader' ? momentOf(lease.waitUntilUs) : undefined,
    });
  }

  #resume(atUs: number): void {
    this.#wakeUs = atUs;
    this.#inbox.trimBacklog(atUs);
    const count = this.#inbox.takeDropped();
    if (count > 0) this.#emit(atUs, { type: 'backlog-dropped', count });
  }

  /** At one moment: first the disk, then messages, then the timer. */
  #handleNext(nowUs: number): void | Promise<void> {
    if (this.#writing !== undefined && this.#writing.dueUs <= nowUs) {
      return this.#completeWrite(nowUs, this.#writing.write);
    }
    const envelope = this.#inbox.takeDue(nowUs);
    if (envelope !== undefined) this.#handleEnvelope(nowUs, envelope);
    else if (this.#snapshots.dueUs <= nowUs) this.#continueSnapshot(nowUs);
    else this.#turn(nowUs, [{ type: 'timer' }]);
  }

  #handleEnvelope(nowUs: number, { messageId, from, message }: Envelope): void {
    this.#emit(nowUs, { type: 'message-received', messageId, from, messageType: message.type });
    if (message.type === 'client-request') this.#propose(nowUs, from, message);
    else if (message.type === 'client-read') this.#read(nowUs, from, message);
    else if (message.type === 'client-reply') this.#passBack(nowUs, from, message);
    else this.#turn(nowUs, [{ type: 'message', from, message }]);
  }

  #read(nowUs: number, client: ActorId, read: ClientRead): void {
    const input = this.#reads.take(nowUs, client, read);
    if (input !== undefined) this.#turn(nowUs, [input]);
  }

  /** An answer to what this node handed on for a client. */
  #passBack(nowUs: number, from: NodeId, reply: ClientReply): void {
    const back = passedBack(reply, from);
    if (back !== undefined) this.#outbox.send(nowUs, back.client, back.reply, this.#world);
  }

  #propose(nowUs: number, from: ActorId, request: ClientRequest): void {
    const { requestId, forwardedFor } = request;
    const asker = { requestId, from, forwardedFor };
    if (this.#pending.isRepeat(asker)) return;
    this.#proposing = { request, asker };
    this.#proposalCount += 1;
    const command =
      this.#storeOptions.sessionExpiryUs !== undefined
        ? { ...request.command, atUs: this.#reading(nowUs) }
        : request.command;
    this.#turn(nowUs, [{ type: 'propose', proposalId: this.#proposalCount, command }]);
    this.#proposing = undefined;
  }

  /** One turn of the core, and all that it wants done. */
  #turn(nowUs: number, inputs: readonly Input[]): void {
    for (const effect of this.#core.step(this.#reading(nowUs), inputs)) {
      this.#carryOut(nowUs, effect);
      if (this.#failure !== undefined) return;
    }
    this.#reads.answerReady(nowUs);
    if (this.#pending.size > 0 && this.#core.role !== 'leader') this.#abandonPending(nowUs);
    if (this.#snapshots.isDue) this.#takeSnapshot(nowUs);
    this.#startWrite(nowUs);
  }

  #carryOut(nowUs: number, effect: Effect): void {
    switch (effect.type) {
      case 'event':
        return this.#emit(nowUs, inVirtualTime(effect.event, this.clock));
      case 'persist':
        this.#persists.add(effect);
        return;
      case 'send':
        if (effect.afterSequence > this.#durableSequence) this.#hold(nowUs, effect);
        else this.#outbox.send(nowUs, effect.to, effect.message, this.#world);
        return;
      case 'apply':
        for (const entry of effect.entries) this.#apply(nowUs, entry);
        return;
      case 'restore':
        return this.#restore(nowUs, effect.snapshot);
      case 'proposal-accepted':
        this.#acceptProposal(effect);
        return;
      case 'proposal-refused':
        return this.#refuseProposal(nowUs, effect);
      case 'read-ready':
        return this.#reads.ready(effect);
      case 'read-refused':
        return this.#reads.refused(nowUs, effect);
      case 'transfer-refused':
      case 'membership-refused':
        // Its event says so, and nobody waits for an answer.
        return;
      default:
        return assertUnreachable(effect);
    }
  }

  #apply(nowUs: number, entry: Entry): void {
    const { result, change, repeat } = this.#machine.apply(entry);
    this.#snapshots.applied(entry);
    this.#emit(nowUs, { type: 'applied', entry, result, change, repeat });
    const pending = this.#pending.take(entry.index);
    if (pending === undefined) return;
    if (pending.term === entry.term && result !== undefined) {
      this.#reply(nowUs, pending, { type: 'applied', index: entry.index, result });
    } else {
      this.#reply(nowUs, pending, { type: 'leadership-lost', leader: this.#core.leader });
    }
  }

  /** A snapshot of the store as it is now. Where it holds nothing new, the core says so. */
  #takeSnapshot(nowUs: number): void {
    this.#snapshots.begin(this.#machine, nowUs);
    this.#continueSnapshot(nowUs);
  }

  #continueSnapshot(nowUs: number): void {
    const made = this.#snapshots.step(nowUs);
    if (made !== undefined) this.#turn(nowUs, [{ type: 'snapshot-taken', ...made }]);
  }

  /** The store is what the snapshot holds, from the disk at the start or from the leader later. */
  #restore(nowUs: number, { index, data }: Snapshot): void {
    const read = readSnapshot(data);
    if ('error' in read) {
      const problem = `the snapshot up to entry ${index} cannot be read: ${read.error}`;
      return this.#fail(nowUs, new StorageError('corrupt', `${this.id} stops, because ${problem}.`));
    }
    this.#machine = KvStateMachine.restore(read.saved, this.#storeOptions);
    this.#snapshots.restored();
    this.#emit(nowUs, { type: 'store-restored', index, entries: read.saved.entries });
  }

  /** A node that no longer leads cannot know what becomes of the entries that it had taken. */
  #abandonPending(nowUs: number): void {
    for (const pending of this.#pending.takeAll()) {
      this.#reply(nowUs, pending, { type: 'leadership-lost', leader: this.#core.leader });
    }
  }

  #reply(nowUs: number, { requestId, from, forwardedFor }: Asker, outcome: ClientReply['outcome']): void {
    const reply: ClientReply = { type: 'client-reply', requestId, outcome, ...(forwardedFor && { forwardedFor }) };
    this.#outbox.send(nowUs, from, reply, this.#world);
  }

  #acceptProposal({ index, term }: Extract<Effect, { type: 'proposal-accepted' }>): void {
    if (this.#proposing !== undefined) this.#pending.add(index, { ...this.#proposing.asker, term });
  }

  #refuseProposal(nowUs: number, refusal: Extract<Effect, { type: 'proposal-refused' }>): void {
    if (this.#proposing === undefined) return;
    const { request, asker } = this.#proposing;
    const { reason, leader } = refusal;
    const forwarded = this.#forwarding && reason === 'not-leader' ? handedOn(request, asker.from, leader) : undefined;
    if (leader === undefined || forwarded === undefined) return this.#reply(nowUs, asker, refusalOf(refusal));
    const { requestId } = request;
    this.#emit(nowUs, { type: 'request-forwarded', requestId, client: asker.from, to: leader, rule: 'forwarding' });
    this.#outbox.send(nowUs, leader, forwarded, this.#world);
  }

  #hold(nowUs: number, send: Extract<Effect, { type: 'send' }>): void {
    const count = this.#held.add(send);
    if (count > 0) this.#emit(nowUs, { type: 'held-dropped', count });
  }

  /** The disk takes one write at a time; what gathers meanwhile goes into the next (group commit). */
  #startWrite(nowUs: number): void {
    if (this.#writing !== undefined) return;
    const write = this.#persists.takeAll();
    if (write === undefined) return;
    const disk = this.#world.machines[this.id]?.disk ?? { meanMs: 0, spreadMs: 0 };
    const dueUs = nowUs + drawDelayUs(this.#diskRandom, disk, DISK_FLOOR_US);
    this.#writing = { write, dueUs };
    this.#emit(nowUs, { type: 'disk-write-started', sequence: write.sequence, dueUs });
  }

  /** The real write happens now, at the virtual moment at which it is done; time waits for it. */
  #completeWrite(nowUs: number, write: JoinedWrite): void | Promise<void> {
    try {
      const writing = this.#storage.write({ ...write, atUs: nowUs });
      if (writing === undefined) return this.#written(nowUs, write);
      return writing.then(
        () => this.#written(nowUs, write),
        (error: unknown) => this.#fail(nowUs, error),
      );
    } catch (error) {
      this.#fail(nowUs, error);
    }
  }

  #written(nowUs: number, write: JoinedWrite): void {
    this.#writing = undefined;
    this.#durableSequence = write.sequence;
    this.#turn(nowUs, [{ type: 'persisted', sequence: write.sequence }]);
    for (const { to, message } of this.#held.takeUpTo(write.sequence)) {
      this.#outbox.send(nowUs, to, message, this.#world);
    }
  }

  /** Fail-stop: a disk that refused once is not asked again, and what it may have half done is left as it is. */
  #fail(nowUs: number, error: unknown): void {
    this.#writing = undefined;
    const failed =
      error instanceof StorageError
        ? error
        : new StorageError('failed', `${this.id}'s disk failed: ${String(error)}`, { cause: error });
    this.#failure = { atUs: nowUs, error: failed };
  }

  #emit(nowUs: number, event: EventBody): void {
    this.#emitEvent({ atUs: nowUs, actor: this.id, event });
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
