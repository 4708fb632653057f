import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { NodeId } from '../raft/entry.ts';
import type { ClientEvent } from './client-event.ts';
import { loggedOperation, mayAskAnyone, readMessage } from './clerk-read.ts';
import { newRequest, type OwnNumber, type PendingRequest } from './clerk-request.ts';
import {
  busyClause,
  fateOfForgotten,
  fateOfOverdue,
  leadershipLostClause,
  milliseconds,
  notLeaderClause,
} from './clerk-words.ts';
import type { ClientRead, ClientReply, ClientRequest, Fate } from './client-message.ts';
import type { ClientReadMode, Operation } from './command.ts';
import { checkOperation, fits, MAX_CLIENT_BYTES, SESSION_WINDOW } from './limits.ts';
import { NodeChoice } from './node-choice.ts';

/** How many requests a clerk has under way at once, unless told otherwise. */
export const DEFAULT_MAX_IN_FLIGHT = 64;
/** How many more wait their turn, unless told otherwise; one beyond fails at once. */
export const DEFAULT_MAX_QUEUED = 1_000;

/** How a clerk goes about its work. Times are spans in microseconds, all above 0. */
export interface ClerkConfig {
  /** Its name in the log. No other clerk, before or after it, may use the name: sequence numbers begin at 1. */
  readonly client: string;
  /** Every node, in a fixed order; at least one. More may come: see {@link Clerk.setNodes}. */
  readonly nodes: readonly NodeId[];
  /** How long it waits for one node's answer before it turns to the next. */
  readonly attemptTimeoutUs: number;
  /** How long it tries in all, the time in the queue included. */
  readonly deadlineUs: number;
  /** How long it waits after a refusal that says nothing useful. */
  readonly retryDelayUs: number;
  /** Whether nodes hand requests on to each other. Left out: no. */
  readonly forwarding?: boolean;
  /** How a read is answered that does not say; left out: through the log. */
  readonly readMode?: ClientReadMode;
  /** Whether it has to open a session before its first command (thesis 6.3). Left out: no. */
  readonly opensSession?: boolean;
  readonly maxInFlight?: number;
  readonly maxQueued?: number;
}

/** What a clerk wants done, in order. */
export type ClerkEffect =
  | { readonly type: 'send'; readonly to: NodeId; readonly message: ClientRequest | ClientRead }
  | { readonly type: 'event'; readonly event: ClientEvent };

/**
 * The client's half of linearizability: it finds the leader, asks again under the same sequence number, and says what
 * became of a request: committed, failed (no node can have taken it) or unknown. Time comes in with every call, what is
 * to be done goes out as effects, and nothing is random.
 *
 * It asks the node that it last knew to lead, follows hints, and otherwise goes round the nodes in order. A node that
 * left a request without answer is not believed to lead, whoever says so, until it is heard from; its turn still comes.
 */
export class Clerk {
  readonly #config: ClerkConfig;
  readonly #choice: NodeChoice;
  readonly #maxInFlight: number;
  readonly #maxQueued: number;
  /** In order of submission. */
  readonly #pending = new Map<string, PendingRequest>();
  readonly #queue: PendingRequest[] = [];
  /** The session that commands belong to, by the index of the entry that opened it; undefined while there is none. */
  #session: number | undefined;
  /** The request for a session that is under way. It is none of the pending ones: nobody submitted it. */
  #opening: PendingRequest | undefined;
  #openings = 0;
  #inFlight = 0;
  #nextSequence = 1;
  #linksMayDuplicate = false;
  /** The highest index of the log that an answer has told of. */
  #seenIndex = 0;
  #effects: ClerkEffect[] = [];

  constructor(config: ClerkConfig) {
    if (config.client === '' || !fits(config.client, MAX_CLIENT_BYTES)) {
      throw new RangeError(`A client's name needs 1 to ${MAX_CLIENT_BYTES} bytes.`);
    }
    this.#config = config;
    this.#choice = new NodeChoice(config.nodes);
    // More than a session's window would only be refused by the store.
    this.#maxInFlight = Math.min(config.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT, SESSION_WINDOW);
    this.#maxQueued = config.maxQueued ?? DEFAULT_MAX_QUEUED;
  }

