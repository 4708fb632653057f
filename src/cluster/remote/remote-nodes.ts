import type { MemberEnvelope } from '../../../workers/member-protocol.ts';
import { fromTextMessage, toTextMessage } from '../../host/link-text.ts';
import { membersOf, type Configuration } from '../../raft/configuration.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { Action, DirectedLink } from '../../timeline/action.ts';
import { wouldChange } from '../../timeline/availability.ts';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import type { EventBody, TimelineEvent } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { changeWorld, initialWorld, nodeIds, withoutMachine, type World } from '../../timeline/world.ts';
import { ClusterError, type RealNode } from '../cluster-control.ts';
import type { Limits, NodeAddress, NodeFrame, PageFrame } from './attach-frame.ts';
import { mapMoments } from './map-moments.ts';
import { MemberTeller } from './member-teller.ts';
import { NameClaim } from './name-claim.ts';
import { NodeConnection, type OpenSocket } from './node-connection.ts';

type Frame<Type extends NodeFrame['type']> = Extract<NodeFrame, { readonly type: Type }>;

/** How long a node may be without a connection before it counts as not reachable, milliseconds. */
const LOST_AFTER_MS = 400;

/** How long a connection that is being made is waited for, and how often it is looked at, milliseconds. */
const REACH_MS = 1_500;
const LOOK_MS = 10;

export interface RemoteNodesOptions {
  /** `ws://host:port` of any node. */
  readonly address: string;
  readonly token: string | undefined;
  readonly openSocket: OpenSocket;
  /** Microseconds since 1970. */
  readonly nowUs: () => number;
  /** What happened on a node or by the hand from outside, in the page's time since {@link RemoteNodes.beganUs}. */
  readonly onEvents: (stream: string, events: readonly TimelineEvent[]) => void;
  readonly onAnswer: (from: NodeId, answer: Frame<'answer'>) => void;
  readonly onNodes: (nodes: readonly NodeId[]) => void;
  readonly onNotice: (level: 'info' | 'problem', message: string) => void;
}

/** What the first node told of its cluster. */
export interface Introduction {
  readonly cluster: string;
  readonly config: RunConfig;
  readonly limits: Limits;
}

/**
 * The nodes of a real cluster, each by a connection of its own, and the world around them as far as it is known by now: which
 * process stands still or is gone, which links are cut.
 */
export class RemoteNodes {
  /** The moment from which the page counts, microseconds since 1970. */
  readonly beganUs: number;
  readonly introduced: Promise<Introduction>;
  world: World | undefined;
  /** Takes what comes for the node in this page. */
  onPeer: (envelope: MemberEnvelope) => void = () => undefined;
  /** Has that node tell a picture of itself. */
  onPortray: () => void = () => undefined;
  #member: NodeId | undefined;
  readonly #options: RemoteNodesOptions;
  readonly #connections = new Map<NodeId, NodeConnection>();
  /** What each node that is connected goes by. */
  readonly #configurations = new Map<NodeId, Configuration>();
  readonly #claim = new NameClaim();
  readonly #teller: MemberTeller;
  /** Nodes in other pages that have told of themselves since they were last known to be gone. */
  readonly #tabsHeard = new Set<NodeId>();
  /** Nodes without an address that belong to the cluster, or did. */
  readonly #tabsNamed = new Set<NodeId>();
  readonly #first: NodeConnection;
  readonly #pending = new Map<number, { resolve: () => void; reject: (error: Error) => void; node: NodeId }>();
  #introduce: ((introduction: Introduction) => void) | undefined;
  #refuse: (error: Error) => void = () => undefined;
  #cluster: string | undefined;
  #commands = 0;
  #isClosed = false;

