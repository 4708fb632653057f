import { pino } from 'pino';
import type { Fate } from '../../kv/client-message.ts';
import type { Operation } from '../../kv/command.ts';
import type { ClerkDesk } from '../clerk/clerk-desk.ts';
import { localDesk } from '../clerk/local-desk.ts';
import { HttpClient, NoAnswerError, type HttpRequest } from '../client/http-client.ts';
import type { ClusterConfig } from '../config/cluster-config.ts';
import { exposureFault } from '../config/exposure.ts';
import { hostPortText } from '../config/host-port.ts';
import { readTls, type TlsTexts } from '../config/tls-texts.ts';
import { NodeServer } from '../serve/node-server.ts';
import { portFault } from '../serve/port-fault.ts';
import { argumentFault } from './argument-fault.ts';
import { readOptions } from './read-options.ts';
import type { RaftStoreEvents, RaftStoreOptions, RaftStoreOutcome, ReadMode } from './raft-store-types.ts';

export type { RaftStoreEvents, RaftStoreOptions, RaftStoreOutcome, ReadMode } from './raft-store-types.ts';

/** The status with which a leader begins a change of the membership. */
const ACCEPTED = 202;

/** An operation did not come about; the message is one sentence. */
export class RaftStoreError extends Error {
  override readonly name = 'RaftStoreError';
  readonly outcome: RaftStoreOutcome;

  constructor(outcome: RaftStoreOutcome, message: string) {
    super(message);
    this.outcome = outcome;
  }
}

/**
 * A node of a replicated key-value store in this process. It keeps its data in a folder, talks to the other nodes, and serves
 * the HTTP API at its addresses. Keys have 1 to 256 bytes, values up to 65,536.
 */
