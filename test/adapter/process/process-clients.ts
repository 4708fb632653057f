import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { checkHistory, DEFAULT_SEARCH_LIMITS } from '../../../src/check/linearizability/check-history.ts';
import { TimelineHistory } from '../../../src/check/linearizability/timeline-history.ts';
import { Clerk, type ClerkEffect } from '../../../src/kv/clerk.ts';
import type { ClientReply, Fate } from '../../../src/kv/client-message.ts';
import type { Operation } from '../../../src/kv/command.ts';
import type { NodeId } from '../../../src/raft/entry.ts';
import { below, createRandom, type Random } from '../../../src/raft/random.ts';
import type { ProcessCluster } from './process-cluster.ts';

const KEYS = 8;
/** How long a request is tried. A read by lease has no point when the lease is over. */
const DEADLINE_US = 10_000_000;
const LEASE_READ_DEADLINE_US = 1_000_000;
const nowUs = (): number => Math.floor(performance.now() * 1_000);

/** How many requests came to which end. */
export interface Tally {
  committed: number;
  failed: number;
  unknown: number;
}

/**
 * Clients that ask a cluster of processes for all kinds of things, each one after the other, through clerks as anyone would use
 * them; and what they were told, from which it is seen whether it can be true.
 */
export class ProcessClients {
  readonly tally: Tally = { committed: 0, failed: 0, unknown: 0 };
  readonly #cluster: ProcessCluster;
  readonly #history = new TimelineHistory();
  readonly #name = randomUUID().slice(0, 8);
  readonly #clients = new Set<Client>();
  /** What was appended to each key, and acknowledged. */
  readonly #appended = new Map<string, string[]>();
  #isStopped = false;
  #running: Promise<void>[] = [];
  /** Called after each end of a request; whoever waits for so many looks again. */
  readonly #watchers = new Set<() => void>();
  #leaseReads = 0;

  constructor(cluster: ProcessCluster) {
    this.#cluster = cluster;
    cluster.listeners.add((from, reply) => {
      for (const client of this.#clients) client.hear(from, reply);
    });
  }

  /** Begins so many clients, each with draws of its own. */
  start(count: number, seed: number, nodes: readonly NodeId[]): void {
    for (let number = 1; number <= count; number++) {
      const client = this.#newClient(`c${this.#clients.size + 1}`, nodes);
      this.#running.push(this.#keepAsking(client, createRandom(seed, number)));
    }
  }

  /** Begins as many that do nothing but read by lease. They are quick, and counted apart. */
  readByLease(count: number, seed: number, nodes: readonly NodeId[]): void {
    for (let number = 1; number <= count; number++) {
      const client = this.#newClient(`c${this.#clients.size + 1}`, nodes, LEASE_READ_DEADLINE_US);
      this.#running.push(this.#keepReading(client, createRandom(seed, number)));
    }
  }

  /** Waits until so many more requests are committed than there are now. */
  async progress(count: number): Promise<void> {
    const until = this.tally.committed + count;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.tally.committed < until) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Lets what is under way come to its end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
    this.#running = [];
  }

  /** Reads all keys once more, and holds all that the clients were told against what one single store would have said. */
  async check(nodes: readonly NodeId[]): Promise<void> {
    await this.stop();
    const reader = this.#newClient(`c${this.#clients.size + 1}`, nodes);
    const keys = Array.from({ length: KEYS }, (_, number) => [`r${number}`, `a${number}`]).flat();
    for (const key of keys) {
      const fate = await reader.ask({ type: 'get', key });
      if (fate.type !== 'committed' || fate.result.type !== 'ok') {
        throw new Error(`${key} could not be read: ${JSON.stringify(fate)}`);
      }
      const text = fate.result.value ?? '';
      for (const piece of this.#appended.get(key) ?? []) {
        expect(text.split(piece).length - 1, `acknowledged, and to be there once: ${piece} in ${key}`).toBe(1);
      }
    }
    const operations = [...this.#history.keys].flatMap((key) => this.#history.operationsOn(key));
    expect(this.#history.missed).toBe(0);
    const verdict = checkHistory(operations, { initial: undefined, limits: DEFAULT_SEARCH_LIMITS });
    expect(verdict, 'what the clients were told').toMatchObject({ type: 'linearizable' });
  }

  /** Prints how many requests came to which end, behind what was done meanwhile. */
  report(what: string): void {
    const { committed, failed, unknown } = this.tally;
    const read = this.#leaseReads === 0 ? '' : `, and ${this.#leaseReads} reads by lease`;
    process.stdout.write(`${what}; requests: ${committed} committed, ${failed} failed, ${unknown} unknown${read}\n`);
  }

  #newClient(id: string, nodes: readonly NodeId[], deadlineUs = DEADLINE_US): Client {
    const settings = { client: `${this.#name}.${id}`, nodes, deadlineUs };
    const client = new Client(id, settings, this.#cluster, (event) => {
      this.#history.see({ atUs: nowUs(), actor: id, event });
    });
    this.#clients.add(client);
    return client;
  }

