import { actorRank } from '../host/actor.ts';
import { ClientHost } from '../host/client-host.ts';
import { NodeHost } from '../host/node-host.ts';
import { StorageError, type Envelope } from '../host/ports.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Rules } from '../raft/rules.ts';
import { MemoryDisk } from '../storage/memory-disk.ts';
import type { Action, TimedAction } from '../timeline/action.ts';
import type { ActorId, TimelineEvent } from '../timeline/event.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import type { Run } from '../timeline/run.ts';
import { changeWorld, initialWorld, type World } from '../timeline/world.ts';

export interface SimulatorOptions {
  readonly seed: number;
  readonly config: RunConfig;
  /** Called after everything that any actor handled, and after every action: where checkers look. */
  readonly afterStep?: (simulator: Simulator) => void;
  /** Other rules than the paper's, for every node: what the checkers must catch. */
  readonly rules?: Rules;
}

/**
 * All nodes and clients of a run in one thread: the same hosts as in the workers, a virtual network and virtual disks.
 * It handles one thing after the other in order of (moment, actor), which gives the timeline that the workers give.
 */
export class Simulator {
  readonly #options: SimulatorOptions;
  readonly #nodes = new Map<NodeId, NodeHost>();
  readonly #clients = new Map<ActorId, ClientHost>();
  readonly #disks = new Map<NodeId, MemoryDisk>();
  /** Copies of disks that were put aside, by whose disk it is. */
  readonly #copies = new Map<NodeId, MemoryDisk>();
  /** Nodes, then clients, each in order of number. */
  #actors: (NodeHost | ClientHost)[] = [];
  /** When each of them is next due. It changes by what it handles, by what it receives and by actions, and is asked anew then. */
  #dues: number[] = [];
  readonly #places = new Map<ActorId, number>();
  #events: TimelineEvent[] = [];
  /** From where on in `#events` stands what has happened by itself at the present moment. */
  #momentStart = 0;
  #performed: TimedAction[] = [];
  #world: World;
  #nowUs = 0;
  #clientIncarnation = 1;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#world = initialWorld(options.config);
    for (const node of this.#world.nodes) this.#startNode(node);
    this.#startClient('c1');
    this.#options.afterStep?.(this);
  }

  /** Virtual microseconds since the run began. */
  get nowUs(): number {
    return this.#nowUs;
  }

  get world(): World {
    return this.#world;
  }

  /** The running nodes, to be looked at; or to be moved elsewhere, if the simulator is not to go on. */
  get nodes(): ReadonlyMap<NodeId, NodeHost> {
    return this.#nodes;
  }

  /** The clients, on the same terms. */
  get clients(): ReadonlyMap<ActorId, ClientHost> {
    return this.#clients;
  }

  get disks(): ReadonlyMap<NodeId, MemoryDisk> {
    return this.#disks;
  }

  /** The copies of disks that were put aside, by whose disk it is. */
  get copies(): ReadonlyMap<NodeId, MemoryDisk> {
    return this.#copies;
  }

  get clientIncarnation(): number {
    return this.#clientIncarnation;
  }

  /** What has happened since this was last called, in timeline order. */
  takeEvents(): TimelineEvent[] {
    const events = this.#events;
    this.#events = [];
    this.#momentStart = 0;
    return events;
  }

  /** What has really been done since this was last called: a node whose disk fails it crashes. */
  takePerformed(): TimedAction[] {
    const performed = this.#performed;
    this.#performed = [];
    return performed;
  }

