import { WebSocket } from 'ws';
import type { ClientRead, ClientRequest, Fate } from '../../kv/client-message.ts';
import type { ClientReadMode, Operation } from '../../kv/command.ts';
import type { NodeId } from '../../raft/entry.ts';
import { ClerkDesk } from '../clerk/clerk-desk.ts';
import type { TlsTexts } from '../config/tls-texts.ts';
import { ClientFrames, decodeClientFrame, MAX_CLIENT_FRAME_BYTES } from './client-frame.ts';

/** How long a connection may take to be made, milliseconds. */
const HANDSHAKE_MS = 1_500;
/** How often a node is asked whether it is there, milliseconds, and how often in vain before its connection is given up. */
const PING_MS = 500;
const MAX_SILENT_PINGS = 4;

/** The most messages that wait for a connection; of one more nobody hears, as if it were lost on its way. */
const MAX_WAITING_MESSAGES = 4_096;

export interface SocketClientOptions {
  /** Where each node is to be found, such as http://127.0.0.1:4101; several addresses are tried in turn. */
  readonly nodes: ReadonlyMap<NodeId, string | readonly string[]>;
  readonly token?: string | undefined;
  readonly tls?: Partial<TlsTexts> | undefined;
  /** How reads are made sure of that do not say. Left out: the leader asks a majority whether it still leads. */
  readonly readMode?: ClientReadMode;
  /** Milliseconds. Left out: 1,000, 5,000 and 20. */
  readonly attemptTimeoutMs?: number;
  readonly deadlineMs?: number;
  readonly retryDelayMs?: number;
}

/**
 * A client over WebSockets, for many requests at once: they go in batches over one connection to each node, mostly the
 * leader. It numbers its commands, so that each is done once, however often it has to ask.
 */
export class SocketClient {
  readonly #options: SocketClientOptions;
  readonly #connections = new Map<NodeId, Connection>();
  /** Which of a node's addresses comes next. */
  readonly #next = new Map<NodeId, number>();
  readonly #desk: ClerkDesk;

  constructor(options: SocketClientOptions) {
    this.#options = options;
    const { attemptTimeoutMs = 1_000, deadlineMs = 5_000, retryDelayMs = 20, readMode = 'read-index' } = options;
    this.#desk = new ClerkDesk({
      client: `socket-${crypto.randomUUID()}`,
      nodes: [...options.nodes.keys()],
      attemptTimeoutUs: attemptTimeoutMs * 1_000,
      deadlineUs: deadlineMs * 1_000,
      retryDelayUs: retryDelayMs * 1_000,
      // Without it every request to a node that does not lead would be turned away first.
      forwarding: true,
      readMode,
      maxInFlight: 1_024,
      maxQueued: 100_000,
      send: (to, message) => this.#connectionTo(to).send(message),
    });
  }

  /** Carries out an operation; it never rejects. */
  submit(operation: Operation): Promise<Fate> {
    return this.#desk.submit(operation);
  }

  close(): void {
    this.#desk.close();
    for (const connection of this.#connections.values()) connection.close();
  }

  #connectionTo(node: NodeId): Connection {
    const open = this.#connections.get(node);
    if (open !== undefined && !open.isOver) return open;
    const urls = [this.#options.nodes.get(node) ?? ''].flat();
    const at = this.#next.get(node) ?? 0;
    const connection = new Connection(urls[at] ?? '', this.#options, {
      onMessages: (messages) => {
        for (const message of messages) if (message.type === 'client-reply') this.#desk.answered(node, message);
      },
      onEnd: (wasHeard) => {
        this.#next.set(node, wasHeard ? 0 : (at + 1) % urls.length);
        this.#desk.askAgain(node);
      },
      // What has never left can have been taken by nobody.
      onUnsent: ({ requestId }) => {
        const outcome = { type: 'not-leader', leader: undefined } as const;
        this.#desk.answered(node, { type: 'client-reply', requestId, outcome });
      },
    });
    this.#connections.set(node, connection);
    return connection;
  }
}

interface ConnectionPorts {
  readonly onMessages: (messages: Exclude<ReturnType<typeof decodeClientFrame>, { readonly problem: string }>) => void;
  /** Called at its end, after what was never sent has been told. `wasHeard`: the node said something in it. */
  readonly onEnd: (wasHeard: boolean) => void;
  readonly onUnsent: (message: ClientRequest | ClientRead) => void;
}

/** A connection to one node, from its beginning to its end. */
class Connection {
  readonly #socket: WebSocket;
  readonly #frames: ClientFrames;
  readonly #pings: NodeJS.Timeout;
  #waiting: (ClientRequest | ClientRead)[] = [];
  #silentPings = 0;
  #wasHeard = false;

  constructor(url: string, { token, tls }: SocketClientOptions, { onMessages, onUnsent, onEnd }: ConnectionPorts) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#socket = new WebSocket(`${url.replace(/^http/, 'ws').replace(/\/$/, '')}/client`, {
      headers,
      maxPayload: MAX_CLIENT_FRAME_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
      perMessageDeflate: false,
      ...tls,
    });
    this.#pings = setInterval(() => this.#ping(), PING_MS).unref();
    this.#socket.binaryType = 'nodebuffer';
    this.#frames = new ClientFrames((frame) => this.#socket.send(frame));
    const heard = (): void => {
      this.#wasHeard = true;
      this.#silentPings = 0;
    };
    this.#socket.on('pong', heard);
    this.#socket.on('open', () => {
      for (const message of this.#waiting) this.#frames.add(message);
      this.#waiting = [];
    });
    this.#socket.on('message', (data: Buffer) => {
      heard();
      const messages = decodeClientFrame(data);
      if ('problem' in messages) this.#socket.terminate();
      else onMessages(messages);
    });
    // Its end follows, and says all that there is to say.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      clearInterval(this.#pings);
      const unsent = this.#waiting;
      this.#waiting = [];
      for (const message of unsent) onUnsent(message);
      onEnd(this.#wasHeard);
    });
  }

  get isOver(): boolean {
    return this.#socket.readyState === WebSocket.CLOSING || this.#socket.readyState === WebSocket.CLOSED;
  }

  send(message: ClientRequest | ClientRead): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#frames.add(message);
    else if (this.#waiting.length < MAX_WAITING_MESSAGES) this.#waiting.push(message);
  }

  close(): void {
    this.#socket.terminate();
  }

  /** Where the network to a node has failed nobody says so: it is found out by asking. */
  #ping(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#silentPings >= MAX_SILENT_PINGS) return this.#socket.terminate();
    this.#silentPings += 1;
    this.#socket.ping();
  }
}
