import { actorRank } from '../host/actor.ts';
import { ClientHost } from '../host/client-host.ts';
import type { Envelope } from '../host/ports.ts';
import type { Report } from '../../workers/protocol.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Action, TimedAction } from '../timeline/action.ts';
import type { ActorId, TimelineEvent } from '../timeline/event.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { changeWorld, initialWorld, smallestLatencyUs, type World } from '../timeline/world.ts';
import type { Engine, Progress } from './engine.ts';
import { NodeWorkerHandle } from './node-worker-handle.ts';

export interface WorkerEngineOptions {
  readonly seed: number;
  readonly config: RunConfig;
  /** Names this cluster and its databases: `whitewater/{cluster}/{node}`. */
  readonly cluster: string;
  readonly createWorker: (id: NodeId) => Worker;
  /** Where to go on from: a moment at which no node is up. Undefined: from the beginning. */
  readonly resume?: Resume;
}

/** Where a cluster that lost its power goes on. */
export interface Resume {
  readonly world: World;
  readonly nowUs: number;
  readonly clientIncarnation: number;
  /** Nodes that have written to their disks. */
  readonly begun: ReadonlySet<NodeId>;
}

/** What the page knows of a running node. */
interface Running {
  readonly handle: NodeWorkerHandle;
  /** When it has something to do next, messages on their way to it included. */
  nextDueUs: number;
  /** How many messages each running peer has sent it over the present channels. */
  expected: Record<NodeId, number>;
  /** From clients, for the next grant. */
  envelopes: Envelope[];
}

export function databaseName(cluster: string, node: NodeId): string {
  return `whitewater/${cluster}/${node}`;
}

/**
 * One worker per node, time in windows no longer than the smallest latency of any link (conservative lookahead): what is
 * sent in a window is due in a later one, so the nodes run a window side by side, and the order of events does not depend
 * on who was faster. Messages go from worker to worker; the page only tells each how many it should hold by now. Clients
 * live here in the page.
 */
export class WorkerEngine implements Engine {
  readonly #options: WorkerEngineOptions;
  readonly #nodes = new Map<NodeId, Running>();
  readonly #clients = new Map<ActorId, ClientHost>();
  /** Nodes that have a database, which is not to be taken for a new one if it is empty. */
  readonly #begun: Set<NodeId>;
  #world: World;
  #nowUs: number;
  #clientIncarnation: number;
  #lookaheadUs: number;
  /** What clients did since the last merge. */
  readonly #clientEvents: TimelineEvent[] = [];

