import { Clerk, type ClerkEffect } from '../../kv/clerk.ts';
import type { ClientRead, ClientReply, ClientRequest } from '../../kv/client-message.ts';
import type { Operation } from '../../kv/command.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { EventBody } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';

export interface RemoteClerkOptions {
  /** Its name in the log, which nobody else has or had. */
  readonly name: string;
  readonly nodes: readonly NodeId[];
  readonly config: RunConfig;
  readonly nowUs: () => number;
  /** False where the message cannot leave. */
  readonly send: (to: NodeId, messageId: string, message: ClientRequest | ClientRead) => boolean;
  readonly emit: (event: EventBody) => void;
}

/** The page's client: the same clerk as in the playground, in real time and on the connections to the nodes. */
export class RemoteClerk {
  readonly #options: RemoteClerkOptions;
  readonly #clerk: Clerk;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #messages = 0;

  constructor(options: RemoteClerkOptions) {
    this.#options = options;
    const { client, reads, sessions } = options.config;
    this.#clerk = new Clerk({
      client: options.name,
      nodes: options.nodes,
      attemptTimeoutUs: client.attemptTimeoutMs * 1_000,
      deadlineUs: client.deadlineMs * 1_000,
      retryDelayUs: client.retryDelayMs * 1_000,
      // Real nodes always hand requests on.
      forwarding: true,
      readMode: reads ?? 'log',
      opensSession: sessions !== undefined,
    });
  }

  setNodes(nodes: readonly NodeId[]): void {
    this.#clerk.setNodes(nodes);
  }

  /** Whether a message may arrive twice, by a fault layer. */
  setLinksMayDuplicate(may: boolean): void {
    this.#clerk.setLinksMayDuplicate(may);
  }

  submit(requestId: string, operation: Operation): void {
    this.#carryOut(this.#clerk.submit(this.#options.nowUs(), requestId, operation));
  }

  /** An answer came over the connection to that node. */
  take(from: NodeId, messageId: string, reply: ClientReply): void {
    this.#options.emit({ type: 'message-received', messageId, from, messageType: 'client-reply' });
    this.#carryOut(this.#clerk.handleReply(this.#options.nowUs(), from, reply));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #carryOut(effects: readonly ClerkEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'event') this.#options.emit(effect.event);
      else this.#send(effect.to, effect.message);
    }
    clearTimeout(this.#timer);
    const dueUs = this.#clerk.nextDeadlineUs;
    if (dueUs === Infinity) return;
    const waitMs = Math.max(0, (dueUs - this.#options.nowUs()) / 1_000);
    this.#timer = setTimeout(() => this.#carryOut(this.#clerk.handleTimer(this.#options.nowUs())), waitMs + 1);
  }

  #send(to: NodeId, message: ClientRequest | ClientRead): void {
    this.#messages += 1;
    const messageId = `${this.#options.name}.${this.#messages}`;
    const fate = this.#options.send(to, messageId, message) ? 'sent' : 'lost';
    const dueUs = this.#options.nowUs();
    this.#options.emit({ type: 'message-sent', messageId, to, dueUs, fate, copy: false, message });
  }
}