  /** When {@link handleTimer} is next due, microseconds; Infinity when nothing is under way. */
  get nextDeadlineUs(): number {
    const opening = this.#opening?.progress;
    let next = opening === undefined || opening.type === 'queued' ? Infinity : opening.untilUs;
    for (const { endUs, progress } of this.#pending.values()) {
      // Those in the queue are the youngest, and all are given the same time, so the first of them speaks for the rest.
      next = Math.min(next, endUs, progress.type === 'queued' ? Infinity : progress.untilUs);
      if (progress.type === 'queued') break;
    }
    return next;
  }

  /** How many requests have not come to their end. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Whom it may ask from now on; at least one. Whoever was among them before has to be among them still. */
  setNodes(nodes: readonly NodeId[]): void {
    this.#choice.setNodes(nodes);
  }

  /**
   * Whether a link may deliver a message twice. If so, a refusal no longer proves that a node did not take the request: the
   * second copy may arrive when it leads. What is sent from now on can then end only as committed or unknown.
   */
  setLinksMayDuplicate(may: boolean): void {
    if (may && !this.#linksMayDuplicate && this.#config.forwarding === true) {
      // What is on its way may yet be handed on over such a link.
      for (const request of this.#pending.values()) {
        if (request.progress.type === 'asked') request.maybeTakenBy = request.progress.node;
      }
    }
    this.#linksMayDuplicate = may;
  }

