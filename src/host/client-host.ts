import { Clerk, type ClerkEffect } from '../kv/clerk.ts';
import type { Action, LinkQuality } from '../timeline/action.ts';
import type { ActorId, TimelineEvent } from '../timeline/event.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { changeWorld, type World } from '../timeline/world.ts';
import type { Actor } from './actor.ts';
import { Inbox } from './inbox.ts';
import { Outbox, type OutboxPorts } from './outbox.ts';
import type { Envelope } from './ports.ts';
import { microseconds } from './raft-config.ts';

export interface ClientHostOptions {
  readonly id: ActorId;
  readonly config: RunConfig;
  readonly seed: number;
  readonly world: World;
  /** 1, and one more for each time that it lost its power. */
  readonly incarnation: number;
  readonly deliver: (envelope: Envelope) => void;
  readonly emit: (event: TimelineEvent) => void;
}

/** A client's home: it drives one clerk in virtual time, on the same kind of links as the nodes. */
export class ClientHost implements Actor {
  readonly id: ActorId;
  readonly #options: ClientHostOptions;
  #ports: OutboxPorts;
  readonly #inbox = new Inbox();
  #world: World;
  #incarnation: number;
  #clerk: Clerk;
  #outbox: Outbox;
  readonly #pending = new Set<string>();

  constructor(options: ClientHostOptions) {
    this.id = options.id;
    this.#options = options;
    this.#ports = options;
    this.#world = options.world;
    this.#incarnation = options.incarnation;
    this.#clerk = this.#createClerk();
    this.#outbox = new Outbox(this.id, options.seed, this.#incarnation, this.#ports);
  }

  /** From here on it lives elsewhere, as it is. */
  moveTo(ports: OutboxPorts): void {
    this.#ports = ports;
    this.#outbox.moveTo(ports);
  }

  nextDueUs(): number {
    return Math.min(this.#inbox.nextDueUs(), this.#clerk.nextDeadlineUs);
  }

  receive(envelope: Envelope): void {
    this.#inbox.add(envelope);
  }

  act(atUs: number, action: Action): void {
    this.#world = changeWorld(this.#world, action, atUs);
    this.#clerk.setLinksMayDuplicate(this.#linksMayDuplicate());
    if (action.type === 'start-node') this.#clerk.setNodes(this.#world.nodes);
    if (action.type === 'request' && action.client === this.id) {
      this.#carryOut(atUs, this.#clerk.submit(atUs, action.requestId, action.operation));
    }
    if (action.type === 'power-failure' && action.clients) this.#losePower(atUs);
  }

  advance(untilUs: number): void {
    while (this.nextDueUs() < untilUs) this.advanceOne();
  }

  /** Handles just the next thing that is due: a message before a timer. */
  advanceOne(): void {
    const nowUs = this.nextDueUs();
    const envelope = this.#inbox.takeDue(nowUs);
    if (envelope === undefined) return this.#carryOut(nowUs, this.#clerk.handleTimer(nowUs));
    const { messageId, from, message } = envelope;
    this.#ports.emit({
      atUs: nowUs,
      actor: this.id,
      event: { type: 'message-received', messageId, from, messageType: message.type },
    });
    if (message.type === 'client-reply') this.#carryOut(nowUs, this.#clerk.handleReply(nowUs, from, message));
  }

  /** What was pending is forgotten: it may still happen. A new session begins, so that its numbers start afresh. */
  #losePower(atUs: number): void {
    for (const requestId of this.#pending) {
      const fate = { type: 'unknown', reason: 'The client lost its power before an answer came.' } as const;
      this.#ports.emit({ atUs, actor: this.id, event: { type: 'request-ended', requestId, fate } });
    }
    this.#pending.clear();
    this.#inbox.clear();
    this.#incarnation += 1;
    this.#clerk = this.#createClerk();
    this.#outbox = new Outbox(this.id, this.#options.seed, this.#incarnation, this.#ports);
  }

  #carryOut(nowUs: number, effects: readonly ClerkEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'send') {
        this.#outbox.send(nowUs, effect.to, effect.message, this.#world);
        continue;
      }
      const { event } = effect;
      if (event.type === 'request-submitted') this.#pending.add(event.requestId);
      if (event.type === 'request-ended') this.#pending.delete(event.requestId);
      this.#ports.emit({ atUs: nowUs, actor: this.id, event });
    }
  }

  #createClerk(): Clerk {
    const { client } = this.#options.config;
    const clerk = new Clerk({
      client: `${this.id}.${this.#incarnation}`,
      nodes: this.#world.nodes,
      attemptTimeoutUs: microseconds(client.attemptTimeoutMs),
      deadlineUs: microseconds(client.deadlineMs),
      retryDelayUs: microseconds(client.retryDelayMs),
      forwarding: this.#forwarding,
      readMode: this.#options.config.reads ?? 'log',
      opensSession: this.#options.config.sessions !== undefined,
    });
    clerk.setLinksMayDuplicate(this.#linksMayDuplicate());
    return clerk;
  }

  /** Where nodes hand requests on, the links between nodes count too. */
  #linksMayDuplicate(): boolean {
    const { network, linkQualities } = this.#world;
    if (mayCopy(network)) return true;
    return this.#forwarding && Object.values(linkQualities).some(mayCopy);
  }

  get #forwarding(): boolean {
    return this.#options.config.forwarding === true;
  }
}

/** Whether a message may come twice over such a link. */
function mayCopy({ duplication, replay }: LinkQuality): boolean {
  return duplication > 0 || replay !== undefined;
}