export class RaftStore {
  readonly #server: NodeServer;
  readonly #desk: ClerkDesk;
  readonly #peers: HttpClient;
  readonly #config: ClusterConfig;
  readonly #listeners: { readonly [Name in keyof RaftStoreEvents]: Set<RaftStoreEvents[Name]> } = {
    leader: new Set(),
    change: new Set(),
    failure: new Set(),
  };
  readonly #unsubscribe: () => void;
  #leader: string | undefined;
  /** Why nothing can be asked of it any more: a sentence. */
  #end: string | undefined;
  #closed: Promise<void> | undefined;

  private constructor(server: NodeServer, config: ClusterConfig, peers: HttpClient) {
    this.#server = server;
    this.#config = config;
    this.#peers = peers;
    this.#desk = localDesk(server.node, config);
    this.#unsubscribe = server.node.subscribe((events) => {
      this.#tellChanges(events);
      this.#tellLeader();
    });
    server.node.onFailure(({ sentence }) => {
      this.#end = sentence;
      this.#desk.close();
      this.#tell('failure', (listener) => listener(sentence));
    });
  }

  /**
   * Starts the node. Rejects with a RangeError where an option cannot be, and with an error of one sentence where its folder or
   * its port cannot be had.
   */
  static async start(options: RaftStoreOptions): Promise<RaftStore> {
    const config = readOptions(options);
    const { id } = options;
    const place = config.nodes.get(id);
    if (place === undefined) throw new RangeError(`${id} is not among the nodes.`);
    const exposed = exposureFault(config, id);
    if (exposed !== undefined) throw new RangeError(exposed);
    const texts = config.tls === undefined ? { tls: undefined } : await readTls(config.tls, id);
    if ('error' in texts) throw new RangeError(texts.error);
    const { tls } = texts;
    const logger = pino({ level: 'silent' });
    const server = await NodeServer.open({
      config,
      id,
      tls,
      logger,
      joins: !config.members.includes(id),
      version: '',
      supervision: undefined,
    }).catch((error: unknown) => {
      const fault = portFault(error, id, place.listens);
      throw fault === undefined ? error : new Error(fault, { cause: error });
    });
    return new RaftStore(server, config, peersOf(config, id, tls));
  }

  /** This node's id. */
  get id(): string {
    return this.#server.node.id;
  }

  /** Who leads, as far as this node knows. */
  get leader(): string | undefined {
    return this.#server.node.status().leader;
  }

  /** What the key holds; undefined where it is absent. Rejects with a {@link RaftStoreError}, like all that follow. */
  async get(key: string, mode?: ReadMode): Promise<string | undefined> {
    const { result } = await this.#submit({ type: 'get', key, ...(mode && { mode }) });
    return result.type === 'ok' ? result.value : undefined;
  }

  async set(key: string, value: string): Promise<void> {
    await this.#submit({ type: 'set', key, value });
  }

  async delete(key: string): Promise<void> {
    await this.#submit({ type: 'delete', key });
  }

  /** Adds to the end of what the key holds; gives what it holds then. */
  async append(key: string, value: string): Promise<string> {
    const { result } = await this.#submit({ type: 'append', key, value });
    return result.type === 'ok' ? (result.value ?? '') : '';
  }

  /** Writes only where the key holds what is expected (undefined: where it is absent). Gives whether it did. */
  async cas(key: string, expected: string | undefined, value: string): Promise<boolean> {
    const { result } = await this.#submit({ type: 'compare-and-set', key, expected, value });
    return result.type === 'ok';
  }

  /** Asks the cluster to take this node in, as a voter or without a vote; settles when a leader has begun it. */
  async join(role: 'voter' | 'learner' = 'voter'): Promise<void> {
    const address = this.#config.nodes.get(this.id)?.addresses.map(hostPortText);
    await this.#askPeers({ method: 'POST', path: '/members', body: JSON.stringify({ node: this.id, role, address }) });
  }

  /** Asks the cluster to let this node go; settles when a leader has begun it. */
  async leave(): Promise<void> {
    await this.#askPeers({ method: 'DELETE', path: `/members/${this.id}` });
  }

  /**
   * Hears of what happens from now on. Gives a function that ends it. What a listener throws is an uncaught exception of the
   * program; the node goes on. Throws a RangeError where there is no such event.
   */
  on<Name extends keyof RaftStoreEvents>(name: Name, listener: RaftStoreEvents[Name]): () => void {
    if (!Object.hasOwn(this.#listeners, name)) {
      throw new RangeError(`There is no event ${JSON.stringify(name)}: there are leader, change and failure.`);
    }
    const given: unknown = listener;
    if (typeof given !== 'function') throw new RangeError(`A listener for ${name} must be a function.`);
    this.#listeners[name].add(listener);
    return () => {
      this.#listeners[name].delete(listener);
    };
  }

  /** Hands the lead over where it has it, and stops. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#end ??= `${this.id} is closed.`;
    this.#unsubscribe();
    this.#desk.close();
    this.#peers.close();
    await this.#server.close();
  }

  async #submit(operation: Operation): Promise<Extract<Fate, { readonly type: 'committed' }>> {
    if (this.#end !== undefined) throw new RaftStoreError('not-taken', this.#end);
    const fault = argumentFault(operation);
    if (fault !== undefined) throw new RaftStoreError('refused', fault);
    const fate = await this.#desk.submit(operation);
    if (fate.type === 'failed') throw new RaftStoreError('not-taken', fate.reason);
    if (fate.type === 'unknown') throw new RaftStoreError('unknown', fate.reason);
    const { result } = fate;
    if (result.type === 'refused' || result.type === 'expired') throw new RaftStoreError('refused', result.message);
    return fate;
  }

  async #askPeers(request: HttpRequest): Promise<void> {
    if (this.#end !== undefined) throw new RaftStoreError('not-taken', this.#end);
    const answer = await this.#peers.send(request).catch((error: unknown) => {
      if (!(error instanceof NoAnswerError)) throw error;
      throw new RaftStoreError(error.isDefinite ? 'not-taken' : 'unknown', error.message);
    });
    if (answer.status === ACCEPTED) return;
    if (answer.status < 400) throw new RaftStoreError('unknown', 'What answered at the address of a node is none.');
    const detail = this.#peers.fieldOf(answer, 'detail');
    const outcome = answer.status === 504 ? 'unknown' : answer.status === 503 ? 'not-taken' : 'refused';
    throw new RaftStoreError(outcome, typeof detail === 'string' ? detail : `Status ${answer.status}.`);
  }

  #tellChanges(events: Parameters<Parameters<NodeServer['node']['subscribe']>[0]>[0]): void {
    if (this.#listeners.change.size === 0) return;
    for (const { event } of events) {
      if (event.type !== 'applied' || event.change === undefined) continue;
      const { key, value } = event.change;
      this.#tell('change', (listener) => listener(key, value, event.entry.index));
    }
  }

  #tellLeader(): void {
    const { leader, term } = this.#server.node.core;
    if (leader === this.#leader) return;
    this.#leader = leader;
    this.#tell('leader', (listener) => listener(leader, term));
  }

  /** What a listener throws is its own program's to catch: the node's turn, and the other listeners, go on. */
  #tell<Name extends keyof RaftStoreEvents>(name: Name, tellOne: (listener: RaftStoreEvents[Name]) => void): void {
    for (const listener of this.#listeners[name]) queueMicrotask(() => tellOne(listener));
  }
}

/** The other nodes first: one that is to join knows nothing that the cluster does not. */
function peersOf({ nodes, token }: ClusterConfig, id: string, tls: TlsTexts | undefined): HttpClient {
  const scheme = tls === undefined ? 'http' : 'https';
  const places = [...nodes].sort(([one], [other]) => Number(one === id) - Number(other === id));
  const urls = places.flatMap(([, { addresses }]) =>
    addresses.map((address) => `${scheme}://${hostPortText(address)}`),
  );
  return new HttpClient({ urls, token, tls });
}
