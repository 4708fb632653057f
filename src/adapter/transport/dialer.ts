import { WebSocket } from 'ws';
import type { NodeId } from '../../raft/entry.ts';
import { MAX_FRAME_BYTES } from './frame.ts';
import { introductionHeaders, PEER_PATH, readAnswer, type Introduction } from './handshake.ts';

/** Before the first attempt after a failed one; each further one waits twice as long, and a little less or more. Milliseconds. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;
/** How long a peer may take to answer. */
const HANDSHAKE_MS = 3_000;
/** The same where it has further addresses, one of which may be in a network that lives. */
const HANDSHAKE_OF_SEVERAL_MS = 1_500;
/** A connection that stood for so long was one; what ends sooner counts as a failed attempt. */
const STEADY_MS = 2_000;
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
  /** `remote`: the IP address of the other end. */
  readonly onOpen: (socket: WebSocket, other: Introduction, remote: string | undefined) => void;
  /** An attempt at that address came to nothing: a sentence. */
  readonly onFailed: (sentence: string, address: string) => void;
}

/**
 * Tries to reach one peer until it is told to stop: at each of its addresses, one after the other, and then again, in ever longer
 * intervals.
 */
export class Dialer {
  readonly #options: DialerOptions;
  #addresses: readonly string[] = [];
  /** Which of them comes next. */
  #at = 0;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /** Empty where none is known. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  get isDialling(): boolean {
    return this.#socket !== undefined || this.#timer !== undefined;
  }

  /** Where the peer listens, from the next attempt on; the first is tried first. */
  setAddresses(addresses: readonly string[]): void {
    this.#addresses = addresses;
    this.#at = this.#socket === undefined ? 0 : -1;
  }

  /** Dials, unless it does so already or there is no address to dial. */
  start(): void {
    const address = this.#addresses[this.#at];
    if (address === undefined || this.isDialling) return;
    this.#dial(address);
  }

  /** Gives up what is under way. The next start begins with the first address and short intervals. */
  stop(): void {
    this.#failures = 0;
    this.#at = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  /** There is a connection, by whichever end. What was tried in vain before counts again if it does not last. */
  pause(): void {
    const failures = this.#failures;
    this.stop();
    this.#failures = failures;
  }

  /** The connection is lost that stood for so long: the peer is dialled anew, at once if it was a steady one. */
  resume(stoodMs: number): void {
    if (stoodMs < STEADY_MS) return this.#tryNext();
    this.#failures = 0;
    this.start();
  }

  #dial(address: string): void {
    const { self, target, token, tls } = this.#options;
    const socket = new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://${address}${PEER_PATH}`, {
      headers: introductionHeaders(self, target, token),
      handshakeTimeout: this.#addresses.length > 1 ? HANDSHAKE_OF_SEVERAL_MS : HANDSHAKE_MS,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      ...tls,
    });
    this.#socket = socket;
    let other: ReturnType<typeof readAnswer> | undefined;
    let remote: string | undefined;
    const failed = (sentence: string): void => this.#failed(socket, sentence, address);
    socket.on('upgrade', (response) => {
      other = readAnswer(response.headers, self);
      remote = response.socket.remoteAddress;
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
        failed(
          `${target} does not let ${self.id} in (${response.statusCode}): ${text.slice(0, MAX_EXPLANATION_BYTES).trim()}`,
        );
      });
    });
    socket.on('error', (error) => failed(`${self.id} does not reach ${target} at ${address}: ${error.message}.`));
    socket.once('open', () => {
      if (this.#socket !== socket) return socket.terminate();
      if (other === undefined) return failed(`${address} answered without a word of who it is.`);
      if ('status' in other) return failed(other.sentence);
      if (other.id !== target) return failed(`At ${address} there is ${other.id}, not ${target}.`);
      this.#socket = undefined;
      socket.removeAllListeners();
      this.#options.onOpen(socket, other, remote);
    });
  }

  #failed(socket: WebSocket, sentence: string, address: string): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    socket.terminate();
    this.#options.onFailed(sentence, address);
    this.#tryNext();
  }

  /** The next address at once; after the last one the first, when it has waited. */
  #tryNext(): void {
    this.#at += 1;
    if (this.#at < this.#addresses.length) return this.start();
    this.#at = 0;
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.start();
    }, retryAfterMs(this.#failures));
  }
}

/** Between half and all of what is due, so that nodes that lost each other at once do not come back at once. `failures`: from 1 on. */
export function retryAfterMs(failures: number): number {
  const dueMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
  return dueMs * (0.5 + Math.random() / 2);
}
