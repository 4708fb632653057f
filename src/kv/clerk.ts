import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { ProposalLimit } from '../raft/effect.ts';
import type { NodeId } from '../raft/entry.ts';
import type { ClientEvent } from './client-event.ts';
import { loggedOperation, mayAskAnyone, plannedRead, readMessage, type PlannedRead } from './clerk-read.ts';
import type { ClientRead, ClientReply, ClientRequest, Fate } from './client-message.ts';
import type { ClientReadMode, Operation } from './command.ts';
import { checkOperation, fits, MAX_CLIENT_BYTES, SESSION_WINDOW } from './limits.ts';

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
 * A number that whoever submits a request has given it, in a session of its own: whoever submits it again, here or
 * elsewhere, under the same name and number, gets the same answer, and it is done once.
 */
export interface OwnNumber {
  readonly client: string;
  readonly sequence: number;
  readonly firstUnanswered: number;
}

type Progress =
  | { readonly type: 'queued' }
  /** Waiting for the answer of `node`. */
  | { readonly type: 'asked'; readonly node: NodeId; readonly untilUs: number }
  /** Letting time pass before it asks again; `why` will explain the next attempt. */
  | { readonly type: 'resting'; readonly untilUs: number; readonly why: string };

interface PendingRequest {
  readonly requestId: string;
  readonly sequence: number;
  /** Undefined where it is to open a session. */
  readonly operation: Operation | undefined;
  /** When it is given up. */
  readonly endUs: number;
  readonly ownNumber: OwnNumber | undefined;
  /** Set where it is a read that does not go through the log. It changes nothing, so no node can have taken it. */
  readonly read: PlannedRead | undefined;
  /** Made at the first attempt and the same at every other. */
  message: ClientRequest | ClientRead | undefined;
  progress: Progress;
  attempts: number;
  lastNode: NodeId | undefined;
  /** Who has been asked, until everyone has been: hints must not keep a node from its turn. */
  readonly askedNodes: Set<NodeId>;
  /** The node that may have taken it, where one may. Once that is so it stays so. */
  maybeTakenBy: NodeId | undefined;
  /** Why the last attempt came to nothing. */
  lastProblem: string | undefined;
  /** Nodes that said no since it last rested: a hint to one of them leads in a circle. */
  readonly refusedBy: Set<NodeId>;
}

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
  #nodes: readonly NodeId[];
  readonly #maxInFlight: number;
  readonly #maxQueued: number;
  /** In order of submission. */
  readonly #pending = new Map<string, PendingRequest>();
  readonly #queue: PendingRequest[] = [];
  readonly #silent = new Set<NodeId>();
  /** The session that commands belong to, by the index of the entry that opened it; undefined while there is none. */
  #session: number | undefined;
  /** The request for a session that is under way. It is none of the pending ones: nobody submitted it. */
  #opening: PendingRequest | undefined;
  #openings = 0;
  #inFlight = 0;
  #nextSequence = 1;
  #leader: NodeId | undefined;
  #linksMayDuplicate = false;
  /** The highest index of the log that an answer has told of. */
  #seenIndex = 0;
  /** How many reads have gone to any node in turn. */
  #turns = 0;
  #effects: ClerkEffect[] = [];

  constructor(config: ClerkConfig) {
    if (config.nodes.length === 0) throw new RangeError('A clerk needs at least one node to ask.');
    if (config.client === '' || !fits(config.client, MAX_CLIENT_BYTES)) {
      throw new RangeError(`A client's name needs 1 to ${MAX_CLIENT_BYTES} bytes.`);
    }
    this.#config = config;
    this.#nodes = config.nodes;
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
    if (nodes.length === 0) throw new RangeError('A clerk needs at least one node to ask.');
    this.#nodes = nodes;
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
      this.#config,
      ownNumber,
    );
    this.#pending.set(requestId, request);
    this.#queue.push(request);
    this.#startQueued(nowUs);
    return this.#takeEffects();
  }

  /** A node's answer. One that comes late, twice, or from a node that is not being asked changes nothing, unless it says that the request was applied. */
  handleReply(nowUs: number, from: NodeId, reply: ClientReply): readonly ClerkEffect[] {
    this.#silent.delete(from);
    const request = this.#pending.get(reply.requestId) ?? this.#openingNamed(reply.requestId);
    if (request === undefined || request.progress.type === 'queued') return [];
    const { outcome, answeredBy = from } = reply;
    if (outcome.type === 'applied' || outcome.type === 'read') {
      const { index, result } = outcome;
      this.#seenIndex = Math.max(this.#seenIndex, index);
      if (request.read === undefined || !mayAskAnyone(request.read)) this.#leader = answeredBy;
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
        if (request.read === undefined || !mayAskAnyone(request.read)) this.#leader = answeredBy;
        this.#rest(nowUs, request, busyClause(answeredBy, outcome.limit));
        break;
      case 'transferring':
        // It knows first who leads next, or that it still does.
        this.#leader = answeredBy;
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
      if (nowUs >= request.endUs) this.#giveUp(request);
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
    this.#ask(nowUs, request, this.#nextNode(request), progress.why);
  }

  #openingNamed(requestId: string): PendingRequest | undefined {
    return this.#opening?.requestId === requestId ? this.#opening : undefined;
  }

  #openSession(nowUs: number): void {
    if (this.#opening !== undefined) return;
    this.#openings += 1;
    const { client } = this.#config;
    const requestId = `${client} session ${this.#openings}`;
    const opening = newRequest(requestId, this.#nextSequence, undefined, Infinity, this.#config);
    opening.message = { type: 'client-request', requestId, command: { type: 'open-session', client } };
    this.#opening = opening;
    this.#ask(nowUs, opening, this.#nextNode(opening), 'first attempt');
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
    const node = request.maybeTakenBy;
    const fate: Fate =
      node === undefined
        ? { type: 'failed', reason: 'Its session had expired when the command came: it was not applied.' }
        : { type: 'unknown', reason: `Its session has expired, but ${node} may have taken it before that.` };
    this.#end(request, fate);
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
      this.#ask(nowUs, request, this.#nextNode(request), 'first attempt');
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
      if (this.#leader === node) this.#leader = undefined;
    }
    // Whom to ask instead is not for the hint to say where any node may answer, or only the one that was named.
    if (request.read !== undefined && mayAskAnyone(request.read)) {
      this.#rest(nowUs, request, why);
      return;
    }
    if (hint === undefined || !this.#isUseful(hint, request)) {
      this.#rest(nowUs, request, why);
      return;
    }
    this.#leader = hint;
    request.lastProblem = why;
    this.#ask(nowUs, request, hint, why);
  }

  #isUseful(hint: NodeId, request: PendingRequest): boolean {
    return this.#nodes.includes(hint) && !request.refusedBy.has(hint) && !this.#silent.has(hint);
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
    this.#silent.add(node);
    if (this.#leader === node) this.#leader = undefined;
    this.#ask(nowUs, request, this.#nextNode(request), why);
  }

  #nextNode(request: PendingRequest): NodeId {
    const nodes = this.#nodes;
    if (request.read !== undefined && mayAskAnyone(request.read)) {
      const inTurn = request.read.node ?? nodes[this.#turns++ % nodes.length];
      if (inTurn !== undefined) return inTurn;
    }
    if (this.#leader !== undefined) return this.#leader;
    // A new request need not begin where another is waiting in vain; going on round, everyone gets a turn.
    const next =
      request.lastNode === undefined
        ? nodes.find((node) => !this.#silent.has(node))
        : nextInTurn(nodes, request.lastNode, request.askedNodes);
    const node = next ?? nodes[0];
    if (node === undefined) throw new RangeError('A clerk needs at least one node to ask.');
    return node;
  }

  #giveUp(request: PendingRequest): void {
    const { progress } = request;
    const isCommand = request.read === undefined;
    const maybeTakenBy = isCommand && progress.type === 'asked' ? progress.node : request.maybeTakenBy;
    const span = `${milliseconds(this.#config.deadlineUs)} ms`;
    if (maybeTakenBy !== undefined) {
      const reason = `No answer within ${span}, but ${maybeTakenBy} may have taken it: it may still happen.`;
      this.#end(request, { type: 'unknown', reason });
    } else if (!isCommand && progress.type === 'asked') {
      const reason = `No answer within ${span}, ${progress.node} was asked last; a read changes nothing.`;
      this.#end(request, { type: 'failed', reason });
    } else if (request.lastProblem === undefined) {
      const reason = `It was never sent: for ${span} other requests were in front of it.`;
      this.#end(request, { type: 'failed', reason });
    } else {
      const reason = `No node took it within ${span}; the last answer: ${request.lastProblem}.`;
      this.#end(request, { type: 'failed', reason });
    }
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

function newRequest(
  requestId: string,
  sequence: number,
  operation: Operation | undefined,
  endUs: number,
  { readMode = 'log' }: ClerkConfig,
  ownNumber?: OwnNumber,
): PendingRequest {
  return {
    requestId,
    sequence,
    operation,
    endUs,
    ownNumber,
    read: operation === undefined ? undefined : plannedRead(operation, readMode),
    message: undefined,
    progress: { type: 'queued' },
    attempts: 0,
    lastNode: undefined,
    askedNodes: new Set(),
    maybeTakenBy: undefined,
    lastProblem: undefined,
    refusedBy: new Set(),
  };
}

/** The node after that one, of those who have not been asked since everyone was. */
function nextInTurn(nodes: readonly NodeId[], last: NodeId, asked: Set<NodeId>): NodeId | undefined {
  const place = nodes.indexOf(last) + 1;
  const inTurn = [...nodes.slice(place), ...nodes.slice(0, place)];
  const next = inTurn.find((node) => !asked.has(node));
  if (next === undefined) asked.clear();
  return next ?? inTurn[0];
}

function notLeaderClause(from: NodeId, hint: NodeId | undefined): string {
  return hint === undefined
    ? `${from} is not the leader and knows of none`
    : `${from} is not the leader, it says ${hint} is`;
}

function leadershipLostClause(from: NodeId, hint: NodeId | undefined): string {
  return hint === undefined
    ? `${from} took it but no longer leads, and knows of no other`
    : `${from} took it but no longer leads, it says ${hint} does`;
}

function busyClause(from: NodeId, limit: ProposalLimit | undefined): string {
  if (limit === undefined) return `${from} has too much to do`;
  const { unit, most } = limit;
  return `${from} has too much to do: it takes no more than ${most} ${unit} ahead of what is committed`;
}

function milliseconds(us: number): string {
  return String(us / 1_000);
}
