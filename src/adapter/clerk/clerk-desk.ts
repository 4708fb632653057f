import type { OwnNumber } from '../../kv/clerk-request.ts';
import { Clerk, type ClerkConfig, type ClerkEffect } from '../../kv/clerk.ts';
import type { ClientRead, ClientReply, ClientRequest, Fate } from '../../kv/client-message.ts';
import type { Operation } from '../../kv/command.ts';
import type { NodeId } from '../../raft/entry.ts';

/** How often, in milliseconds, a clerk that has something under way looks at its clock. */
const TICK_MS = 10;

export interface ClerkDeskOptions extends ClerkConfig {
  /** Sends a message to a node. The answer is given to {@link ClerkDesk.answered}, if one comes. */
  readonly send: (to: NodeId, message: ClientRequest | ClientRead) => void;
}

/** A request that has not come to its end. */
interface Waiting {
  readonly isRead: boolean;
  /** Whom the clerk asked last. */
  asked: NodeId | undefined;
  readonly resolves: ((fate: Fate) => void)[];
}

const notDone: Fate = { type: 'failed', reason: 'The client was closed before an answer came; nothing was changed.' };
const maybeDone: Fate = {
  type: 'unknown',
  reason: 'The client was closed before an answer came; it may still happen.',
};

/** A clerk in real time: the client's half of exactly-once and of linearizable reads, as promises. */
export class ClerkDesk {
  readonly #clerk: Clerk;
  readonly #options: ClerkDeskOptions;
  /** Who waits for each request; more than one where the same number was submitted again meanwhile. */
  readonly #waiting = new Map<string, Waiting>();
  #count = 0;
  #tick: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ClerkDeskOptions) {
    this.#options = options;
    this.#clerk = new Clerk(options);
  }

  /** How many requests wait for their end. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Carries out an operation; it never rejects. A repeat of an own number that is under way shares its fate. */
  submit(operation: Operation, ownNumber?: OwnNumber): Promise<Fate> {
    if (this.#isClosed) return Promise.resolve({ type: 'failed', reason: 'The client is closed.' });
    this.#count += 1;
    const { client, sequence } = ownNumber ?? { client: this.#options.client, sequence: this.#count };
    // What has a number of its own is told by it, wherever it comes in; the rest by names that no other clerk uses.
    const requestId = ownNumber === undefined ? `${client}-${sequence}` : `${client}#${sequence}`;
    return new Promise((resolve) => {
      const others = this.#waiting.get(requestId);
      if (others !== undefined) {
        others.resolves.push(resolve);
        return;
      }
      this.#waiting.set(requestId, { isRead: operation.type === 'get', asked: undefined, resolves: [resolve] });
      this.#carryOut(this.#clerk.submit(nowUs(), requestId, operation, ownNumber));
      this.#tick ??= setInterval(() => this.#onTick(), TICK_MS);
    });
  }

  answered(from: NodeId, reply: ClientReply): void {
    this.#carryOut(this.#clerk.handleReply(nowUs(), from, reply));
  }

  /**
   * What that node was asked before (left out: whoever was) may never be answered: its connection is gone, or there is another
   * leader. What waits for it is asked again at once, and not only when its time is over.
   */
  askAgain(node?: NodeId): void {
    for (const [requestId, { isRead, asked }] of this.#waiting) {
      if (asked === undefined || (node !== undefined && asked !== node)) continue;
      // A read changes nothing. A command may have been taken, and then is recognised by its number.
      const type = isRead ? 'not-leader' : 'leadership-lost';
      this.answered(asked, { type: 'client-reply', requestId, outcome: { type, leader: undefined } });
    }
  }

  /** Whom it may ask from now on; whoever was among them before has to be among them still. */
  setNodes(nodes: readonly NodeId[]): void {
    this.#clerk.setNodes(nodes);
  }

  /** Nobody is asked any more. A write that has been sent may still happen. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#tick);
    this.#tick = undefined;
    for (const { isRead, asked, resolves } of this.#waiting.values()) {
      const fate = isRead || asked === undefined ? notDone : maybeDone;
      for (const resolve of resolves) resolve(fate);
    }
    this.#waiting.clear();
  }

  #onTick(): void {
    this.#carryOut(this.#clerk.handleTimer(nowUs()));
    if (this.#waiting.size > 0) return;
    clearInterval(this.#tick);
    this.#tick = undefined;
  }

  #carryOut(effects: readonly ClerkEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'send') {
        const waiting = this.#waiting.get(effect.message.requestId);
        if (waiting !== undefined) waiting.asked = effect.to;
        this.#options.send(effect.to, effect.message);
      } else if (effect.event.type === 'request-ended') this.#end(effect.event.requestId, effect.event.fate);
    }
  }

  #end(requestId: string, fate: Fate): void {
    const waiting = this.#waiting.get(requestId);
    this.#waiting.delete(requestId);
    for (const resolve of waiting?.resolves ?? []) resolve(fate);
  }
}

function nowUs(): number {
  return performance.now() * 1_000;
}
