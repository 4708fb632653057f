import { emptyReport, endReport } from '../../workers/end-report.ts';
import type { Grant, Report } from '../../workers/protocol.ts';
import { actorRank } from '../host/actor.ts';
import { ClientHost } from '../host/client-host.ts';
import type { OutboxPorts } from '../host/outbox.ts';
import type { Envelope } from '../host/ports.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Action, TimedAction } from '../timeline/action.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';
import type { ActorId, TimelineEvent } from '../timeline/event.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { changeWorld, initialWorld, linkKey, smallestLatencyUs, type World } from '../timeline/world.ts';
import { beginNodes, type Newcomer } from './begin-nodes.ts';
import type { Engine, Progress } from './engine.ts';
import { handleDatabase, isDiskAction, readLastWrite } from './node-database.ts';
import type { NodeWorkerHandle } from './node-worker-handle.ts';

export interface WorkerEngineOptions {
  readonly seed: number;
  readonly config: RunConfig;
  /** Names this cluster and its databases: `whitewater/{cluster}/{node}`. */
  readonly cluster: string;
  readonly createWorker: (id: NodeId) => Worker;
  /** Where to go on from: a moment at which no node is up. Undefined: from the beginning. */
  readonly resume?: Resume;
  /** Where nodes and clients that were played ahead go on from. */
  readonly landing?: Landing;
}

/** Where a cluster that lost its power goes on. */
export interface Resume {
  readonly world: World;
  readonly nowUs: number;
  readonly clientIncarnation: number;
  /** Nodes that have written to their disks. */
  readonly begun: ReadonlySet<NodeId>;
}

/** Where a cluster goes on that was played ahead elsewhere. */
export interface Landing extends Resume {
  readonly clients: ReadonlyMap<ActorId, ClientHost>;
  /** Gives the worker of a node that is up, its database open; rejects with a sentence where the node cannot go on. */
  readonly open: (id: NodeId) => Promise<NodeWorkerHandle>;
}

/** What the page knows of a running node. */
interface Running {
  readonly handle: NodeWorkerHandle;
  /** When it has something to do next, messages on their way to it included. */
  nextDueUs: number;
  /** How many messages each peer has sent it over the present channels: what their confirmed reports say. */
  expected: Readonly<Record<NodeId, number>>;
  /**
   * From clients, for the next grant. They are not yet due, or the grant would have been, so there are no more of them than
   * the clients' links hold.
   */
  envelopes: Envelope[];
}

/** What a node's grant came to. */
interface Outcome {
  readonly id: NodeId;
  readonly report: Report;
}

/** What becomes of a call, while it is being done. */
interface Doings extends Progress {
  readonly events: TimelineEvent[];
  readonly performed: TimedAction[];
}

/**
 * One worker per node, time in windows no longer than the smallest latency of any link (conservative lookahead): what is
 * sent in a window is due in a later one, so the nodes run a window side by side, and the order of events does not depend
 * on who was faster. Messages go from worker to worker; the page only tells each how many it should hold by now. Clients
 * live here in the page.
 *
 * What the real machine does to a node becomes a `crash` in the run, at a moment that makes the run play again exactly. A
 * full disk and code that throws have one: the worker says at what moment it stopped, and what it had done up to then. A
 * worker that breaks in a window says nothing more. What it had not reported, nobody has taken up, so that did not happen;
 * what it had reported and was writing down, happened as far as its disk got, which is looked up there.
 */
