import type { NodeId } from '../raft/entry.ts';
import type { KvStateMachine } from '../kv/state-machine.ts';
import type { RaftNode } from '../raft/raft-node.ts';
import { createRandom, nextUint32, type Random } from '../raft/random.ts';
import type { Rules } from '../raft/rules.ts';
import { rulesOf } from '../raft/wrong-rules.ts';
import type { Action } from '../timeline/action.ts';
import type { EventBody, TimelineEvent } from '../timeline/event.ts';
import { DISK_FLOOR_US, type RunConfig } from '../timeline/run-config.ts';
import { clockReading, momentOfReading, trueClock, type NodeClock } from '../timeline/node-clock.ts';
import { changeWorld, isSlow, linkKey, noDelay, type World } from '../timeline/world.ts';
import type { Actor } from './actor.ts';
import { troubleOf } from './disk-trouble.ts';
import { HandlingQueue } from './handling-queue.ts';
import { Inbox } from './inbox.ts';
import { LyingCache } from './lying-cache.ts';
import { NodeDriver } from './node-driver.ts';
import { drawDelayUs, Outbox } from './outbox.ts';
import type { Envelope, NodeStorage, Recovered } from './ports.ts';
import { raftConfigOf, storeOptionsOf } from './raft-config.ts';
import { inVirtualTime } from './virtual-time.ts';
import type { JoinedWrite } from './write-queue.ts';

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
  /** Other rules than those that the config asks for. */
  readonly rules?: Rules;
}

/**
 * A node's home in virtual time: its driver, and round about it a world of links and disks whose delays are drawn. It has no
 * clock; whoever holds it says how far it may go. What it does is decided by its seed, its disk and what it receives, so
 * the same host gives the same events in a worker and in the simulator.
 */
export class NodeHost implements Actor {
  readonly id: NodeId;
  readonly #driver: NodeDriver;
  #storage: NodeStorage;
  readonly #outbox: Outbox;
  readonly #inbox = new Inbox();
  readonly #handling = new HandlingQueue();
  readonly #lyingCache = new LyingCache();
  /** Draws how long a slow node takes over a message; made only where one is slow. */
  #handlingRandom: Random | undefined;
  readonly #drawHandlingUs: () => number;
  #emitEvent: (event: TimelineEvent) => void;
  readonly #diskRandom;
  #world: World;
  #writing: { readonly write: JoinedWrite; readonly dueUs: number } | undefined;
  /** Nothing is handled before this moment: a node that was resumed does then what came due in between. */
  #wakeUs: number;

