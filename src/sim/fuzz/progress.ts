import type { NodeId } from '../../raft/entry.ts';
import type { Random } from '../../raft/random.ts';
import type { Action, TimedAction } from '../../timeline/action.ts';
import { notLate } from '../../timeline/link-quality.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { Run } from '../../timeline/run.ts';
import { nodesOfRun } from '../../timeline/run-nodes.ts';
import { pick } from './draw.ts';
import { at, type Site } from './site.ts';

/**
 * What has to come about once enough is healed: a write is committed, a read is answered, or the lead is handed over. A run
 * names its demand by its last requests alone (`progress-write-1`, ...), so that it is saved with it.
 */
export type Demand = 'write' | 'read' | 'transfer';

const PREFIX = 'progress-';
/** Who asks for it has asked for nothing before: nothing that hangs holds it up. */
const ASKER = 'c64';
/** So far apart the requests are, virtual milliseconds. */
const EVERY_MS = 400;
/** What links and disks are like once all is healed. */
const CALM = { latency: { meanMs: 8, spreadMs: 4 }, loss: 0, duplication: 0, reordering: notLate, replay: notLate };
const CALM_DISK = { meanMs: 1, spreadMs: 0 };
/** How many elections may fail before one must succeed, while nothing is in its way: votes are split at random. */
const ELECTIONS = 40;

/**
 * How long it may take until what is demanded has come about, virtual milliseconds: forty elections, twice the longest
 * promise of a lease, and the time after which a client gives up a request.
 */
export function progressBoundMs({ electionTimeoutMs, leases, client }: RunConfig): number {
  const leaseMs = leases === undefined ? 0 : 2 * leases.durationMs * (1 + leases.driftPpm / 1_000_000);
  return Math.ceil(ELECTIONS * electionTimeoutMs.max + leaseMs + client.deadlineMs);
}

/** These machines run, and the others are down; every link is whole and calm, every disk and every clock as it should be. */
export function heal({ nodes }: Site, running: readonly NodeId[], atMs: number): TimedAction[] {
  const others = nodes.filter((node) => !running.includes(node));
  return [
    at(atMs, { type: 'heal', links: undefined }),
    at(atMs, { type: 'set-links', links: undefined, quality: CALM }),
    at(atMs, { type: 'set-disk', nodes: undefined, latency: CALM_DISK, writes: 'kept' }),
    at(atMs, { type: 'set-handling', nodes: undefined, delay: { meanMs: 0, spreadMs: 0 } }),
    at(atMs, { type: 'set-clock', nodes: undefined, driftPpm: 0 }),
    ...others.map((node) => at(atMs, { type: 'kill', node })),
    ...running.map((node) => at(atMs, { type: 'resume', node })),
    at(atMs, { type: 'power-return', nodes: running }),
  ];
}

/** Requests, one after another, and transfers where they are what is demanded, of which one has to succeed by `untilMs`. */
export function demandProgress(
  random: Random,
  demand: Demand,
  running: readonly NodeId[],
  config: RunConfig,
  fromMs: number,
  untilMs: number,
): TimedAction[] {
  const demands: TimedAction[] = [];
  const everyMs = demand === 'transfer' ? 3 * config.electionTimeoutMs.max : EVERY_MS;
  for (let atMs = fromMs, number = 1; atMs < untilMs; atMs += everyMs, number += 1) {
    const key = 'progress';
    const operation =
      demand === 'read' ? ({ type: 'get', key } as const) : ({ type: 'set', key, value: String(number) } as const);
    demands.push(at(atMs, { type: 'request', client: ASKER, requestId: `${PREFIX}${demand}-${number}`, operation }));
    if (demand !== 'transfer') continue;
    const to = pick(random, running);
    for (const from of running) if (from !== to) demands.push(at(atMs, { type: 'transfer', from, to }));
  }
  return demands;
}

