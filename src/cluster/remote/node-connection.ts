import { safeParse } from 'valibot';
import type { NodeId } from '../../raft/entry.ts';
import { faultOf } from '../../timeline/schema-fault.ts';
import {
  ATTACH_PATH,
  ATTACH_PROTOCOL,
  ATTACH_VERSION,
  MAX_NODE_FRAME_LENGTH,
  nodeFrameSchema,
  type NodeFrame,
  type PageFrame,
} from './attach-frame.ts';
import { ClockOffset } from './clock-offset.ts';
import { countOf } from '../../timeline/words.ts';

/** What a page needs of a WebSocket. */
export interface PageSocket {
  readonly readyState: number;
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export type OpenSocket = (url: string) => PageSocket;

const OPEN = 1;
/** How often the node's clock is asked for, milliseconds; at first more often, to know it soon. */
const PING_MS = 1_000;
const FIRST_PINGS = 5;
const FIRST_PING_MS = 60;
/** A node that has answered nothing for so long counts as not reachable, milliseconds. */
const SILENT_MS = 4_000;
/** How long it waits before it tries again, milliseconds: at first, and at most. */
const RETRY_MS = 200;
const MAX_RETRY_MS = 3_000;

export interface ConnectionListener {
  readonly frame: (frame: Exclude<NodeFrame, { readonly type: 'pong' | 'turned-away' }>) => void;
  /** It was there, or could not be had, and is not any more; `why` is one clause. */
  readonly lost: (why: string) => void;
  /** The node does not want to talk to this page; it is not asked again. */
  readonly turnedAway: (why: string) => void;
  /** Whether it is known to stand still: then its silence says nothing. */
  readonly isPaused: () => boolean;
}

export interface ConnectionOptions {
  /** `ws://host:port` or `wss://host:port`. They are tried in turn. */
  readonly addresses: readonly [string, ...string[]];
  readonly token: string | undefined;
  readonly openSocket: OpenSocket;
  /** The page's clock, microseconds since 1970. */
  readonly nowUs: () => number;
  readonly listener: ConnectionListener;
}

/** The connection of a page to one node. It is made again, after a while that grows, for as long as it is not closed. */
export class NodeConnection {
  readonly clock = new ClockOffset();
  #addresses: readonly [string, ...string[]];
  /** Which of them it is, or was last. */
  #at = 0;
  /** Known once the node has said who it is. */
  node: NodeId | undefined;
  dropped = 0;
  readonly #options: ConnectionOptions;
  #socket: PageSocket | undefined;
  #isWelcome = false;
  /** What came before the first answer to a ping, when moments could not be told. */
  #early: Exclude<NodeFrame, { readonly type: 'pong' | 'turned-away' }>[] = [];
  #heardUs = 0;
  #pings = 0;
  readonly #pinged = new Map<number, number>();
  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#addresses = options.addresses;
    this.#open();
  }

  /** Where it is connected to, or tries to be. */
  get address(): string {
    return this.#addresses[this.#at] ?? this.#addresses[0];
  }

