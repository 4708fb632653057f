import { safeParse } from 'valibot';
import type { WebSocket } from 'ws';
import {
  ATTACH_VERSION,
  pageFrameSchema,
  type NodeAddress,
  type NodeFrame,
  type PageFrame,
} from '../../cluster/remote/attach-frame.ts';
import { fromTextMessage, toTextMessage } from '../../host/link-text.ts';
import { pictureOf } from '../../host/picture-of.ts';
import type { ClientReply } from '../../kv/client-message.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { EventBody, TimelineEvent } from '../../timeline/event.ts';
import { faultOf } from '../../timeline/schema-fault.ts';
import { isToken } from '../token.ts';
import { EventFeed, MAX_UNTAKEN_BYTES } from './event-feed.ts';
import { limitsOf, NodeHand, RefusedError } from './node-hand.ts';
import type { Supervision, WatchedEnvelope, WatchedNode } from './watched-node.ts';

/** How long a page may take to say who it is, milliseconds. */
const HELLO_MS = 5_000;
/** With so many bytes on the way to a page that does not read them, whatever they answer, it is hung up on. */
const MAX_UNREAD_BYTES = 64 * 1_048_576;
/** How long a page may take over being hung up on, milliseconds: it may stand still. */
const GOODBYE_MS = 1_000;
/** The most commands of one page that are under way; one more is refused. */
const MAX_COMMANDS = 64;
/** The most requests of one page that wait for an answer; one more is told that the node is busy. */
const MAX_WAITING = 1_024;

export interface AttachedPageOptions {
  readonly node: WatchedNode;
  readonly socket: WebSocket;
  readonly token: string | undefined;
  readonly supervision: Supervision | undefined;
  /** The link between two of the node's turns changed: all pages are to hear of it. */
  readonly onLinksChanged: (actions: TimelineEvent[]) => void;
  /** The node in that page tells of itself, and the other pages are to hear of it. */
  readonly onTold: (events: readonly TimelineEvent[], page: AttachedPage) => void;
  /** That page is shown a picture of this node: those in other pages are to tell theirs. */
  readonly onPictured: (page: AttachedPage) => void;
  /** Whether no other page has a node of that name. */
  readonly mayJoin: (node: NodeId, page: AttachedPage) => boolean;
}

/** One page that watches a node and speaks to it, from its first frame to its last. */
export class AttachedPage {
  readonly #options: AttachedPageOptions;
  readonly #node: WatchedNode;
  readonly #socket: WebSocket;
  readonly #hand: NodeHand;
  readonly #feed: EventFeed;
  readonly #helloTimer: ReturnType<typeof setTimeout>;
  /** Pages count their requests alike: this tells them apart. */
  readonly #name = crypto.randomUUID().slice(0, 8);
  /** How to forget each of its requests that waits for an answer. */
  readonly #waiting = new Map<string, () => void>();
  #stopListening: readonly (() => void)[] = [];
  #isWelcome = false;
  #commands = 0;
  #answers = 0;
  #toldNodes = '';
  /** Whether the node in this page tells of itself here, and not by way of another node. */
  #isTelling = false;
  #member: { readonly node: NodeId; readonly link: ReturnType<WatchedNode['openLink']> } | undefined;

