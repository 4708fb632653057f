import { MAX_ON_LINK } from '../src/host/outbox.ts';
import type { Envelope } from '../src/host/ports.ts';
import type { NodeId } from '../src/raft/entry.ts';
import type { Expected, Posted } from './protocol.ts';

/** How long a node waits for what a peer that is gone had sent, in real milliseconds. */
const GONE_PATIENCE_MS = 1_000;

/**
 * The most messages of one peer that wait here to be let in. The outbox at the other end puts no more than
 * {@link MAX_ON_LINK} on a link that are not yet due. A node is granted time when the first of them becomes due, and lets in
 * all that count by then: what waits has been put there in that window or the one before.
 */
export const MAX_HELD = 2 * MAX_ON_LINK;

interface Link {
  readonly port: MessagePort;
  posted: number;
  admitted: number;
  /** Has come and is not yet let in. */
  readonly held: Envelope[];
}

interface Waiting {
  readonly expected: Expected;
  readonly resolve: () => void;
}

/**
 * This node's ends of the channels to its peers. A message that comes in waits until the page says that it counts, which
 * it does when the sender's report is confirmed: what a worker sent and never reported has never been sent.
 */
export class PeerLinks {
  readonly #links = new Map<NodeId, Link>();
  readonly #onBroken: (error: unknown) => void;
  #posted: Posted[] = [];
  #waiting: Waiting | undefined;

  constructor(onBroken: (error: unknown) => void) {
    this.#onBroken = onBroken;
  }

  /** A channel to a peer, which replaces the one to its former incarnation. */
  connect(peer: NodeId, port: MessagePort): void {
    this.#links.get(peer)?.port.close();
    const link: Link = { port, posted: 0, admitted: 0, held: [] };
    this.#links.set(peer, link);
    port.onmessage = (message: MessageEvent<Envelope>) => {
      if (link.held.length >= MAX_HELD) {
        this.#onBroken(new Error(`More than ${MAX_HELD} messages of ${peer} wait to be let in.`));
        return;
      }
      link.held.push(message.data);
      this.#settle();
    };
  }

  /** Where there is no channel to the receiver, it is down, and the message is lost. */
  post(envelope: Envelope): void {
    const { to, sentUs, dueUs } = envelope;
    const link = this.#links.get(to);
    if (link === undefined) return;
    link.port.postMessage(envelope);
    link.posted += 1;
    this.#posted.push({ to, count: link.posted, sentUs, dueUs });
  }

  /** What was posted since this was last called. */
  takePosted(): readonly Posted[] {
    const posted = this.#posted;
    this.#posted = [];
    return posted;
  }

  /**
   * Settles when all that is expected is held; undefined if it is already. One call at a time. From peers that are `gone`
   * it expects no more once {@link GONE_PATIENCE_MS} have passed.
   */
  holding(expected: Expected, gone: readonly NodeId[] = []): Promise<void> | undefined {
    if (this.#lacking(expected).length === 0) return undefined;
    return new Promise((resolve) => {
      this.#waiting = { expected, resolve };
      if (gone.length === 0) return;
      const others = Object.fromEntries(Object.entries(expected).filter(([peer]) => !gone.includes(peer)));
      setTimeout(() => {
        if (this.#waiting?.resolve !== resolve) return;
        this.#waiting = { expected: others, resolve };
        this.#settle();
      }, GONE_PATIENCE_MS);
    });
  }

  /** Lets in what counts, in the order in which each peer sent it; says from whom not all has come. */
  admit(expected: Expected, receive: (envelope: Envelope) => void): readonly NodeId[] {
    for (const [peer, count] of Object.entries(expected)) {
      const link = this.#links.get(peer);
      if (link === undefined) continue;
      const admitted = link.held.splice(0, Math.max(0, count - link.admitted));
      link.admitted += admitted.length;
      for (const envelope of admitted) receive(envelope);
    }
    return this.#lacking(expected);
  }

  #lacking(expected: Expected): readonly NodeId[] {
    return Object.entries(expected).flatMap(([peer, count]) => {
      const link = this.#links.get(peer);
      return link !== undefined && link.admitted + link.held.length >= count ? [] : [peer];
    });
  }

  #settle(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#lacking(waiting.expected).length > 0) return;
    this.#waiting = undefined;
    waiting.resolve();
  }
}