export class WorkerEngine implements Engine {
  readonly #options: WorkerEngineOptions;
  readonly #nodes = new Map<NodeId, Running>();
  /** Workers of nodes that crashed and whose peers may not hold yet what they had sent. */
  readonly #leaving = new Map<NodeId, NodeWorkerHandle>();
  readonly #clients = new Map<ActorId, ClientHost>();
  /** Nodes that have a database, which is not to be taken for a new one if it is empty. */
  readonly #begun: Set<NodeId>;
  #world: World;
  #nowUs: number;
  #clientIncarnation: number;
  #lookaheadUs: number;
  /** What clients did since the last merge. */
  readonly #clientEvents: TimelineEvent[] = [];
  readonly #clientPorts: OutboxPorts = {
    deliver: (envelope) => {
      const node = this.#nodes.get(envelope.to);
      if (node === undefined) return;
      node.envelopes.push(envelope);
      node.nextDueUs = Math.min(node.nextDueUs, envelope.dueUs);
    },
    emit: (event) => this.#clientEvents.push(event),
  };

  constructor(options: WorkerEngineOptions) {
    this.#options = options;
    const { landing, resume = landing } = options;
    this.#world = resume?.world ?? initialWorld(options.config);
    this.#nowUs = resume?.nowUs ?? 0;
    this.#clientIncarnation = resume?.clientIncarnation ?? 1;
    this.#lookaheadUs = smallestLatencyUs(this.#world);
    this.#begun = new Set(resume?.begun);
    for (const [id, client] of landing?.clients ?? []) {
      client.moveTo(this.#clientPorts);
      this.#clients.set(id, client);
    }
    this.#startClient('c1');
  }

  get nowUs(): number {
    return this.#nowUs;
  }

  get world(): World {
    return this.#world;
  }

  nextDueUs(): number {
    let next = Infinity;
    for (const node of this.#nodes.values()) next = Math.min(next, node.nextDueUs);
    for (const client of this.#clients.values()) next = Math.min(next, client.nextDueUs());
    return next;
  }

  async start(): Promise<Progress> {
    const up = this.#world.nodes.filter((node) => this.#world.machines[node]?.status !== 'down');
    const failures = new Map<NodeId, string>();
    const { landing } = this.#options;
    const newcomers = await this.#begin(up, this.#world, failures, landing?.open);
    const done: Doings = { events: [], performed: [] };
    // Who has landed started long ago.
    const batch = landing === undefined ? await this.#startsOf([...failures.keys()]) : [];
    this.#join(newcomers);
    for (const [id, { report }] of newcomers) this.#take(id, report, batch);
    for (const event of inOrder(batch)) done.events.push(event);
    for (const [node, reason] of inOrderOfNodes([...failures])) this.#crash(node, reason, this.#nowUs, done);
    return done;
  }

  /** What nodes without a database would have said: in the run they start, as all do, and crash at once. */
  async #startsOf(nodes: readonly NodeId[]): Promise<TimelineEvent[]> {
    const events: TimelineEvent[] = [];
    if (nodes.length === 0) return events;
    const { config, seed } = this.#options;
    // The page needs no node of its own but for this.
    const [{ NodeHost }, { MemoryDisk }] = await Promise.all([
      import('../host/node-host.ts'),
      import('../storage/memory-disk.ts'),
    ]);
    for (const id of nodes) {
      const storage = new MemoryDisk();
      const options = { id, config, seed, world: this.#world, nowUs: this.#nowUs, storage, recovered: storage.load() };
      void new NodeHost({ ...options, deliver: () => undefined, emit: (event) => events.push(event) });
    }
    return events;
  }

  async advance(untilUs: number): Promise<Progress> {
    const done: Doings = { events: [], performed: [] };
    for (let next = this.nextDueUs(); next < untilUs; next = this.nextDueUs()) {
      await this.#window(Math.min(untilUs, next + this.#lookaheadUs), done);
      if (done.performed.length > 0) return done;
    }
    this.#nowUs = Math.max(this.#nowUs, untilUs);
    return done;
  }

  async act(action: Action): Promise<Progress> {
    const done: Doings = { events: [], performed: [] };
    await this.#buryBroken(done);
    const failed = await this.#handleDisk(action);
    if (failed !== undefined) {
      await this.#perform(failed, new Map(), done);
      return done;
    }
    const starting = this.#startedBy(action);
    if (starting.length === 0) await this.#perform(action, new Map(), done);
    else await this.#performStart(action, starting, done);
    return done;
  }

  /** Does to a real database what befalls the disk. Gives what is to be done instead where that cannot be, as it cannot be opened. */
  async #handleDisk(action: Action): Promise<Action | undefined> {
    if (!isDiskAction(action)) return undefined;
    if (changeWorld(this.#world, action, this.#nowUs) === this.#world) return undefined;
    const { cluster, createWorker } = this.#options;
    const owner = this.#world.machines[action.node]?.drive ?? action.node;
    const reason = await handleDatabase(action, owner, cluster, createWorker);
    return reason === undefined ? undefined : { type: 'crash', node: action.node, reason };
  }

  async dispose(): Promise<void> {
    for (const node of this.#nodes.values()) node.handle.terminate();
    this.#nodes.clear();
  }

  /** Nodes whose machines an action would start. */
  #startedBy(action: Action): readonly NodeId[] {
    const next = changeWorld(this.#world, action, this.#nowUs);
    return next.nodes.filter((node) => next.machines[node]?.incarnation !== this.#world.machines[node]?.incarnation);
  }

  /** Grants one window to everyone who has something to do in it, and waits for all. */
  async #window(untilUs: number, done: Doings): Promise<void> {
    await this.#buryBroken(done);
    const due = [...this.#nodes].filter(([, node]) => node.nextDueUs < untilUs);
    const granted = due.map(([id, node]) => {
      const { expected } = node;
      return this.#ask(id, node, { type: 'window', untilUs, expected, envelopes: node.envelopes.splice(0) });
    });
    for (const client of this.#clients.values()) client.advance(untilUs);
    const outcomes = await Promise.all(granted);
    const batch: TimelineEvent[] = [];
    for (const { id, report } of outcomes) this.#take(id, report, batch);
    for (const event of this.#clientEvents.splice(0)) batch.push(event);
    for (const { id, atUs, message } of failuresIn(outcomes)) {
      this.#crash(id, message, Math.max(this.#nowUs, atUs), { events: batch, performed: done.performed });
    }
    for (const event of inOrder(batch)) done.events.push(event);
    this.#nowUs = Math.max(this.#nowUs, untilUs);
    await this.#letGo(done);
  }

  /** Workers that broke while nobody asked anything of them. They are not to be waited for. */
  async #buryBroken(done: Doings): Promise<void> {
    for (const [id, { handle }] of this.#nodes) {
      if (handle.gone !== undefined) this.#crash(id, sentenceOfError(handle.gone), this.#nowUs, done);
    }
    await this.#letGo(done);
  }

  /** A worker that breaks instead of answering is a node that crashed. */
  async #ask(id: NodeId, node: Running, grant: Grant): Promise<Outcome> {
    node.nextDueUs = Infinity;
    try {
      return { id, report: await node.handle.grant(grant) };
    } catch (error) {
      const endUs = grant.type === 'window' ? grant.untilUs : this.#nowUs;
      return { id, report: await this.#reportOfBroken(id, node.handle, sentenceOfError(error), endUs) };
    }
  }

  /**
   * How far a worker that broke had got. It sends its report before it writes to its disk. So if the report did not come,
   * the disk holds nothing of the window either, and the node stopped before it. If it came, the node stopped before the
   * first write that is not on the disk, or, if all are, at the end of the window.
   */
  async #reportOfBroken(id: NodeId, handle: NodeWorkerHandle, message: string, endUs: number): Promise<Report> {
    handle.stop();
    const { cluster, createWorker } = this.#options;
    // A disk that cannot be read is taken for one that holds nothing new. The node will hardly start from it again.
    const lastWriteUs = (await readLastWrite(id, cluster, createWorker)) ?? -1;
    // Only now: what the worker said before it wrote has been heard by the time that what it wrote is read.
    const report = handle.lastReport;
    if (report === undefined) return endReport(emptyReport, { atUs: this.#nowUs, message });
    const undone = report.writes.find((writeUs) => writeUs > lastWriteUs);
    return endReport(report, { atUs: undone ?? endUs, message });
  }

  /** Takes what a node reports; that it stopped is for {@link WorkerEngine.#crash}. */
  #take(id: NodeId, report: Report, batch: TimelineEvent[]): void {
    for (const event of report.events) batch.push(event);
    const node = this.#nodes.get(id);
    if (node !== undefined) node.nextDueUs = Math.min(node.nextDueUs, report.nextDueUs);
    for (const { to, count, dueUs } of report.posted) {
      const receiver = this.#nodes.get(to);
      if (receiver === undefined) continue;
      if (receiver.expected[id] !== count) receiver.expected = { ...receiver.expected, [id]: count };
      receiver.nextDueUs = Math.min(receiver.nextDueUs, dueUs);
    }
    for (const envelope of report.envelopes) this.#clients.get(envelope.to)?.receive(envelope);
  }

  /** The node is down from here on. Its worker goes when its peers hold what it had sent: {@link WorkerEngine.#letGo}. */
  #crash(node: NodeId, reason: string, atUs: number, { events, performed }: Doings): void {
    const action: Action = { type: 'crash', node, reason };
    const running = this.#nodes.get(node);
    if (running !== undefined) this.#leaving.set(node, running.handle);
    this.#nodes.delete(node);
    this.#world = changeWorld(this.#world, action, atUs);
    performed.push({ atUs, action });
    events.push({ atUs, actor: 'cluster', event: { type: 'action', action } });
  }

  /**
   * Ends the workers of nodes that crashed, when their peers hold what they had sent. Where a part of that was lost with the
   * worker, which should not be, nobody may wait for it for ever: then all that is on its way over that link is lost, in the
   * run too, as by a cut that is healed at once.
   */
  async #letGo(done: Doings): Promise<void> {
    while (this.#leaving.size > 0) {
      const leaving = [...this.#leaving];
      const gone = leaving.map(([id]) => id);
      const outcomes = await this.#hold(gone, done);
      for (const [id, handle] of leaving) {
        handle.terminate();
        this.#leaving.delete(id);
      }
      for (const node of this.#nodes.values()) node.expected = without(node.expected, gone);
      const links = outcomes
        .flatMap(({ id, report }) => report.missing.map((from) => ({ from, to: id })))
        .filter(({ from, to }) => this.#nodes.has(to) && !this.#world.cuts.has(linkKey(from, to)));
      if (links.length === 0) continue;
      await this.#perform({ type: 'cut', links }, new Map(), done);
      await this.#perform({ type: 'heal', links }, new Map(), done);
    }
  }

  /** Waits until every node holds what was sent to it. */
  async #hold(gone: readonly NodeId[], done: Doings): Promise<readonly Outcome[]> {
    const outcomes = await Promise.all(
      [...this.#nodes].map(([id, node]) => {
        const { expected } = node;
        return this.#ask(id, node, { type: 'hold', expected, envelopes: node.envelopes.splice(0), gone });
      }),
    );
    for (const { id, report } of outcomes) this.#take(id, report, done.events);
    for (const { id, message } of failuresIn(outcomes)) this.#crash(id, message, this.#nowUs, done);
    return outcomes;
  }

  /** Does an action that starts nodes. One that cannot be started crashes instead, and the action is done without it. */
  async #performStart(action: Action, starting: readonly NodeId[], done: Doings): Promise<void> {
    if (action.type === 'restart') {
      // The database must be let go of before it is opened again, and what the node has sent must not go with its worker.
      await this.#hold([], done);
      await this.#letGo(done);
      if (!this.#nodes.has(action.node)) return;
      this.#stopNode(action.node);
    }
    const failures = new Map<NodeId, string>();
    const newcomers = await this.#begin(starting, changeWorld(this.#world, action, this.#nowUs), failures);
    if (action.type === 'start-node' && failures.has(action.node)) {
      // In the run a new machine starts, as all do, and crashes at once.
      await this.#perform(action, new Map(), done);
      for (const event of await this.#startsOf([action.node])) done.events.push(event);
    }
    for (const [node, reason] of inOrderOfNodes([...failures])) {
      if (this.#nodes.has(node)) this.#crash(node, reason, this.#nowUs, done);
      else await this.#perform({ type: 'crash', node, reason }, new Map(), done);
    }
    await this.#letGo(done);
    const failed = starting.filter((node) => failures.has(node));
    if (failed.length === 0) return this.#perform(action, newcomers, done);
    if (action.type !== 'power-return') return;
    await this.#perform(
      { type: 'power-return', nodes: action.nodes.filter((node) => !failures.has(node)) },
      newcomers,
      done,
    );
  }

  /**
   * Does an action, and takes in the nodes that it starts. A node whose code throws at it, or whose worker breaks, crashes
   * before it: then the run need not know what it would have done.
   */
  async #perform(action: Action, newcomers: ReadonlyMap<NodeId, Newcomer>, done: Doings): Promise<void> {
    const atUs = this.#nowUs;
    const after = changeWorld(this.#world, action, atUs);
    const outcomes = await this.#tell(action, atUs);
    const batch = this.#clientEvents.splice(0);
    const stopped = (id: NodeId): boolean => after.machines[id]?.status === 'down';
    for (const { id, message } of failuresIn(outcomes)) if (!stopped(id)) this.#crash(id, message, atUs, done);
    this.#world = changeWorld(this.#world, action, atUs);
    this.#lookaheadUs = smallestLatencyUs(this.#world);
    done.performed.push({ atUs, action });
    done.events.push({ atUs, actor: 'cluster', event: { type: 'action', action } });
    this.#join(newcomers);
    // A killed node may still say what it sent; what it did at this very moment did not happen.
    for (const { id, report } of outcomes) this.#take(id, stopped(id) ? { ...report, events: [] } : report, batch);
    for (const [id, { report }] of newcomers) this.#take(id, report, batch);
    for (const event of inOrder(batch)) done.events.push(event);
    for (const node of this.#world.nodes) if (this.#world.machines[node]?.status === 'down') this.#stopNode(node);
    await this.#letGo(done);
  }

  /** Tells everyone of an action. Nodes answer when they hold all that was sent to them, so one may be stopped after. */
  async #tell(action: Action, atUs: number): Promise<readonly Outcome[]> {
    if (action.type === 'request') this.#startClient(action.client);
    // A request is between a client and its clerk: the nodes hear of it by message.
    const concerned = action.type === 'request' ? [] : [...this.#nodes];
    const told = concerned.map(([id, node]) => {
      const { expected } = node;
      return this.#ask(id, node, { type: 'act', atUs, action, expected, envelopes: node.envelopes.splice(0) });
    });
    for (const client of this.#clients.values()) client.act(atUs, action);
    if (action.type === 'power-failure' && action.clients) this.#clientIncarnation += 1;
    return Promise.all(told);
  }

  /** Begins nodes in that world; who could not be begun, or broke when it was to be connected, stands in `failures` afterwards. */
  async #begin(
    nodes: readonly NodeId[],
    world: World,
    failures: Map<NodeId, string>,
    open?: Landing['open'],
  ): Promise<ReadonlyMap<NodeId, Newcomer>> {
    const { seed, config, cluster, createWorker } = this.#options;
    // They are joined by new channels, on which nothing has been sent.
    for (const node of this.#nodes.values()) node.expected = without(node.expected, nodes);
    const newcomers = await beginNodes(nodes, {
      cluster,
      createWorker,
      hasBegun: (id) => this.#begun.has(id),
      running: [...this.#nodes].map(([, { handle }]) => handle),
      start: { config, seed, world, nowUs: this.#nowUs },
      failures,
      ...(open && { open }),
    });
    for (const id of newcomers.keys()) this.#begun.add(id);
    return newcomers;
  }

  /** From here on the new nodes take part. */
  #join(newcomers: ReadonlyMap<NodeId, Newcomer>): void {
    for (const [id, { handle }] of newcomers) {
      this.#nodes.set(id, { handle, nextDueUs: Infinity, expected: {}, envelopes: [] });
    }
  }

  #stopNode(id: NodeId): void {
    this.#nodes.get(id)?.handle.terminate();
    this.#nodes.delete(id);
    for (const node of this.#nodes.values()) node.expected = without(node.expected, [id]);
  }

  #startClient(id: ActorId): void {
    if (this.#clients.has(id)) return;
    const { config, seed } = this.#options;
    const client = new ClientHost({
      id,
      config,
      seed,
      world: this.#world,
      incarnation: this.#clientIncarnation,
      ...this.#clientPorts,
    });
    this.#clients.set(id, client);
  }
}

/** Who stopped by itself, in order of time: several may in one window. */
function failuresIn(outcomes: readonly Outcome[]): readonly { id: NodeId; atUs: number; message: string }[] {
  return outcomes
    .flatMap(({ id, report: { failure } }) => (failure === undefined ? [] : [{ id, ...failure }]))
    .sort((one, other) => one.atUs - other.atUs || actorRank(one.id) - actorRank(other.id));
}

function without<Value>(record: Readonly<Record<NodeId, Value>>, ids: readonly NodeId[]): Record<NodeId, Value> {
  return Object.fromEntries(Object.entries(record).filter(([id]) => !ids.includes(id)));
}

function inOrderOfNodes<Value>(values: [NodeId, Value][]): [NodeId, Value][] {
  return values.sort(([one], [other]) => actorRank(one) - actorRank(other));
}

/** In order of moment and actor; what one actor did stays in its own order. */
function inOrder(events: TimelineEvent[]): TimelineEvent[] {
  return events.sort((one, other) => one.atUs - other.atUs || actorRank(one.actor) - actorRank(other.actor));
}