  constructor(options: AttachedPageOptions) {
    const { node, socket, supervision } = options;
    this.#options = options;
    this.#node = node;
    this.#socket = socket;
    this.#hand = new NodeHand(node, supervision);
    this.#feed = new EventFeed({
      send: (events, dropped) => this.#tell({ type: 'events', events, ...(dropped > 0 && { dropped }) }),
      picture: () => {
        this.#options.onPictured(this);
        return this.#picture();
      },
      untakenBytes: () => socket.bufferedAmount,
    });
    this.#helloTimer = setTimeout(() => this.#turnAway('No hello came in time.'), HELLO_MS);
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.close());
  }

  get isWelcome(): boolean {
    return this.#isWelcome;
  }

  /** Tells of something that no turn of the node tells of. */
  take(events: readonly TimelineEvent[]): void {
    if (this.#isWelcome) this.#feed.take(events);
  }

  close(): void {
    clearTimeout(this.#helloTimer);
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
    for (const forget of this.#waiting.values()) forget();
    this.#waiting.clear();
    this.#feed.close();
    this.#part();
    this.#isWelcome = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.close(1001);
    setTimeout(() => this.#socket.terminate(), GOODBYE_MS).unref();
  }

  #hear(data: WebSocket.RawData, isBinary: boolean): void {
    const frame = isBinary ? 'A frame must be text.' : readFrame(data);
    if (typeof frame === 'string') return this.#turnAway(frame);
    if (frame.type === 'hello') {
      if (this.#isWelcome) return this.#turnAway('hello comes once.');
      return this.#welcome(frame);
    }
    if (!this.#isWelcome) return this.#turnAway('The first frame must be hello.');
    this.#take(frame);
  }

  #take(frame: Exclude<PageFrame, { readonly type: 'hello' }>): void {
    switch (frame.type) {
      case 'ask':
        return this.#ask(frame);
      case 'do':
        void this.#do(frame);
        return;
      case 'ping':
        return this.#tell({ type: 'pong', id: frame.id, atUs: this.#node.nowUs() });
      case 'picture':
        return this.#feed.begin();
      case 'join':
        return this.#join(frame.node);
      case 'part':
        return this.#part();
      case 'tell':
        return this.#told(frame.events);
      case 'peer':
        return this.#fromMember(frame);
    }
  }

  #welcome({ version, token }: Extract<PageFrame, { readonly type: 'hello' }>): void {
    const { token: expected, supervision } = this.#options;
    if (version !== ATTACH_VERSION) {
      return this.#turnAway(
        `This node speaks version ${ATTACH_VERSION} of this protocol, not ${version}: open the page that it serves.`,
      );
    }
    if (expected !== undefined && !isToken(token, expected)) {
      return this.#turnAway(
        token === undefined ? 'This cluster asks for its token.' : 'The token is not that of this cluster.',
      );
    }
    clearTimeout(this.#helloTimer);
    this.#isWelcome = true;
    const { id, clusterId, config } = this.#node;
    const nodes = addressesOf(this.#node);
    this.#toldNodes = JSON.stringify(nodes);
    const limits = limitsOf(this.#node, supervision);
    this.#tell({ type: 'welcome', cluster: clusterId, node: id, nodes, config, limits });
    this.#tellProcesses();
    this.#stopListening = [
      this.#node.subscribe((events) => this.#heard(events)),
      supervision?.subscribe(() => this.#tellProcesses()) ?? (() => undefined),
    ];
    this.#feed.begin();
    // At once: whoever has an answer to its first ping knows of all links that are cut.
    this.#feed.take(this.#hand.linkActions().map((action) => this.#action(action)));
    this.#feed.flush();
  }

  #heard(events: readonly TimelineEvent[]): void {
    // Others come with changes of the membership, which are rare, and so is looking.
    if (events.some(({ event }) => event.type === 'configuration-changed')) this.#tellNodes();
    this.#feed.take(events);
  }

  #tellNodes(): void {
    const nodes = addressesOf(this.#node);
    const told = JSON.stringify(nodes);
    if (told === this.#toldNodes) return;
    this.#toldNodes = told;
    this.#tell({ type: 'nodes', nodes });
  }

  #tellProcesses(): void {
    const processes = this.#options.supervision?.states();
    if (processes === undefined) return;
    this.#tell({ type: 'processes', processes: processes.map(({ node, status }) => ({ node, status })) });
    this.#tellNodes();
  }

  /** Other pages may have a node of that name: whoever comes last has to take another. */
  #join(node: NodeId): void {
    const { mayJoin } = this.#options;
    if (node === this.#node.id || this.#node.peers().some(({ id, addresses }) => id === node && addresses.length > 0)) {
      return this.#tell({ type: 'not-joined', node, why: `There is a node ${node} already.` });
    }
    this.#part();
    if (!mayJoin(node, this)) {
      return this.#tell({ type: 'not-joined', node, why: `Another page has a node ${node}.` });
    }
    const deliver = ({ messageId, from, message }: WatchedEnvelope): void => {
      // What a slow page has yet to take is as good as lost: nodes may lose any message.
      if (this.#socket.bufferedAmount > MAX_UNTAKEN_BYTES) return;
      this.#tell({ type: 'peer', messageId, from, message: toTextMessage(message) });
    };
    this.#member = { node, link: this.#node.openLink(node, deliver) };
    this.#tell({ type: 'joined', node });
  }

  #part(): void {
    const { node } = this.#member ?? {};
    this.#member?.link.close();
    this.#member = undefined;
    if (node === undefined || !this.#isTelling) return;
    this.#isTelling = false;
    this.#options.onTold(
      [this.#action({ type: 'crash', node, reason: `The tab in which ${node} lives is closed.` })],
      this,
    );
  }

  /** Only of the node that is in that page, and only what a node can tell. */
  #told(events: readonly TimelineEvent[]): void {
    const node = this.#member?.node;
    if (node === undefined) return;
    this.#isTelling = true;
    const own = events.filter(({ actor, event }) => actor === node && event.type !== 'action' && event.type !== 'gone');
    this.#options.onTold(own, this);
  }

  /** Another page wants to see the node that is in this one. */
  portray(): void {
    if (this.#isTelling) this.#tell({ type: 'portray' });
  }

  /** The name of the node in this page, if there is one. */
  get member(): NodeId | undefined {
    return this.#member?.node;
  }

  #fromMember({ messageId, to, message: told }: Extract<PageFrame, { readonly type: 'peer' }>): void {
    const message = fromTextMessage(told);
    if (message === undefined) return this.#turnAway('That is no message between nodes.');
    // It speaks in its own name alone.
    if (this.#member !== undefined) this.#member.link.receive({ messageId, from: this.#member.node, to, message });
  }

  /** The node tells nothing of its clients' messages; this page hears of its own, and of no others'. */
  #ask({ messageId, message }: Extract<PageFrame, { readonly type: 'ask' }>): void {
    const { requestId } = message;
    this.#feed.take([this.#event({ type: 'message-received', messageId, from: 'c1', messageType: message.type })]);
    if (this.#waiting.size >= MAX_WAITING && !this.#waiting.has(requestId)) {
      return this.#answer(requestId, { type: 'busy' }, undefined);
    }
    const answer = (outcome: ClientReply['outcome'], answeredBy: string | undefined): void => {
      this.#waiting.delete(requestId);
      this.#answer(requestId, outcome, answeredBy);
    };
    this.#waiting.set(requestId, this.#node.ask(message, answer, this.#name));
  }

  #answer(requestId: string, outcome: ClientReply['outcome'], answeredBy: string | undefined): void {
    if (!this.#isWelcome) return;
    this.#answers += 1;
    const messageId = `${this.#node.id}.${requestId}.${this.#answers}`;
    const nowUs = this.#node.nowUs();
    const by = answeredBy === undefined ? {} : { answeredBy };
    const message: ClientReply = { type: 'client-reply', requestId, outcome, ...by };
    const sent = {
      type: 'message-sent',
      messageId,
      to: 'c1',
      dueUs: nowUs,
      fate: 'sent',
      copy: false,
      message,
    } as const;
    this.#feed.take([this.#event(sent)]);
    this.#tell({ type: 'answer', messageId, requestId, outcome, ...by });
  }

  async #do({ id, action }: Extract<PageFrame, { readonly type: 'do' }>): Promise<void> {
    if (this.#commands >= MAX_COMMANDS) {
      this.#tell({ type: 'refused', id, why: `More than ${MAX_COMMANDS} commands are under way.` });
      return;
    }
    this.#commands += 1;
    try {
      await this.#hand.act(action);
      // What a node was told to do it does in its next turn, and whoever asked is to see it.
      await nextTurn();
      if (action.type === 'cut' || action.type === 'heal' || action.type === 'set-links') {
        this.#options.onLinksChanged([this.#action(this.#ownLinksOnly(action))]);
      }
      this.#feed.flush();
      this.#tell({ type: 'done', id });
    } catch (error) {
      const why = error instanceof RefusedError ? error.message : `${this.#node.id} failed to do it: ${String(error)}`;
      this.#tell({ type: 'refused', id, why: why.slice(0, 2_000) });
    } finally {
      this.#commands -= 1;
    }
  }

  /** What was done to all links was done to those that leave this node. */
  #ownLinksOnly<Change extends { readonly links?: unknown }>(action: Change): Change {
    if (action.links !== undefined) return action;
    const from = this.#node.id;
    const others = this.#node.peers().filter(({ id }) => id !== from);
    return { ...action, links: others.map(({ id }) => ({ from, to: id })) };
  }

  #picture(): TimelineEvent {
    const { core, store } = this.#node;
    return this.#event({ type: 'picture', picture: pictureOf({ core, store, momentOf: (readingUs) => readingUs }) });
  }

  #action(action: Extract<EventBody, { readonly type: 'action' }>['action']): TimelineEvent {
    return { atUs: this.#node.nowUs(), actor: 'cluster', event: { type: 'action', action } };
  }

  #event(event: EventBody): TimelineEvent {
    return { atUs: this.#node.nowUs(), actor: this.#node.id, event };
  }

  #turnAway(why: string): void {
    this.#tell({ type: 'turned-away', why });
    this.#socket.close(1008);
    this.close();
  }

  #tell(frame: NodeFrame): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(frame));
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

function addressesOf(node: WatchedNode): readonly NodeAddress[] {
  return node.peers().map(({ id, addresses: [address, ...more] }) => ({
    id,
    ...(address !== undefined && { address }),
    ...(more.length > 0 && { more }),
  }));
}

/** The frame, or one sentence why it is none. */
function readFrame(data: WebSocket.RawData): PageFrame | string {
  let value: unknown;
  try {
    value = JSON.parse(textOf(data));
  } catch {
    return 'A frame must be JSON.';
  }
  const parsed = safeParse(pageFrameSchema, value, { abortEarly: true });
  return parsed.success ? parsed.output : faultOf(parsed.issues, 'The frame');
}

function textOf(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}
