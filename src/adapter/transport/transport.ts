import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import type { NodeId } from '../../raft/entry.ts';
import type { NodeLogger } from '../node/node-logger.ts';
import { Dialer, type PeerTls } from './dialer.ts';
import type { FaultLayer } from './fault-layer.ts';
import { encodeFrame, MAX_FRAME_BYTES, MAX_TOLD_NODES, type Acquaintances, type Frame } from './frame.ts';
import { answerHeaders, readIntroduction, type Introduction, type Rejection } from './handshake.ts';
import { PeerConnection, PING_MS } from './peer-connection.ts';
import type { PeerEnvelope } from './peer-envelope.ts';
import { PeerLink, type LinkStatus } from './peer-link.ts';
import { rejectUpgrade } from './reject-upgrade.ts';
import { DelayedSends } from './delayed-sends.ts';

export interface TransportOptions {
  readonly self: Introduction;
  /** Where nodes listen, `host:port` each. */
  readonly addresses: ReadonlyMap<NodeId, readonly string[]>;
  readonly token: string | undefined;
  readonly tls: PeerTls | undefined;
  readonly faults: FaultLayer | undefined;
  readonly logger: NodeLogger;
  /** Whether it is worth the while to dial that node. It is asked again and again. */
  readonly isWanted: (id: NodeId) => boolean;
  /** A message has come for this node. */
  readonly onMessage: (envelope: PeerEnvelope) => void;
}

/** A way to a node that has no address: whoever opened it takes the messages. */
export interface OpenedLink {
  /** A message of that node has come, for this one or for another. */
  receive(envelope: PeerEnvelope): void;
  close(): void;
}