  constructor(options: NodeHostOptions) {
    const { id, config, seed, world, nowUs, recovered, rules } = options;
    const incarnation = world.machines[id]?.incarnation ?? 1;
    this.id = id;
    this.#storage = options.storage;
    this.#emitEvent = options.emit;
    this.#outbox = new Outbox(id, seed, incarnation, options);
    this.#diskRandom = createRandom(seed, 'disk', id, incarnation);
    this.#world = world;
    this.#wakeUs = nowUs;
    this.#drawHandlingUs = () => {
      this.#handlingRandom ??= createRandom(seed, 'handling', id, incarnation);
      return drawDelayUs(this.#handlingRandom, this.#world.machines[id]?.handling ?? noDelay, 0);
    };
    if (recovered.torn !== undefined) this.#emit(nowUs, { type: 'torn-write-dropped', index: recovered.torn });
    this.#driver = new NodeDriver(
      {
        raft: raftConfigOf(id, config),
        seed: nextUint32(createRandom(seed, 'node', id, incarnation)),
        nowUs,
        recovered,
        store: storeOptionsOf(config),
        snapshot: config.snapshot,
        forwarding: config.forwarding === true,
        rules: rules ?? rulesOf(config.sabotages),
      },
      {
        reading: (atUs) => clockReading(this.clock, atUs),
        emit: (atUs, event) => this.#emit(atUs, inVirtualTime(event, this.clock)),
        send: (atUs, to, message) => this.#outbox.send(atUs, to, message, this.#world),
        startWrite: (atUs, write) => this.#startWrite(atUs, write),
      },
    );
  }

  /** The core and the store, to be looked at, not touched: tests compare them with the fold of the events. */
  get core(): RaftNode {
    return this.#driver.core;
  }

  get store(): KvStateMachine {
    return this.#driver.store;
  }

  /** Why and when the node stopped by itself: its disk failed. */
  get failure(): NodeDriver['failure'] {
    return this.#driver.failure;
  }

  /** The machine's own clock, by which the core lives. */
  get clock(): NodeClock {
    return this.#world.machines[this.id]?.clock ?? trueClock;
  }

  /** From here on it lives elsewhere, as it is: on a disk that holds the same, heard by others. */
  moveTo({ storage, deliver, emit }: Pick<NodeHostOptions, 'storage' | 'deliver' | 'emit'>): void {
    this.#storage = storage;
    this.#emitEvent = emit;
    this.#outbox.moveTo({ deliver, emit });
  }

  get #paused(): boolean {
    return this.#world.machines[this.id]?.status === 'paused';
  }

  nextDueUs(): number {
    if (this.#paused || this.failure !== undefined) return Infinity;
    const due = Math.min(
      this.#writing?.dueUs ?? Infinity,
      this.#handling.dueUs,
      this.#inbox.nextDueUs(),
      this.#deadlineUs(),
      this.#driver.snapshotDueUs,
    );
    return due < this.#wakeUs ? this.#wakeUs : due;
  }

  #deadlineUs(): number {
    return momentOfReading(this.clock, this.#driver.deadlineUs);
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
    if (action.type === 'time-out-now' && action.node === this.id) {
      this.#driver.handle(atUs, [{ type: 'time-out-now' }]);
    }
    if (action.type === 'snapshot' && action.node === this.id && !this.#paused) this.#driver.takeSnapshot(atUs);
    if (action.type === 'transfer' && action.from === this.id && !this.#paused) {
      this.#driver.handle(atUs, [{ type: 'transfer-leadership', to: action.to }]);
    }
    if (action.type === 'change-membership' && action.from === this.id && !this.#paused) {
      this.#driver.handle(atUs, [{ type: 'change-membership', change: action.change }]);
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
    const { role, lease } = this.#driver.core;
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
    const handled = this.#handling.takeDone(nowUs, this.#drawHandlingUs);
    const envelope = handled === undefined ? this.#inbox.takeDue(nowUs) : undefined;
    if (handled !== undefined) this.#handleEnvelope(nowUs, handled);
    else if (envelope !== undefined) this.#takeIn(nowUs, envelope);
    else if (this.#driver.snapshotDueUs <= nowUs) this.#driver.continueSnapshot(nowUs);
    else this.#driver.handle(nowUs, [{ type: 'timer' }]);
  }

  /** A message that has arrived is handled at once, unless the node is slow or has others before it. */
  #takeIn(nowUs: number, envelope: Envelope): void {
    if (this.#handling.isEmpty && !isSlow(this.#world.machines[this.id])) return this.#handleEnvelope(nowUs, envelope);
    const count = this.#handling.add(nowUs, envelope, this.#drawHandlingUs);
    if (count > 0) this.#emit(nowUs, { type: 'backlog-dropped', count });
  }

  #handleEnvelope(nowUs: number, { messageId, from, message }: Envelope): void {
    this.#emit(nowUs, { type: 'message-received', messageId, from, messageType: message.type });
    this.#driver.handle(nowUs, [{ type: 'received', from, message }]);
  }

  #startWrite(nowUs: number, write: JoinedWrite): void {
    const disk = this.#world.machines[this.id]?.disk ?? noDelay;
    const dueUs = nowUs + drawDelayUs(this.#diskRandom, disk, DISK_FLOOR_US);
    this.#writing = { write, dueUs };
    this.#emit(nowUs, { type: 'disk-write-started', sequence: write.sequence, dueUs });
  }

  /** The real write happens now, at the virtual moment at which it is done; time waits for it. */
  #completeWrite(nowUs: number, write: JoinedWrite): void | Promise<void> {
    const trouble = troubleOf(this.id, this.#world.machines[this.id]?.writes ?? 'kept');
    if (trouble !== undefined) return this.#fail(nowUs, trouble);
    const unsynced = this.#world.machines[this.id]?.unsynced ?? 0;
    const going = this.#lyingCache.add({ ...write, atUs: nowUs }, unsynced);
    if (going === undefined) return this.#written(nowUs);
    try {
      const writing = this.#storage.write(going);
      if (writing === undefined) return this.#written(nowUs);
      return writing.then(
        () => this.#written(nowUs),
        (error: unknown) => this.#fail(nowUs, error),
      );
    } catch (error) {
      this.#fail(nowUs, error);
    }
  }

  #written(nowUs: number): void {
    this.#writing = undefined;
    this.#driver.written(nowUs);
  }

  #fail(nowUs: number, error: unknown): void {
    this.#writing = undefined;
    this.#driver.fail(nowUs, error);
  }

  #emit(nowUs: number, event: EventBody): void {
    this.#emitEvent({ atUs: nowUs, actor: this.id, event });
  }
}