/** What the run says has to come about before it ends, and from when on; undefined where it says nothing. */
export function demandOf({ actions }: Run): { readonly demand: Demand; readonly fromUs: number } | undefined {
  for (const { atUs, action } of actions) {
    if (action.type !== 'request' || !action.requestId.startsWith(PREFIX)) continue;
    const [, demand] = action.requestId.split('-');
    if (demand === 'write' || demand === 'read' || demand === 'transfer') return { demand, fromUs: atUs };
  }
  return undefined;
}

/**
 * Whether what the run demands may be demanded of it: a majority runs, and to hand over the lead there is someone else. Where
 * members come and go, all have to run, and leader stickiness has to be on: whoever is removed is not told, and without it
 * may depose leaders for ever (thesis 4.2.3). And a leader that needs a lease has to be able to renew it.
 */
export function isFairDemand(run: Run): boolean {
  const demanded = demandOf(run);
  if (demanded === undefined) return true;
  const { demand, fromUs } = demanded;
  const running = run.actions.flatMap(({ atUs, action }) =>
    action.type === 'power-return' && atUs === fromUs ? action.nodes : [],
  );
  if (demand === 'transfer' && running.length < 2) return false;
  if (!renewsLeasesInTime(run.config)) return false;
  if (run.actions.some(({ action }) => ruined(action).some((node) => running.includes(node)))) return false;
  if (run.actions.some(({ action }) => action.type === 'change-membership')) {
    const isWhole = nodesOfRun(run).every((node) => running.includes(node));
    return isWhole && run.config.leaderStickiness === true && demand !== 'transfer';
  }
  return 2 * running.length > run.config.nodes;
}

/**
 * Whether a lease, as its leader counts it (thesis 6.4.1), outlasts a heartbeat and the slowest answer to it. Where it does not,
 * leaders step down one after the other although nothing is in their way, when a bare majority has to answer.
 */
export function renewsLeasesInTime({ leases, heartbeatMs }: RunConfig): boolean {
  if (leases === undefined) return true;
  const heldMs = leases.durationMs * (1 - leases.driftPpm / 1_000_000);
  const slowest = CALM.latency.meanMs + CALM.latency.spreadMs;
  return heldMs > heartbeatMs + 2 * slowest + CALM_DISK.meanMs + CALM_DISK.spreadMs;
}

/** The nodes that the action may leave without a disk to start from. */
function ruined(action: Action): readonly NodeId[] {
  if (action.type === 'swap-disks') return [action.node, action.with];
  return action.type === 'damage-disk' && action.damage.type !== 'torn-write' ? [action.node] : [];
}

/** Sees from the events whether what is demanded has come about. */
export class ProgressWatch {
  readonly #demand: Demand;
  readonly #fromUs: number;
  /** Leaders that are handing over, each with the node to which. */
  readonly #transfers = new Map<NodeId, NodeId>();
  #isDone = false;

  constructor({ demand, fromUs }: { readonly demand: Demand; readonly fromUs: number }) {
    this.#demand = demand;
    this.#fromUs = fromUs;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  see({ atUs, actor, event }: TimelineEvent): void {
    if (atUs < this.#fromUs) return;
    if (this.#demand !== 'transfer') {
      const isAnswer = event.type === 'request-ended' && event.requestId.startsWith(PREFIX);
      if (isAnswer && event.fate.type === 'committed') this.#isDone = true;
    } else if (event.type === 'transfer-started') this.#transfers.set(actor, event.to);
    else if (event.type === 'transfer-given-up') this.#transfers.delete(actor);
    else if (event.type === 'became-leader' && [...this.#transfers.values()].includes(actor)) this.#isDone = true;
  }

  /** What did not come about, one sentence. */
  sentence(untilUs: number): string {
    const span = `within ${(untilUs - this.#fromUs) / 1_000} ms after enough was healed`;
    switch (this.#demand) {
      case 'write':
        return `No write was committed ${span}.`;
      case 'read':
        return `No read was answered ${span}.`;
      case 'transfer':
        return `No leader could hand its lead over ${span}.`;
    }
  }
}