/**
 * A node's connections to the others: one WebSocket a pair. Both may dial, since it may be that only one of them knows where the
 * other is; of two connections the one stays that the higher number dialled. Messages of a turn leave together when
 * {@link flush} is called. What cannot leave waits in a bounded queue, and what is lost is lost: Raft makes up for it.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #links = new Map<NodeId, PeerLink>();
  /** Nodes without an address, which came to this one, and take their messages here. */
  readonly #opened = new Map<NodeId, (envelope: PeerEnvelope) => void>();
  /** Nodes without an address that came to another, and which that is. */
  readonly #carriers = new Map<NodeId, NodeId>();
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  #pings: NodeJS.Timeout | undefined;
  readonly #delayed = new DelayedSends();
  /** What was last said of each address of a peer that cannot be reached, so that it is not said again and again. */
  readonly #said = new Map<NodeId, Map<string, string>>();
  #isClosed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#server.on('headers', (lines) => {
      for (const [name, value] of Object.entries(answerHeaders(options.self))) lines.push(`${name}: ${value}`);
    });
    for (const [id, addresses] of options.addresses) this.setAddresses(id, addresses);
  }

  /** From now on it dials who is wanted, and keeps an eye on who is there. */
  start(): void {
    this.#pings = setInterval(() => this.#tick(), PING_MS);
    this.#dialWanted();
  }

  /** Where that node listens, `host:port` each. It is told to all. */
  setAddresses(id: NodeId, addresses: readonly string[]): void {
    if (id === this.#options.self.id) return;
    const link = this.#linkTo(id);
    if (link === undefined || link.dialer.addresses.join() === addresses.join()) return;
    link.dialer.setAddresses(addresses);
    this.#said.delete(id);
    this.#tellAll();
    this.#dialWanted();
  }

  /** All other nodes that it knows. */
  status(): readonly LinkStatus[] {
    return Array.from(this.#links.values(), (link) => link.status());
  }

  /** Puts a message on its way, to leave at the next {@link flush}. What becomes of it, as far as this end can say. */
  send(envelope: PeerEnvelope): 'sent' | 'lost' | 'cut' {
    const fate = this.#options.faults?.fateOf(envelope.to);
    if (fate === undefined) return this.#put(envelope);
    if (fate.type !== 'sent') return fate.type;
    let outcome: 'sent' | 'lost' = 'lost';
    for (const delayUs of fate.delaysUs) {
      const put =
        delayUs === 0
          ? this.#put(envelope)
          : this.#delayed.add(delayUs, () => {
              this.#put(envelope);
              this.flush();
            });
      if (put === 'sent') outcome = 'sent';
    }
    return outcome;
  }

  /** Lets go what waits to leave. */
  flush(): void {
    for (const link of this.#links.values()) link.flush();
  }

  /**
   * Takes a request to upgrade, of who wants to talk as a node, on {@link PEER_PATH}. A stranger is told why not, and hung up on,
   * before it can say a word.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const other = this.#introductionOf(request, socket);
    if ('status' in other) {
      this.#options.logger.warn(
        { status: other.status },
        `Someone who wanted to talk as a node was turned away: ${other.sentence}`,
      );
      rejectUpgrade(socket, other);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (accepted) =>
      this.#connected(accepted, { other, dialer: other.id, remote: request.socket.remoteAddress }),
    );
  }

  /** Opens a way to a node that cannot be dialled. It takes the place of one that was opened before. */
  openLink(id: NodeId, deliver: (envelope: PeerEnvelope) => void): OpenedLink {
    this.#opened.set(id, deliver);
    this.#tellAll();
    return {
      receive: (envelope) => this.#route(envelope),
      close: () => {
        if (this.#opened.get(id) !== deliver) return;
        this.#opened.delete(id);
        this.#tellAll();
      },
    };
  }

  /** Sends what it can, and hangs up. */
  close(): void {
    this.flush();
    this.#isClosed = true;
    clearInterval(this.#pings);
    this.#delayed.clear();
    for (const link of this.#links.values()) {
      link.dialer.stop();
      link.connection?.close();
    }
    this.#server.close();
  }

  #put(envelope: PeerEnvelope): 'sent' | 'lost' {
    const { to } = envelope;
    const deliver = this.#opened.get(to);
    if (deliver !== undefined) {
      deliver(envelope);
      return 'sent';
    }
    const direct = this.#linkTo(to);
    const carrier = direct?.connection === undefined ? this.#carriers.get(to) : undefined;
    const link = carrier === undefined ? direct : this.#links.get(carrier);
    if (link === undefined || this.#isClosed) return 'lost';
    return link.add(envelope).includes(envelope) ? 'lost' : 'sent';
  }

  /** Undefined where it knows so many that there is no room for one more. */
  #linkTo(id: NodeId): PeerLink | undefined {
    const known = this.#links.get(id);
    if (known !== undefined || this.#links.size >= MAX_TOLD_NODES) return known;
    const { self, token, tls } = this.#options;
    const dialer = new Dialer({
      self,
      target: id,
      token,
      tls,
      onOpen: (socket, other, remote) => this.#connected(socket, { other, dialer: self.id, remote }),
      onFailed: (sentence, address) => this.#say(id, sentence, address),
    });
    const link = new PeerLink(id, dialer);
    this.#links.set(id, link);
    return link;
  }

  #introductionOf(request: IncomingMessage, socket: Duplex): Introduction | Rejection {
    const { self, tls, token } = this.#options;
    if (this.#isClosed) return { status: 503, sentence: `${self.id} is stopping.` };
    if (tls !== undefined && !(socket instanceof TLSSocket && socket.authorized)) {
      return { status: 401, sentence: `${self.id} asks for a certificate that its authority has signed.` };
    }
    const other = readIntroduction(request.headers, self, token);
    if ('status' in other) return other;
    const link = this.#linkTo(other.id);
    if (link === undefined) return { status: 503, sentence: `${self.id} knows ${MAX_TOLD_NODES} nodes, and no more.` };
    const { connection } = link;
    // Of two connections this one is to stay, unless the other has begun a new life since.
    const stays = connection?.dialer === self.id && higherOf(self.id, other.id) === self.id;
    if (stays && connection.other.incarnation === other.incarnation) {
      return { status: 409, sentence: `${self.id} and ${other.id} are connected already.` };
    }
    return other;
  }

  #connected(socket: WebSocket, ends: ConstructorParameters<typeof PeerConnection>[1]): void {
    const { other, dialer } = ends;
    const link = this.#linkTo(other.id);
    if (link === undefined || this.#isClosed) return socket.terminate();
    const before = link.connection;
    const connection = new PeerConnection(socket, ends, {
      onFrame: (frame) => this.#take(other.id, frame),
      onDrained: () => link.flush(),
      onClosed: (problem) => this.#disconnected(link, connection, problem),
    });
    link.connect(connection);
    before?.hangUp('another connection took its place');
    this.#said.delete(other.id);
    this.#options.logger.info({ peer: other.id, dialer }, `${this.#options.self.id} and ${other.id} are connected.`);
    link.sendFirst(encodeFrame(this.#acquaintances()));
    if (other.addresses !== undefined) this.setAddresses(other.id, other.addresses);
    link.flush();
  }

  #disconnected(link: PeerLink, connection: PeerConnection, problem: string | undefined): void {
    if (!link.disconnect(connection)) return;
    for (const [id, carrier] of this.#carriers) if (carrier === link.id) this.#carriers.delete(id);
    if (this.#isClosed) return;
    const { self, logger } = this.#options;
    const why = problem === undefined ? '' : `: ${problem}`;
    logger.info({ peer: link.id }, `${self.id} and ${link.id} are no longer connected${why}.`);
    link.dialer.resume(connection.ageMs);
    this.#dialWanted();
  }

  #take(peer: NodeId, frame: Frame): void {
    if (frame.type === 'acquaintances') return this.#learn(peer, frame);
    for (const envelope of frame.envelopes) {
      // A peer speaks for itself, and for those that came to it.
      if (envelope.from === peer || this.#carriers.get(envelope.from) === peer) this.#route(envelope);
    }
  }

  #learn(peer: NodeId, { addresses, carried }: Acquaintances): void {
    for (const [id, told] of addresses) {
      // What it was told itself it knows better; of itself it knows best.
      if ((this.#links.get(id)?.dialer.addresses ?? []).length === 0) this.setAddresses(id, told);
    }
    for (const [id, carrier] of this.#carriers) if (carrier === peer) this.#carriers.delete(id);
    for (const id of carried) if (id !== this.#options.self.id) this.#carriers.set(id, peer);
    this.#dialWanted();
  }

  /** For this node, or for one that came to it. It is not passed on any further, so it goes in no circle. */
  #route(envelope: PeerEnvelope): void {
    if (envelope.to === this.#options.self.id) return this.#options.onMessage(envelope);
    if (this.#opened.has(envelope.from) || this.#opened.has(envelope.to)) {
      this.#put(envelope);
      this.#links.get(envelope.to)?.flush();
    }
  }

  #acquaintances(): Frame {
    const addresses = new Map<NodeId, readonly string[]>();
    const { self } = this.#options;
    if (self.addresses !== undefined) addresses.set(self.id, self.addresses);
    for (const { id, dialer } of this.#links.values()) {
      if (dialer.addresses.length > 0 && addresses.size < MAX_TOLD_NODES) addresses.set(id, dialer.addresses);
    }
    return { type: 'acquaintances', addresses, carried: [...this.#opened.keys()] };
  }

  #tellAll(): void {
    const frame = encodeFrame(this.#acquaintances());
    for (const link of this.#links.values()) link.sendFirst(frame);
  }

  #tick(): void {
    for (const { connection } of this.#links.values()) connection?.ping();
    this.#dialWanted();
  }

  #dialWanted(): void {
    if (this.#isClosed || this.#pings === undefined) return;
    for (const { id, connection, dialer } of this.#links.values()) {
      if (connection !== undefined || this.#opened.has(id)) continue;
      if (this.#options.isWanted(id)) dialer.start();
      else dialer.stop();
    }
  }

  #say(id: NodeId, sentence: string, address: string): void {
    const said = this.#said.get(id) ?? new Map<string, string>();
    const isNew = said.get(address) !== sentence;
    this.#said.set(id, said.set(address, sentence));
    this.#options.logger[isNew ? 'warn' : 'debug']({ peer: id }, sentence);
  }
}

/** Which of the two has the higher number. */
function higherOf(one: NodeId, other: NodeId): NodeId {
  return Number(one.slice(1)) > Number(other.slice(1)) ? one : other;
}