  /** The node is to be found at these, too. */
  know(addresses: readonly string[]): void {
    const others = addresses.filter((address) => !this.#addresses.includes(address));
    if (others.length > 0) this.#addresses = [...this.#addresses, ...others];
  }

  get isReady(): boolean {
    return this.#isWelcome && this.clock.aheadUs !== undefined && this.#early.length === 0;
  }

  /** False where it cannot be sent now. */
  send(frame: PageFrame): boolean {
    if (!this.#isWelcome || this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Tries at once, if it was waiting. */
  retryNow(): void {
    if (this.#retryTimer === undefined) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#at = 0;
    this.#open();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#pingTimer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #open(): void {
    const socket = this.#options.openSocket(`${this.address}${ATTACH_PATH}`);
    this.#socket = socket;
    this.#heardUs = this.#options.nowUs();
    const isCurrent = (): boolean => this.#socket === socket;
    socket.addEventListener('open', () => {
      if (!isCurrent()) return;
      const { token } = this.#options;
      const hello: PageFrame = {
        type: 'hello',
        protocol: ATTACH_PROTOCOL,
        version: ATTACH_VERSION,
        ...(token !== undefined && { token }),
      };
      socket.send(JSON.stringify(hello));
    });
    socket.addEventListener('message', ({ data }) => {
      if (isCurrent()) this.#hear(data);
    });
    socket.addEventListener('close', () => {
      if (isCurrent()) this.#end(this.#isWelcome ? 'its connection was lost' : 'nobody answers there');
    });
    // A close follows, which says it.
    socket.addEventListener('error', () => undefined);
    this.#schedulePing();
  }

  #hear(data: unknown): void {
    this.#heardUs = this.#options.nowUs();
    const frame = readFrame(data);
    if (typeof frame === 'string') {
      return this.#turnAway(
        this.#isWelcome
          ? `It says what this page does not understand: ${frame}`
          : `What answers at ${this.address} is no node that this page understands: a newer one, perhaps, or none at all.`,
      );
    }
    switch (frame.type) {
      case 'turned-away':
        return this.#turnAway(frame.why);
      case 'pong':
        return this.#pong(frame);
      case 'welcome':
        this.#isWelcome = true;
        this.#failures = 0;
        this.node = frame.node;
        this.#pings = 0;
        this.#ping();
        break;
      case 'events':
        this.dropped += frame.dropped ?? 0;
        break;
      default:
    }
    // An answer is not held back: nothing in it is a moment.
    if (this.clock.aheadUs === undefined && frame.type === 'events') this.#early.push(frame);
    else this.#options.listener.frame(frame);
  }

  #pong({ id, atUs }: Extract<NodeFrame, { readonly type: 'pong' }>): void {
    const sentUs = this.#pinged.get(id);
    if (sentUs === undefined) return;
    this.#pinged.delete(id);
    this.clock.note(sentUs, atUs, this.#options.nowUs());
    const early = this.#early;
    this.#early = [];
    for (const frame of early) this.#options.listener.frame(frame);
  }

  #schedulePing(): void {
    clearTimeout(this.#pingTimer);
    if (this.#isClosed) return;
    const everyMs = this.#pings < FIRST_PINGS ? FIRST_PING_MS : PING_MS;
    this.#pingTimer = setTimeout(() => this.#ping(), this.#isWelcome ? everyMs : PING_MS);
  }

  #ping(): void {
    const nowUs = this.#options.nowUs();
    if (nowUs - this.#heardUs > SILENT_MS * 1_000 && !this.#options.listener.isPaused()) {
      return this.#end('it has not answered for a while');
    }
    this.#pings += 1;
    if (this.#pinged.size > FIRST_PINGS * 4) this.#pinged.clear();
    if (this.send({ type: 'ping', id: this.#pings })) this.#pinged.set(this.#pings, nowUs);
    this.#schedulePing();
  }

  #turnAway(why: string): void {
    this.close();
    this.#isWelcome = false;
    this.#options.listener.turnedAway(why);
  }

  #end(why: string): void {
    clearTimeout(this.#pingTimer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#isWelcome = false;
    this.#early = [];
    this.#pinged.clear();
    if (this.#isClosed) return;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#at = (this.#at + 1) % this.#addresses.length;
      this.#open();
    }, this.#waitMs());
    this.#options.listener.lost(why);
  }

  /** Before it tries the next address: nothing, until all have been tried. */
  #waitMs(): number {
    if (this.#at < this.#addresses.length - 1) return 0;
    // Not all pages at the same moment.
    const waitMs = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** this.#failures) * (0.75 + Math.random() / 2);
    this.#failures = Math.min(this.#failures + 1, 10);
    return waitMs;
  }
}

/** The frame, or one sentence why it is none. */
function readFrame(data: unknown): NodeFrame | string {
  if (typeof data !== 'string') return 'A frame must be text.';
  if (data.length > MAX_NODE_FRAME_LENGTH) return `A frame has ${countOf(data.length)} characters.`;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return 'A frame must be JSON.';
  }
  const parsed = safeParse(nodeFrameSchema, value, { abortEarly: true });
  return parsed.success ? parsed.output : faultOf(parsed.issues, 'The frame');
}
