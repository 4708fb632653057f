import type { Envelope } from '../src/host/ports.ts';
import type { Expected, Report } from './protocol.ts';
import type { NodeId } from '../src/raft/entry.ts';

interface Link {
  readonly port: MessagePort;
  sent: number;
  received: number;
  earliestDueUs: number;
}

/** This node's ends of the channels to its peers. Counts what goes and comes, so that a window can wait for what is due. */
export class PeerLinks {
  readonly #links = new Map<NodeId, Link>();
  readonly #receive: (envelope: Envelope) => void;
  #waiting: { readonly expected: Expected; readonly resolve: () => void } | undefined;

  constructor(receive: (envelope: Envelope) => void) {
    this.#receive = receive;
  }

  connect(peer: NodeId, port: MessagePort): void {
    this.#links.get(peer)?.port.close();
    const link: Link = { port, sent: 0, received: 0, earliestDueUs: Infinity };
    this.#links.set(peer, link);
    port.onmessage = (message: MessageEvent<Envelope>) => {
      link.received += 1;
      this.#receive(message.data);
      this.#settle();
    };
  }

  /** False where there is no channel to that receiver. */
  send(envelope: Envelope): boolean {
    const link = this.#links.get(envelope.to);
    if (link === undefined) return false;
    link.port.postMessage(envelope);
    link.sent += 1;
    link.earliestDueUs = Math.min(link.earliestDueUs, envelope.dueUs);
    return true;
  }

  /** Settles once as many messages as that have come in from each peer. One call at a time. */
  holding(expected: Expected): Promise<void> | undefined {
    if (this.#holds(expected)) return undefined;
    return new Promise((resolve) => {
      this.#waiting = { expected, resolve };
    });
  }

  takeSent(): Report['sent'] {
    const sent: Record<NodeId, { count: number; earliestDueUs: number }> = {};
    for (const [peer, link] of this.#links) {
      if (link.earliestDueUs === Infinity) continue;
      sent[peer] = { count: link.sent, earliestDueUs: link.earliestDueUs };
      link.earliestDueUs = Infinity;
    }
    return sent;
  }

  #holds(expected: Expected): boolean {
    for (const [peer, count] of Object.entries(expected)) {
      if ((this.#links.get(peer)?.received ?? 0) < count) return false;
    }
    return true;
  }

  #settle(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || !this.#holds(waiting.expected)) return;
    this.#waiting = undefined;
    waiting.resolve();
  }
}