  constructor(options: WorkerEngineOptions) {
    this.#options = options;
    this.#world = options.resume?.world ?? initialWorld(options.config);
    this.#nowUs = options.resume?.nowUs ?? 0;
    this.#clientIncarnation = options.resume?.clientIncarnation ?? 1;
    this.#lookaheadUs = smallestLatencyUs(this.#world);
    this.#begun = new Set(options.resume?.begun);
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
    const handles = new Map<NodeId, NodeWorkerHandle>();
    const failures = new Map<NodeId, string>();
    await this.#open(up, handles, failures);
    const performed: TimedAction[] = [];
    const events: TimelineEvent[] = [];
    const started = [...(await this.#startNodes(handles)), ...(await this.#startsOf([...failures.keys()]))];
    for (const [node, reason] of inOrderOfNodes([...failures])) {
      this.#crash({ type: 'crash', node, reason }, this.#nowUs, performed, events);
    }
    return { events: [...inOrder(started), ...events], performed };
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
    const events: TimelineEvent[] = [];
    const performed: TimedAction[] = [];
    for (let next = this.nextDueUs(); next < untilUs; next = this.nextDueUs()) {
      await this.#window(Math.min(untilUs, next + this.#lookaheadUs), events, performed);
    }
    this.#nowUs = Math.max(this.#nowUs, untilUs);
    return { events, performed };
  }

  async act(action: Action): Promise<Progress> {
    const starting = this.#startedBy(action);
    if (starting.length === 0) return this.#perform([action], new Map());
    const handles = new Map<NodeId, NodeWorkerHandle>();
    const failures = new Map<NodeId, string>();
    if (action.type === 'restart') {
      // The database must be let go of before it is opened again.
      await this.#holdAll();
      this.#stopNode(action.node);
    }
    await this.#open(starting, handles, failures);
    const crashes = inOrderOfNodes([...failures]).map(([node, reason]): Action => ({ type: 'crash', node, reason }));
    if (crashes.length === 0) return this.#perform([action], handles);
    if (action.type !== 'power-return') return this.#perform(crashes, handles);
    const back = action.nodes.filter((node) => !failures.has(node));
    return this.#perform([...crashes, { type: 'power-return', nodes: back }], handles);
  }

  async dispose(): Promise<void> {
    for (const node of this.#nodes.values()) node.handle.terminate();
    this.#nodes.clear();
  }

  /** Nodes whose machines an action would start. */
  #startedBy(action: Action): readonly NodeId[] {
    const next = changeWorld(this.#world, action, this.#nowUs);
    return this.#world.nodes.filter(
      (node) => next.machines[node]?.incarnation !== this.#world.machines[node]?.incarnation,
    );
  }

  /** Grants one window to everyone who has something to do in it, and waits for all. */
  async #window(untilUs: number, events: TimelineEvent[], performed: TimedAction[]): Promise<void> {
    const due = [...this.#nodes].filter(([, node]) => node.nextDueUs < untilUs);
    const granted = due.map(([id, node]) => this.#grantWindow(id, node, untilUs));
    for (const client of this.#clients.values()) client.advance(untilUs);
    const batch: TimelineEvent[] = [];
    const reports = await Promise.all(granted);
    // Several disks may fail in one window: the run has them in order of time.
    reports.sort(
      (one, other) => failedUs(one.report) - failedUs(other.report) || actorRank(one.id) - actorRank(other.id),
    );
    for (const { id, report } of reports) this.#take(id, report, batch, performed);
    for (const event of this.#clientEvents.splice(0)) batch.push(event);
    for (const event of inOrder(batch)) events.push(event);
    this.#nowUs = Math.max(this.#nowUs, untilUs);
  }

  async #grantWindow(id: NodeId, node: Running, untilUs: number): Promise<{ id: NodeId; report: Report }> {
    const report = await this.#ask(node, () =>
      node.handle.grant({ type: 'window', untilUs, expected: node.expected, envelopes: node.envelopes.splice(0) }),
    );
    return { id, report };
  }

  /** A worker that breaks instead of answering is a node that crashed. */
  async #ask(node: Running, call: () => Promise<Report>): Promise<Report> {
    node.nextDueUs = Infinity;
    try {
      return await call();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { events: [], nextDueUs: Infinity, sent: {}, envelopes: [], failure: { atUs: this.#nowUs, message } };
    }
  }

  #take(id: NodeId, report: Report, batch: TimelineEvent[], performed: TimedAction[]): void {
    for (const event of report.events) batch.push(event);
    const node = this.#nodes.get(id);
    if (node !== undefined) node.nextDueUs = Math.min(node.nextDueUs, report.nextDueUs);
    for (const [peer, { count, earliestDueUs }] of Object.entries(report.sent)) {
      const receiver = this.#nodes.get(peer);
      if (receiver === undefined) continue;
      receiver.expected = { ...receiver.expected, [id]: count };
      receiver.nextDueUs = Math.min(receiver.nextDueUs, earliestDueUs);
    }
    for (const envelope of report.envelopes) this.#clients.get(envelope.to)?.receive(envelope);
    if (report.failure === undefined) return;
    const action = { type: 'crash', node: id, reason: report.failure.message } as const;
    this.#crash(action, Math.max(this.#nowUs, report.failure.atUs), performed, batch);
  }

  #crash(action: Action & { type: 'crash' }, atUs: number, performed: TimedAction[], events: TimelineEvent[]): void {
    this.#stopNode(action.node);
    this.#world = changeWorld(this.#world, action, atUs);
    performed.push({ atUs, action });
    events.push({ atUs, actor: 'cluster', event: { type: 'action', action } });
  }

  /** Does actions one after the other; nodes that they start are begun from the opened `handles`. */
  async #perform(actions: readonly Action[], handles: ReadonlyMap<NodeId, NodeWorkerHandle>): Promise<Progress> {
    const events: TimelineEvent[] = [];
    const performed: TimedAction[] = [];
    for (const action of actions) {
      const atUs = this.#nowUs;
      this.#world = changeWorld(this.#world, action, atUs);
      this.#lookaheadUs = smallestLatencyUs(this.#world);
      performed.push({ atUs, action });
      events.push({ atUs, actor: 'cluster', event: { type: 'action', action } });
      const brought = await this.#bringAbout(action, performed);
      for (const node of this.#world.nodes) if (this.#world.machines[node]?.status === 'down') this.#stopNode(node);
      const starting = new Map([...handles].filter(([node]) => this.#world.machines[node]?.status !== 'down'));
      if (starting.size > 0) for (const event of await this.#startNodes(starting)) brought.push(event);
      for (const event of inOrder(brought)) events.push(event);
    }
    return { events, performed };
  }

  /** Tells everyone of an action. They answer when they hold all that was sent to them, so a node may be stopped after. */
  async #bringAbout(action: Action, performed: TimedAction[]): Promise<TimelineEvent[]> {
    const batch: TimelineEvent[] = [];
    const atUs = this.#nowUs;
    if (action.type === 'request') this.#startClient(action.client);
    // A request is between a client and its clerk: the nodes hear of it by message.
    const concerned = action.type === 'request' ? [] : [...this.#nodes];
    const told = concerned.map(async ([id, node]) => {
      const { expected } = node;
      const envelopes = node.envelopes.splice(0);
      return {
        id,
        report: await this.#ask(node, () => node.handle.grant({ type: 'act', atUs, action, expected, envelopes })),
      };
    });
    for (const client of this.#clients.values()) client.act(atUs, action);
    if (action.type === 'power-failure' && action.clients) this.#clientIncarnation += 1;
    // A killed node may still say what it sent; what it did at this very moment did not happen.
    const reports = await Promise.all(told);
    for (const { id, report } of reports) {
      const stopped = this.#world.machines[id]?.status === 'down';
      this.#take(id, stopped ? { ...report, events: [], failure: undefined } : report, batch, performed);
    }
    for (const event of this.#clientEvents.splice(0)) batch.push(event);
    return batch;
  }

  /** Waits until every node holds what was sent to it. */
  async #holdAll(): Promise<void> {
    const nothing: Action = { type: 'set-links', links: [], quality: {} };
    await this.#bringAbout(nothing, []);
  }

  /** Makes workers and opens their databases. */
  async #open(
    nodes: readonly NodeId[],
    handles: Map<NodeId, NodeWorkerHandle>,
    failures: Map<NodeId, string>,
  ): Promise<void> {
    const { cluster } = this.#options;
    await Promise.all(
      nodes.map(async (id) => {
        const handle = new NodeWorkerHandle(id, this.#options.createWorker(id));
        try {
          const opened = await handle.open(databaseName(cluster, id), cluster, this.#begun.has(id));
          if (opened.type === 'opened') {
            this.#begun.add(id);
            handles.set(id, handle);
            return;
          }
          failures.set(id, opened.message);
        } catch (error) {
          failures.set(id, error instanceof Error ? error.message : String(error));
        }
        handle.terminate();
      }),
    );
  }

  /** Begins nodes whose databases are open, and joins them to all that run, each pair by a channel of its own. */
  async #startNodes(handles: ReadonlyMap<NodeId, NodeWorkerHandle>): Promise<TimelineEvent[]> {
    const { config, seed } = this.#options;
    const started = inOrderOfNodes([...handles]);
    const connecting: Promise<void>[] = [];
    for (const [id, handle] of started) {
      for (const [peer, running] of this.#nodes) {
        const { port1, port2 } = new MessageChannel();
        connecting.push(handle.connect(peer, port1), running.handle.connect(id, port2));
        delete running.expected[id];
      }
      this.#nodes.set(id, { handle, nextDueUs: Infinity, expected: {}, envelopes: [] });
    }
    await Promise.all(connecting);
    const options = { config, seed, world: this.#world, nowUs: this.#nowUs };
    const reports = await Promise.all(
      started.map(async ([id, handle]) => ({ id, report: await handle.start(options) })),
    );
    const events: TimelineEvent[] = [];
    for (const { id, report } of reports) this.#take(id, report, events, []);
    return events;
  }

  #stopNode(id: NodeId): void {
    this.#nodes.get(id)?.handle.terminate();
    // Its peers go on expecting what it had sent before: that is on its way, and they must not go on without it.
    this.#nodes.delete(id);
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
      deliver: (envelope) => {
        const node = this.#nodes.get(envelope.to);
        if (node === undefined) return;
        node.envelopes.push(envelope);
        node.nextDueUs = Math.min(node.nextDueUs, envelope.dueUs);
      },
      emit: (event) => this.#clientEvents.push(event),
    });
    this.#clients.set(id, client);
  }
}

/** When the node stopped by itself; after all else if it did not. */
function failedUs({ failure }: Report): number {
  return failure?.atUs ?? Number.MAX_VALUE;
}

function inOrderOfNodes<Value>(values: [NodeId, Value][]): [NodeId, Value][] {
  return values.sort(([one], [other]) => actorRank(one) - actorRank(other));
}

/** In order of moment and actor; what one actor did stays in its own order. */
function inOrder(events: TimelineEvent[]): TimelineEvent[] {
  return events.sort((one, other) => one.atUs - other.atUs || actorRank(one.actor) - actorRank(other.actor));
}