  nextDueUs(): number {
    return Math.min(Infinity, ...this.#dues);
  }

  /** Handles all that is due before `untilUs`, which is then the present moment. */
  advance(untilUs: number): void {
    this.#momentStart = this.#events.length;
    for (;;) {
      let nextUs = untilUs;
      let place = -1;
      for (let candidate = 0; candidate < this.#dues.length; candidate += 1) {
        const due = this.#dues[candidate] ?? Infinity;
        if (due >= nextUs) continue;
        nextUs = due;
        place = candidate;
      }
      const next = this.#actors[place];
      if (next === undefined) break;
      if (nextUs > this.#nowUs) this.#momentStart = this.#events.length;
      this.#nowUs = nextUs;
      const waiting = next.advanceOne();
      this.#dues[place] = next.nextDueUs();
      if (waiting !== undefined) throw new Error('The simulator needs disks that answer at once.');
      const failure = next instanceof NodeHost ? next.failure : undefined;
      if (failure !== undefined) this.#crash(next.id, failure.error);
      this.#options.afterStep?.(this);
    }
    this.#nowUs = Math.max(this.#nowUs, untilUs);
  }

  /** Does an action at the present moment. A node that does not take its disk is not started by it, but crashes before. */
  act(action: Action): void {
    const refusals = this.#refusedBy(action);
    for (const { node, reason } of refusals) this.#perform({ type: 'crash', node, reason });
    if (refusals.length === 0) this.#perform(action);
    else if (action.type === 'power-return') {
      const refusing = new Set(refusals.map(({ node }) => node));
      this.#perform({ type: 'power-return', nodes: action.nodes.filter((node) => !refusing.has(node)) });
    }
  }

  /** Which nodes that the action would start do not take their disks, and why. */
  #refusedBy(action: Action): readonly { readonly node: NodeId; readonly reason: string }[] {
    if (action.type !== 'revive' && action.type !== 'power-return') return [];
    const next = changeWorld(this.#world, action, this.#nowUs).machines;
    return this.#world.nodes.flatMap((node) => {
      if (next[node]?.incarnation === this.#world.machines[node]?.incarnation) return [];
      try {
        this.#diskOf(node).load(node);
        return [];
      } catch (error) {
        if (error instanceof StorageError) return [{ node, reason: error.message }];
        throw error;
      }
    });
  }

  #perform(action: Action): void {
    const before = this.#world;
    this.#world = changeWorld(before, action, this.#nowUs);
    this.#performed.push({ atUs: this.#nowUs, action });
    this.#emit({ atUs: this.#nowUs, actor: 'cluster', event: { type: 'action', action } });
    if (this.#world !== before) this.#handleDisk(action);
    const mark = this.#events.length;
    for (const node of this.#world.nodes) {
      const machine = this.#world.machines[node];
      const previous = before.machines[node];
      if (machine?.status === 'down' || machine?.incarnation !== previous?.incarnation) this.#stopNode(node);
    }
    if (action.type === 'request') this.#startClient(action.client);
    for (const actor of this.#actors) actor.act(this.#nowUs, action);
    for (const node of this.#world.nodes) {
      if (this.#world.machines[node]?.status !== 'down' && !this.#nodes.has(node)) this.#startNode(node);
    }
    if (action.type === 'power-failure' && action.clients) this.#clientIncarnation += 1;
    this.#askDues();
    // What the action brings about at once stands right behind it, in order of actors.
    const brought = this.#events.splice(mark);
    brought.sort((one, other) => actorRank(one.actor) - actorRank(other.actor));
    for (const event of brought) this.#events.push(event);
    this.#options.afterStep?.(this);
  }

  /** Its disk failed it. As any action that precedes all else at its moment, although it is found out in the middle of it. */
  #crash(node: NodeId, error: StorageError): void {
    // A disk that is in no trouble refuses only what no node may ask.
    if (this.#world.machines[node]?.writes === 'kept') throw error;
    const action: Action = { type: 'crash', node, reason: error.message };
    const atUs = this.#nowUs;
    this.#world = changeWorld(this.#world, action, atUs);
    this.#performed.push({ atUs, action });
    this.#events.splice(this.#momentStart, 0, { atUs, actor: 'cluster', event: { type: 'action', action } });
    this.#momentStart += 1;
    this.#stopNode(node);
  }

  #startNode(id: NodeId): void {
    const disk = this.#diskOf(id);
    const host = new NodeHost({
      id,
      config: this.#options.config,
      seed: this.#options.seed,
      world: this.#world,
      nowUs: this.#nowUs,
      storage: disk,
      recovered: disk.load(id),
      deliver: this.#deliver,
      emit: this.#emit,
      ...(this.#options.rules === undefined ? {} : { rules: this.#options.rules }),
    });
    this.#nodes.set(id, host);
    this.#orderActors();
  }

  /** Whose disk is in the node's machine. */
  #ownerOf(node: NodeId): NodeId {
    return this.#world.machines[node]?.drive ?? node;
  }

  /** The disk that is in the node's machine. */
  #diskOf(node: NodeId): MemoryDisk {
    const owner = this.#ownerOf(node);
    const disk = this.#disks.get(owner) ?? new MemoryDisk(owner);
    this.#disks.set(owner, disk);
    return disk;
  }

  /** Does what befalls the disk of a node that is down. */
  #handleDisk(action: Action): void {
    switch (action.type) {
      case 'damage-disk':
        this.#diskOf(action.node).damage(action.damage);
        return;
      case 'copy-disk': {
        const copy = new MemoryDisk();
        copy.takeFrom(this.#diskOf(action.node));
        this.#copies.set(this.#ownerOf(action.node), copy);
        return;
      }
      case 'restore-copy': {
        const copy = this.#copies.get(this.#ownerOf(action.node));
        if (copy !== undefined) this.#diskOf(action.node).takeFrom(copy);
        return;
      }
      default:
    }
  }

  #stopNode(id: NodeId): void {
    this.#nodes.delete(id);
    this.#orderActors();
  }

  #startClient(id: ActorId): void {
    if (this.#clients.has(id)) return;
    const { config, seed } = this.#options;
    const options = { id, config, seed, world: this.#world, incarnation: this.#clientIncarnation };
    this.#clients.set(id, new ClientHost({ ...options, deliver: this.#deliver, emit: this.#emit }));
    this.#orderActors();
  }

  #orderActors(): void {
    this.#actors = [...this.#nodes.values(), ...this.#clients.values()].sort(
      (one, other) => actorRank(one.id) - actorRank(other.id),
    );
    this.#places.clear();
    for (const [place, { id }] of this.#actors.entries()) this.#places.set(id, place);
    this.#askDues();
  }

  #askDues(): void {
    this.#dues = this.#actors.map((actor) => actor.nextDueUs());
  }

  readonly #emit = (event: TimelineEvent): void => {
    this.#events.push(event);
  };

  /** A message to a node that is down is lost; one that is on its way when its receiver dies goes with the inbox. */
  readonly #deliver = (envelope: Envelope): void => {
    const place = this.#places.get(envelope.to) ?? -1;
    const receiver = this.#actors[place];
    if (receiver === undefined) return;
    receiver.receive(envelope);
    this.#dues[place] = receiver.nextDueUs();
  };
}

/** Plays a run from its first moment to its last and gives all its events. */
export function playRun(run: Run, afterStep?: (simulator: Simulator) => void): TimelineEvent[] {
  const simulator = new Simulator({
    seed: run.seed,
    config: run.config,
    ...(afterStep === undefined ? {} : { afterStep }),
  });
  for (const { atUs, action } of run.actions) {
    simulator.advance(atUs);
    simulator.act(action);
  }
  simulator.advance(run.untilUs);
  return simulator.takeEvents();
}
