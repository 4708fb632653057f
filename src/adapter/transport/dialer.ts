import { WebSocket } from 'ws';
import type { NodeId } from '../../raft/entry.ts';
import { MAX_FRAME_BYTES } from './frame.ts';
import { introductionHeaders, PEER_PATH, readAnswer, type Introduction } from './handshake.ts';

/** Before the first attempt after a failed one; each further one waits twice as long, and a little less or more. Milliseconds. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;
/** How long a peer may take to answer. */
const HANDSHAKE_MS = 3_000;
/** The most that is read of a peer's explanation. */
const MAX_EXPLANATION_BYTES = 1_000;

/** What a node proves itself with, and knows others by: PEM texts. */
export interface PeerTls {
  readonly cert: string;
  readonly key: string;
  /** Whom to believe. */
  readonly ca: string;
}

export interface DialerOptions {
  readonly self: Introduction;
  readonly target: NodeId;
  readonly token: string | undefined;
  readonly tls: PeerTls | undefined;
  readonly onOpen: (socket: WebSocket, other: Introduction) => void;
  /** An attempt came to nothing: a sentence. */
  readonly onFailed: (sentence: string) => void;
}

/** Tries to reach one peer until it is told to stop, in ever longer intervals. */
export class Dialer {
  readonly #options: DialerOptions;
  #address: string | undefined;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  get address(): string | undefined {
    return this.#address;
  }

  get isDialling(): boolean {
    return this.#socket !== undefined || this.#timer !== undefined;
  }

  /** Where the peer listens, from the next attempt on. */
  setAddress(address: string): void {
    this.#address = address;
  }

  /** Dials, unless it does so already or there is no address to dial. */
  start(): void {
    if (this.#address === undefined || this.isDialling) return;
    this.#dial(this.#address);
  }

  /** Gives up what is under way. The next start begins with short intervals. */
  stop(): void {
    this.#failures = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  #dial(address: string): void {
    const { self, target, token, tls } = this.#options;
    const socket = new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://${address}${PEER_PATH}`, {
      headers: introductionHeaders(self, target, token),
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      ...tls,
    });
    this.#socket = socket;
    let other: ReturnType<typeof readAnswer> | undefined;
    socket.on('upgrade', ({ headers }) => {
      other = readAnswer(headers, self);
    });
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        // Whoever has so much to say is no node.
        if (text.length > MAX_EXPLANATION_BYTES) response.destroy();
      });
      response.on('close', () => {
        this.#failed(
          socket,
          `${target} does not let ${self.id} in (${response.statusCode}): ${text.slice(0, MAX_EXPLANATION_BYTES).trim()}`,
        );
      });
    });
    socket.on('error', (error) =>
      this.#failed(socket, `${self.id} does not reach ${target} at ${address}: ${error.message}.`),
    );
    socket.once('open', () => {
      if (this.#socket !== socket) return socket.terminate();
      if (other === undefined) return this.#failed(socket, `${address} answered without a word of who it is.`);
      if ('status' in other) return this.#failed(socket, other.sentence);
      if (other.id !== target) return this.#failed(socket, `At ${address} there is ${other.id}, not ${target}.`);
      this.#socket = undefined;
      this.#failures = 0;
      socket.removeAllListeners();
      this.#options.onOpen(socket, other);
    });
  }

  #failed(socket: WebSocket, sentence: string): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    socket.terminate();
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.start();
    }, retryAfterMs(this.#failures));
    this.#options.onFailed(sentence);
  }
}

/** Between half and all of what is due, so that nodes that lost each other at once do not come back at once. `failures`: from 1 on. */
export function retryAfterMs(failures: number): number {
  const dueMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
  return dueMs * (0.5 + Math.random() / 2);
}