  /**
   * Takes on a request. `requestId` names it for good; one that is still under way is not taken a second time. An
   * operation over a limit fails at once, and so does a request that finds the queue full. A write may bring a number of
   * its own.
   */
  submit(nowUs: number, requestId: string, operation: Operation, ownNumber?: OwnNumber): readonly ClerkEffect[] {
    if (this.#pending.has(requestId)) return [];
    this.#emit({ type: 'request-submitted', requestId, operation });
    const problem = checkOperation(operation) ?? this.#checkRoom();
    if (problem !== undefined) {
      this.#emit({ type: 'request-ended', requestId, fate: { type: 'failed', reason: problem } });
      return this.#takeEffects();
    }
    const request = newRequest(
      requestId,
      this.#nextSequence++,
      operation,
      nowUs + this.#config.deadlineUs,
      this.#config.readMode ?? 'log',
      ownNumber,
    );
    this.#pending.set(requestId, request);
    this.#queue.push(request);
    this.#startQueued(nowUs);
    return this.#takeEffects();
  }

  /** A node's answer. One that comes late, twice, or from a node that is not being asked changes nothing, unless it says that the request was applied. */
  handleReply(nowUs: number, from: NodeId, reply: ClientReply): readonly ClerkEffect[] {
    this.#choice.heardFrom(from);
    const request = this.#pending.get(reply.requestId) ?? this.#openingNamed(reply.requestId);
    if (request === undefined || request.progress.type === 'queued') return [];
    const { outcome, answeredBy = from } = reply;
    if (outcome.type === 'applied' || outcome.type === 'read') {
      const { index, result } = outcome;
      this.#seenIndex = Math.max(this.#seenIndex, index);
      if (request.read === undefined || !mayAskAnyone(request.read)) this.#choice.leads(answeredBy);
      const via = outcome.type === 'read' ? { via: outcome.via } : {};
      if (request === this.#opening) this.#openedSession(index);
      else if (result.type === 'expired') this.#lostSession(request);
      else this.#end(request, { type: 'committed', index, result, ...via });
      this.#startQueued(nowUs);
      return this.#takeEffects();
    }
    // This may be the answer to an earlier attempt at the same node. That one was given up without an answer, so the
    // request already counts as maybe taken, and stays so.
    if (request.progress.type !== 'asked' || request.progress.node !== from) return [];
    switch (outcome.type) {
      case 'not-leader':
        this.#follow(nowUs, request, [from, answeredBy], outcome.leader, notLeaderClause(answeredBy, outcome.leader));
        break;
      case 'behind':
        this.#rest(nowUs, request, `${from} has applied its log only up to entry ${outcome.index}`);
        break;
      case 'leadership-lost':
        request.maybeTakenBy = answeredBy;
        this.#follow(
          nowUs,
          request,
          [from, answeredBy],
          outcome.leader,
          leadershipLostClause(answeredBy, outcome.leader),
        );
        break;
      case 'busy':
        if (request.read === undefined || !mayAskAnyone(request.read)) this.#choice.leads(answeredBy);
        this.#rest(nowUs, request, busyClause(answeredBy, outcome.limit));
        break;
      case 'transferring':
        // It knows first who leads next, or that it still does.
        this.#choice.leads(answeredBy);
        this.#rest(nowUs, request, `${answeredBy} is handing its lead over`);
        break;
      default:
        assertUnreachable(outcome);
    }
    return this.#takeEffects();
  }

  /** Does all that is due at `nowUs`. Early, it does nothing. */
  handleTimer(nowUs: number): readonly ClerkEffect[] {
    for (const request of this.#pending.values()) {
      if (nowUs >= request.endUs) this.#end(request, fateOfOverdue(request, this.#config.deadlineUs));
      else this.#goOn(nowUs, request);
    }
    // A session is of use only to who waits for it.
    if (this.#queue.length === 0) this.#opening = undefined;
    if (this.#opening !== undefined) this.#goOn(nowUs, this.#opening);
    // Only now: what has waited in the queue for too long must not be sent in its last moment.
    this.#startQueued(nowUs);
    return this.#takeEffects();
  }

  #goOn(nowUs: number, request: PendingRequest): void {
    const { progress } = request;
    if (progress.type === 'asked' && nowUs >= progress.untilUs) this.#noAnswer(nowUs, request);
    if (progress.type !== 'resting' || nowUs < progress.untilUs) return;
    request.refusedBy.clear();
    this.#ask(nowUs, request, this.#choice.next(request), progress.why);
  }

  #openingNamed(requestId: string): PendingRequest | undefined {
    return this.#opening?.requestId === requestId ? this.#opening : undefined;
  }

  #openSession(nowUs: number): void {
    if (this.#opening !== undefined) return;
    this.#openings += 1;
    const { client } = this.#config;
    const requestId = `${client} session ${this.#openings}`;
    const opening = newRequest(requestId, this.#nextSequence, undefined, Infinity, 'log');
    opening.message = { type: 'client-request', requestId, command: { type: 'open-session', client } };
    this.#opening = opening;
    this.#ask(nowUs, opening, this.#choice.next(opening), 'first attempt');
  }

  #openedSession(index: number): void {
    this.#session = index;
    this.#opening = undefined;
    this.#emit({ type: 'session-opened', session: index });
  }

  /**
   * Nothing was done this time. An earlier attempt may have been: the store has forgotten what it knew of this client, so
   * nobody can tell.
   */
  #lostSession(request: PendingRequest): void {
    const { message } = request;
    const session =
      message?.type === 'client-request' && 'session' in message.command ? message.command.session : undefined;
    if (this.#session !== undefined && this.#session === session) {
      this.#emit({ type: 'session-expired', session: this.#session });
      this.#session = undefined;
    }
    this.#end(request, fateOfForgotten(request));
  }

  #checkRoom(): string | undefined {
    if (this.#queue.length < this.#maxQueued || this.#hasFreePlace()) return undefined;
    return `Too many requests at once: ${this.#inFlight} are under way and ${this.#queue.length} wait, which is the most.`;
  }