  constructor(options: RemoteNodesOptions) {
    this.#options = options;
    this.beganUs = options.nowUs();
    this.introduced = new Promise((resolve, reject) => {
      this.#introduce = resolve;
      this.#refuse = reject;
    });
    this.#teller = new MemberTeller({
      connected: () => this.#connected(),
      aheadUs: (node) => this.#connections.get(node)?.clock.aheadUs ?? 0,
      send: (node, frame) => this.send(node, frame),
      portray: () => this.onPortray(),
    });
    this.#first = this.#connect([options.address], undefined);
  }

  /** Each node, as it is connected. */
  status(): readonly RealNode[] {
    const nodes = this.world?.nodes ?? [];
    return nodes.map((id) => {
      const connection = this.#connections.get(id);
      const clock = connection?.clock;
      return {
        id,
        address: connection?.address,
        isConnected: connection?.isReady ?? (id === this.#member || this.#tabsHeard.has(id)),
        roundTripUs: clock?.roundTripUs,
        clockAheadUs: clock?.aheadUs,
        clockDoubtUs: clock?.doubtUs,
        dropped: connection?.dropped ?? 0,
      };
    });
  }

  isConnected(node: NodeId): boolean {
    return this.#connections.get(node)?.isReady ?? false;
  }

  send(node: NodeId, frame: PageFrame): boolean {
    return this.#connections.get(node)?.send(frame) ?? false;
  }

  /** Has that node do it. Rejects with a ClusterError. */
  async do(node: NodeId, action: Action): Promise<void> {
    await this.#settled([node], REACH_MS);
    this.#commands += 1;
    const id = this.#commands;
    return new Promise((resolve, reject) => {
      if (!this.send(node, { type: 'do', id, action })) {
        reject(new ClusterError(`${node} cannot be reached by this page, so it cannot be told.`));
        return;
      }
      this.#pending.set(id, { resolve, reject, node });
    });
  }

  /** Settles when all that are known are connected or have turned out not to be there. */
  async gathered(): Promise<void> {
    await this.#settled(this.world?.nodes ?? [], REACH_MS);
  }

  /**
   * From now on there is a node of that name in this page. Rejects with a {@link NameTaken} where a node knows another of that
   * name; settles when all that are connected have let it in, or after a while.
   */
  async join(node: NodeId): Promise<void> {
    this.#member = node;
    for (const connection of this.#connections.values()) this.#introduceMember(connection);
    try {
      await this.#claim.letIn(node, this.#connected());
    } catch (error) {
      this.part();
      throw error;
    }
    this.#meet([node]);
  }

  /** There is no node in this page any more. */
  part(): void {
    this.#member = undefined;
    for (const connection of this.#connections.values()) this.#introduceMember(connection);
    this.#forgetGone();
  }

  /** Takes a message of the node in this page to whoever it is for, or to somebody who passes it on. */
  carry({ messageId, to, message }: MemberEnvelope): void {
    const through = this.isConnected(to) ? to : this.anyOther(undefined);
    if (through !== undefined) this.send(through, { type: 'peer', messageId, to, message: toTextMessage(message) });
  }

  takeFromMember(node: NodeId, events: readonly TimelineEvent[]): void {
    // The same machine, so the same clock.
    this.#tellEvents(node, events, 0);
    this.#teller.take(events);
  }

  #introduceMember(connection: NodeConnection): void {
    connection.send(this.#member === undefined ? { type: 'part' } : { type: 'join', node: this.#member });
  }

  #connected(): readonly NodeId[] {
    return [...this.#connections].filter(([, connection]) => connection.isReady).map(([id]) => id);
  }

  /** Nodes in tabs have no address. Those that no connected node's configuration names any more are shown no more. */
  #forgetGone(): void {
    const known = this.#connected().map((id) => this.#configurations.get(id));
    if (known.length === 0 || this.world === undefined) return;
    for (const node of this.world.nodes) {
      if (node === this.#member || this.#connections.has(node)) continue;
      const isNamed = known.some(
        (configuration) => configuration === undefined || membersOf(configuration).includes(node),
      );
      // One that has just come tells of itself before the cluster takes it in.
      const isComing = this.#tabsHeard.has(node) && !this.#tabsNamed.has(node);
      if (isNamed || isComing) continue;
      this.#tabsHeard.delete(node);
      this.#tabsNamed.delete(node);
      this.world = withoutMachine(this.world, node);
      const atUs = this.#options.nowUs() - this.beganUs;
      this.#options.onEvents('cluster', [{ atUs, actor: node, event: { type: 'gone' } }]);
    }
  }

  #configured(node: NodeId, configuration: Configuration): void {
    this.#configurations.set(node, configuration);
    const members = membersOf(configuration);
    for (const member of members) if (!this.#connections.has(member)) this.#tabsNamed.add(member);
    this.#meet(members);
    this.#forgetGone();
  }

  /** Nodes that a configuration names are there, whether or not they can be reached. */
  #meet(nodes: readonly NodeId[]): void {
    for (const node of nodes) {
      if (this.world === undefined || this.world.machines[node] !== undefined) continue;
      this.tell({ type: 'start-node', node });
      // One that lives in a tab which is open tells of itself soon.
      setTimeout(() => {
        if (this.#isInTab(node) && !this.#tabsHeard.has(node)) this.#tabClosed(node);
      }, LOST_AFTER_MS);
    }
  }

  /** Whether that node lives in another page: nobody knows an address of it. */
  #isInTab(node: NodeId): boolean {
    return node !== this.#member && !this.#connections.has(node);
  }

  #tabClosed(node: NodeId): void {
    this.#tabsHeard.delete(node);
    this.tell({ type: 'crash', node, reason: `The tab in which ${node} lives is closed.` });
  }

  /** A page tells, by way of a node, what its node did. */
  #heardTab(node: NodeId, through: NodeId): void {
    if (this.#tabsHeard.has(node)) return;
    this.#tabsHeard.add(node);
    this.#meet([node]);
    this.tell({ type: 'revive', node });
    // What it told before this page knew of it, or while it counted as closed, is lost: a picture makes that good.
    this.send(through, { type: 'picture' });
  }

  /** Any node that is connected; another than that one where there is another. */
  anyOther(than: NodeId | undefined): NodeId | undefined {
    const ready = this.#connected();
    return ready.find((id) => id !== than) ?? ready[0];
  }

  /** The hand from outside did it. What would change nothing is not told. */
  tell(action: Action): void {
    if (this.world === undefined || !wouldChange(this.world, action).possible) return;
    const atUs = this.#options.nowUs() - this.beganUs;
    this.world = changeWorld(this.world, action, atUs);
    this.#options.onEvents('cluster', [{ atUs, actor: 'cluster', event: { type: 'action', action } }]);
  }

  /** Waits, for so long at most, until each is connected or known to be down. */
  async #settled(nodes: readonly NodeId[], patienceMs: number): Promise<void> {
    const isOpen = (id: NodeId): boolean =>
      !this.isConnected(id) && (this.world?.machines[id]?.status ?? 'down') !== 'down' && this.#connections.has(id);
    const untilUs = this.#options.nowUs() + patienceMs * 1_000;
    while (!this.#isClosed && nodes.some(isOpen) && this.#options.nowUs() < untilUs) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#teller.close();
    this.#first.close();
    for (const connection of this.#connections.values()) connection.close();
    this.#rejectPending(() => true, 'The page has let go of the cluster.');
  }

  #connect(addresses: readonly [string, ...string[]], expected: NodeId | undefined): NodeConnection {
    const { token, openSocket, nowUs } = this.#options;
    const connection: NodeConnection = new NodeConnection({
      addresses,
      token,
      openSocket,
      nowUs,
      listener: {
        frame: (frame) => this.#hear(connection, expected, frame),
        lost: (why) => this.#lost(connection, expected, why),
        turnedAway: (why) => this.#turnedAway(connection, expected, why),
        isPaused: () => this.world?.machines[connection.node ?? expected ?? '']?.status === 'paused',
      },
    });
    return connection;
  }

  #hear(connection: NodeConnection, expected: NodeId | undefined, frame: NodeFrame): void {
    if (this.#isClosed) return;
    switch (frame.type) {
      case 'welcome':
        return this.#welcome(connection, expected, frame);
      case 'events':
        return this.#events(connection, frame.events);
      case 'nodes':
        return this.#learn(frame.nodes);
      case 'processes':
        return this.#processes(frame);
      case 'answer':
        return connection.node === undefined ? undefined : this.#options.onAnswer(connection.node, frame);
      case 'peer':
        return this.#peer(frame);
      case 'portray':
        return this.onPortray();
      case 'joined':
        this.#claim.answered(connection.node, frame.node, undefined);
        return;
      case 'not-joined':
        return this.#notJoined(connection, frame);
      case 'done':
        return this.#settle(frame.id, undefined);
      case 'refused':
        return this.#settle(frame.id, new ClusterError(frame.why));
      default:
    }
  }

  #welcome(connection: NodeConnection, expected: NodeId | undefined, frame: Frame<'welcome'>): void {
    const { node, cluster, config, limits, nodes } = frame;
    const isOther = (this.#cluster ?? cluster) !== cluster || (expected ?? node) !== node;
    if (isOther) {
      connection.close();
      this.#options.onNotice(
        'problem',
        `At ${connection.address} there is ${node} of the cluster ${cluster}, not ${expected ?? 'a node'} of this one.`,
      );
      return;
    }
    this.#cluster = cluster;
    this.#connections.set(node, connection);
    this.world ??= this.#firstWorld(config, nodes);
    this.#learn(nodes);
    if (this.world.machines[node]?.status === 'down') this.tell({ type: 'revive', node });
    this.#introduce?.({ cluster, config: { ...config, nodes: initialCount(nodes) }, limits });
    this.#introduce = undefined;
    this.#cutAgain(node);
    if (this.#member !== undefined) this.#introduceMember(connection);
  }

  #notJoined({ node }: NodeConnection, frame: Frame<'not-joined'>): void {
    if (this.#claim.answered(node, frame.node, frame.why)) return;
    if (frame.node === this.#member) this.#options.onNotice('problem', `${node ?? 'A node'}: ${frame.why}`);
  }

  #peer({ messageId, from, message: told }: Frame<'peer'>): void {
    const message = fromTextMessage(told);
    if (message !== undefined && this.#member !== undefined) {
      this.onPeer({ messageId, from, to: this.#member, message });
    }
  }

  /** Of those that are there at the beginning nobody sees the start. */
  #firstWorld(config: RunConfig, nodes: readonly NodeAddress[]): World {
    return initialWorld({ ...config, nodes: initialCount(nodes) });
  }

  /** A process that was started anew knows nothing of the links that were cut for the one before. */
  #cutAgain(node: NodeId): void {
    const links = [...(this.world?.cuts ?? [])].map(linkOf).filter(({ from }) => from === node);
    if (links.length === 0) return;
    this.do(node, { type: 'cut', links }).catch((error: unknown) =>
      this.#options.onNotice('problem', sentenceOfError(error)),
    );
  }

  #events(connection: NodeConnection, events: readonly TimelineEvent[]): void {
    const { node } = connection;
    if (node !== undefined) this.#tellEvents(node, events, connection.clock.aheadUs ?? 0);
  }

  #tellEvents(node: NodeId, events: readonly TimelineEvent[], aheadUs: number): void {
    const move = (momentUs: number): number => Math.max(0, Math.round(momentUs - aheadUs - this.beganUs));
    const streams = new Map<string, TimelineEvent[]>();
    for (const { atUs, actor, event } of events) {
      // A node speaks for itself, and for the links that leave it; and it passes on what nodes in other pages tell.
      const isPassedOn = actor !== node && actor !== 'cluster';
      if (isPassedOn && !this.#isInTab(actor)) continue;
      if (actor === 'cluster' && !this.#takeAction(event)) continue;
      const stream = isPassedOn ? actor : node;
      const told = streams.get(stream) ?? [];
      if (isPassedOn && told.length === 0) this.#heardTab(actor, node);
      if (event.type === 'configuration-changed') this.#configured(actor, event.configuration);
      if (event.type === 'picture') this.#configured(actor, event.picture.configuration);
      told.push({ atUs: move(atUs), actor, event: mapMoments(event, move) });
      streams.set(stream, told);
    }
    for (const [stream, told] of streams) this.#options.onEvents(stream, told);
  }

  #takeAction(event: EventBody): boolean {
    if (event.type !== 'action' || this.world === undefined) return false;
    const before = this.world;
    this.world = changeWorld(before, event.action, this.#options.nowUs() - this.beganUs);
    // A node tells of a page that has gone.
    if (event.action.type === 'crash' && this.#tabsHeard.delete(event.action.node)) this.#forgetGone();
    return this.world !== before;
  }

  #learn(nodes: readonly NodeAddress[]): void {
    const scheme = this.#options.address.startsWith('wss:') ? 'wss' : 'ws';
    for (const { id, address, more = [] } of nodes) {
      this.#meet([id]);
      if (address === undefined) continue;
      const connection = this.#connections.get(id);
      const others = more.map((other) => `${scheme}://${other}`);
      if (connection === undefined) {
        this.#connections.set(id, this.#connect([`${scheme}://${address}`, ...others], id));
      } else if (others.length > 0) connection.know([`${scheme}://${address}`, ...others]);
    }
    this.#options.onNodes(this.world?.nodes ?? []);
  }

  #processes({ processes }: Frame<'processes'>): void {
    for (const { node, status } of processes) {
      const known = this.world?.machines[node]?.status;
      if (known === undefined || known === status) continue;
      if (status === 'down') this.tell({ type: 'kill', node });
      else if (status === 'paused') this.tell({ type: 'pause', node });
      else if (known === 'paused') this.tell({ type: 'resume', node });
      // Otherwise it is up when it says so itself.
      else this.#connections.get(node)?.retryNow();
    }
  }

  #lost(connection: NodeConnection, expected: NodeId | undefined, why: string): void {
    const node = connection.node ?? expected;
    if (this.world === undefined) {
      connection.close();
      this.#refuse(new ClusterError(`No node of a cluster can be reached at ${connection.address}: ${why}.`));
      return;
    }
    if (node === undefined) return;
    this.#rejectPending((pending) => pending.node === node, `${node} was lost before it said whether it was done.`);
    // Whoever supervises it may be about to say what became of it, and a connection may be made again at once.
    setTimeout(() => {
      const isKnown = this.#isClosed || connection.isReady || this.world?.machines[node]?.status === 'down';
      const reason = `${node} cannot be reached by this page: ${why}.`;
      if (!isKnown) this.tell({ type: 'crash', node, reason });
    }, LOST_AFTER_MS);
  }

  #turnedAway(connection: NodeConnection, expected: NodeId | undefined, why: string): void {
    if (this.world === undefined) {
      this.#refuse(new ClusterError(why));
      return;
    }
    this.#options.onNotice('problem', `${expected ?? connection.node ?? connection.address}: ${why}`);
  }

  #settle(id: number, error: Error | undefined): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve();
    else pending?.reject(error);
  }

  #rejectPending(which: (pending: { readonly node: NodeId }) => boolean, why: string): void {
    for (const [id, pending] of this.#pending) {
      if (which(pending)) this.#settle(id, new ClusterError(why));
    }
  }
}

/** How many nodes are called n1, n2 and so on without a gap: a timeline begins with these. */
function initialCount(nodes: readonly NodeAddress[]): number {
  const ids = new Set(nodes.map(({ id }) => id));
  const first = nodeIds(ids.size).findIndex((id) => !ids.has(id));
  return first === -1 ? ids.size : first;
}

/** The link of that name in a world. */
export function linkOf(key: string): DirectedLink {
  const [from = '', to = ''] = key.split('>');
  return { from, to };
}