  async #keepReading(client: Client, random: Random): Promise<void> {
    while (!this.#isStopped) {
      const { type } = await client.ask({ type: 'get', key: `r${below(random, KEYS)}`, mode: 'lease' });
      if (type === 'committed') this.#leaseReads += 1;
    }
  }

  async #keepAsking(client: Client, random: Random): Promise<void> {
    for (let number = 1; !this.#isStopped; number++) {
      const operation = drawOperation(random, `${client.id}.${number};`);
      const fate = await client.ask(operation);
      this.tally[fate.type] += 1;
      if (operation.type === 'append' && fate.type === 'committed' && fate.result.type === 'ok') {
        this.#appended.set(operation.key, [...(this.#appended.get(operation.key) ?? []), operation.value]);
      }
      for (const look of this.#watchers) look();
    }
  }
}

/** Registers are read, written, swapped and deleted; texts only ever grow, so that what is lost is missed. */
function drawOperation(random: Random, unique: string): Operation {
  const key = below(random, KEYS);
  switch (below(random, 8)) {
    case 0:
    case 1:
      return { type: 'get', key: `r${key}`, mode: 'read-index' };
    case 2:
      return { type: 'get', key: `r${key}` };
    case 3:
    case 4:
      return { type: 'set', key: `r${key}`, value: unique };
    case 5:
      return { type: 'compare-and-set', key: `r${key}`, expected: undefined, value: unique };
    case 6:
      return { type: 'delete', key: `r${key}` };
    default:
      return { type: 'append', key: `a${key}`, value: unique };
  }
}

/** One client: a clerk on the wall clock. */
class Client {
  readonly id: string;
  readonly #cluster: ProcessCluster;
  readonly #clerk: Clerk;
  readonly #see: (event: Extract<ClerkEffect, { type: 'event' }>['event']) => void;
  readonly #asked = new Map<string, (fate: Fate) => void>();
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(
    id: string,
    settings: { readonly client: string; readonly nodes: readonly NodeId[]; readonly deadlineUs: number },
    cluster: ProcessCluster,
    see: (event: Extract<ClerkEffect, { type: 'event' }>['event']) => void,
  ) {
    this.id = id;
    this.#cluster = cluster;
    this.#see = see;
    this.#clerk = new Clerk({
      ...settings,
      attemptTimeoutUs: 400_000,
      retryDelayUs: 20_000,
      forwarding: true,
      readMode: 'log',
    });
  }

  ask(operation: Operation): Promise<Fate> {
    this.#count += 1;
    const requestId = `${this.id}.${this.#count}`;
    return new Promise((resolve) => {
      this.#asked.set(requestId, resolve);
      this.#carryOut(this.#clerk.submit(nowUs(), requestId, operation));
    });
  }

  hear(from: NodeId, reply: ClientReply): void {
    if (this.#asked.has(reply.requestId)) this.#carryOut(this.#clerk.handleReply(nowUs(), from, reply));
  }

  #carryOut(effects: readonly ClerkEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'send') {
        const process = this.#cluster.processes.get(effect.to);
        if (process?.isUp === true) process.ask(effect.message);
        continue;
      }
      const { event } = effect;
      this.#see(event);
      if (event.type !== 'request-ended') continue;
      this.#asked.get(event.requestId)?.(event.fate);
      this.#asked.delete(event.requestId);
    }
    clearTimeout(this.#timer);
    const waitUs = this.#clerk.nextDeadlineUs - nowUs();
    if (waitUs === Infinity) return;
    this.#timer = setTimeout(
      () => this.#carryOut(this.#clerk.handleTimer(nowUs())),
      Math.max(1, Math.ceil(waitUs / 1_000)),
    );
  }
}