  /** The session's window counts from the oldest request that has not ended, so that one that hangs holds up the rest. */
  #hasFreePlace(): boolean {
    const next = this.#queue[0]?.sequence ?? this.#nextSequence;
    return this.#inFlight < this.#maxInFlight && next - this.#firstUnanswered(next) < SESSION_WINDOW;
  }

  #firstUnanswered(otherwise: number): number {
    const oldest = this.#pending.values().next();
    return oldest.done === true ? otherwise : oldest.value.sequence;
  }

  #startQueued(nowUs: number): void {
    while (this.#queue.length > 0 && this.#hasFreePlace()) {
      const [request] = this.#queue;
      if (request === undefined) return;
      if (this.#config.opensSession === true && this.#session === undefined && request.read === undefined) {
        this.#openSession(nowUs);
        return;
      }
      this.#queue.shift();
      this.#inFlight += 1;
      request.message = this.#messageOf(request);
      this.#ask(nowUs, request, this.#choice.next(request), 'first attempt');
    }
  }

  #messageOf({
    requestId,
    sequence,
    operation,
    read,
    ownNumber,
  }: PendingRequest): ClientRequest | ClientRead | undefined {
    if (operation === undefined) return undefined;
    if (read !== undefined) return readMessage(requestId, read, this.#seenIndex);
    if (ownNumber !== undefined) {
      const command = { ...ownNumber, operation: loggedOperation(operation) };
      return { type: 'client-request', requestId, command };
    }
    const { client } = this.#config;
    const firstUnanswered = this.#firstUnanswered(sequence);
    const session = this.#session === undefined ? {} : { session: this.#session };
    const command = { client, ...session, sequence, firstUnanswered, operation: loggedOperation(operation) };
    return { type: 'client-request', requestId, command };
  }

  #ask(nowUs: number, request: PendingRequest, node: NodeId, why: string): void {
    const { requestId, message } = request;
    if (message === undefined) return;
    request.attempts += 1;
    request.lastNode = node;
    request.askedNodes.add(node);
    request.progress = { type: 'asked', node, untilUs: nowUs + this.#config.attemptTimeoutUs };
    if (this.#linksMayDuplicate && request.read === undefined) request.maybeTakenBy = node;
    const attempt = request.attempts;
    if (request === this.#opening) this.#emit({ type: 'session-requested', node, attempt, why });
    else this.#emit({ type: 'request-attempted', requestId, node, attempt, why });
    this.#effects.push({ type: 'send', to: node, message });
  }

  /**
   * The node that was asked did not carry it out, nor did the one that it may have handed it on to; a hint may say who
   * leads. `why` is for the next attempt.
   */
  #follow(
    nowUs: number,
    request: PendingRequest,
    askedNodes: readonly NodeId[],
    hint: NodeId | undefined,
    why: string,
  ): void {
    for (const node of askedNodes) {
      request.refusedBy.add(node);
      this.#choice.doesNotLead(node);
    }
    // Whom to ask instead is not for the hint to say where any node may answer, or only the one that was named.
    if (request.read !== undefined && mayAskAnyone(request.read)) {
      this.#rest(nowUs, request, why);
      return;
    }
    if (hint === undefined || !this.#choice.isUseful(hint, request)) {
      this.#rest(nowUs, request, why);
      return;
    }
    this.#choice.leads(hint);
    request.lastProblem = why;
    this.#ask(nowUs, request, hint, why);
  }

  #rest(nowUs: number, request: PendingRequest, why: string): void {
    request.lastProblem = why;
    request.progress = { type: 'resting', untilUs: nowUs + this.#config.retryDelayUs, why };
  }

  #noAnswer(nowUs: number, request: PendingRequest): void {
    const node = request.lastNode;
    if (node === undefined) return;
    const why = `no answer from ${node} within ${milliseconds(this.#config.attemptTimeoutUs)} ms`;
    if (request.read === undefined) request.maybeTakenBy = node;
    request.lastProblem = why;
    this.#choice.isSilent(node);
    this.#ask(nowUs, request, this.#choice.next(request), why);
  }

  #end(request: PendingRequest, fate: Fate): void {
    this.#pending.delete(request.requestId);
    if (request.progress.type === 'queued') this.#queue.splice(this.#queue.indexOf(request), 1);
    else this.#inFlight -= 1;
    this.#emit({ type: 'request-ended', requestId: request.requestId, fate });
  }

  #emit(event: ClientEvent): void {
    this.#effects.push({ type: 'event', event });
  }

  #takeEffects(): readonly ClerkEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
