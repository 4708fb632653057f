import type { Fate } from '../../kv/client-message.ts';
import type { Operation } from '../../kv/command.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { MembershipChange } from '../../raft/membership-change.ts';
import type { Action } from '../../timeline/action.ts';
import { inverseOf, wouldChange } from '../../timeline/availability.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { Run } from '../../timeline/run.ts';
import { Timeline } from '../../timeline/timeline.ts';
import { nextNode } from '../../timeline/world.ts';
import { ClusterError, type ClockStatus, type ClusterStatus, type ClusterUpdate } from '../cluster-control.ts';
import type { AttachedCluster } from '../cluster-switcher.ts';
import { leaderOf, statusOf } from '../cluster-status.ts';
import { ClusterVerbs } from '../cluster-verbs.ts';
import type { FrameSource } from '../frame-source.ts';
import { PendingRequests } from '../pending-requests.ts';
import type { MemberFactory } from './member-factory.ts';
import type { OpenSocket } from './node-connection.ts';
import { RateMeter } from './rate-meter.ts';
import { RemoteClerk } from './remote-clerk.ts';
import { RemoteHand } from './remote-hand.ts';
import { RemoteMember } from './remote-member.ts';
import { RemoteNodes, type Introduction } from './remote-nodes.ts';
import { RemoteView } from './remote-view.ts';
import { NOT_THROWN_AWAY, unrealReason } from './unreal-actions.ts';

const CLOSED = 'The cluster was closed.';
const NO_RUN = 'A real cluster is no run that could be played again: its timeline can be saved.';
const NOBODY_LETS_IN = 'Nobody leads, and only a leader takes in a member.';
/** How long a change of who belongs to the cluster is asked for again where it is refused, and how often, milliseconds. */
const PERSIST_MS = 3_000;
const TRY_AGAIN_MS = 150;
/** The most actions that undo remembers. */
const MAX_UNDO = 100;

export interface RemoteClusterOptions {
  /** `ws://host:port` of any of its nodes, or `wss://`. */
  readonly address: string;
  readonly token?: string | undefined;
  readonly frames: FrameSource;
  readonly openSocket: OpenSocket;
  /** The page's clock, microseconds since 1970. */
  readonly nowUs: () => number;
  /** A name for its client that nobody else has or had. */
  readonly clientName: string;
  /** How this page runs a node of its own; left out: it cannot. */
  readonly members?: MemberFactory;
  /** Draws the name of that node, from 0 to below 1; left out: the browser's own. */
  readonly random?: () => number;
}

/** What there is once a node has told of its cluster. */
interface Live {
  readonly introduction: Introduction;
  readonly timeline: Timeline;
  readonly view: RemoteView;
  readonly clerk: RemoteClerk;
  readonly member: RemoteMember | undefined;
}

/**
 * {@link ClusterControl} over a real cluster: the page is connected to each node, folds what they tell, and asks them. Time is
 * the cluster's own. What it cannot do (begin anew, play a run, stop time) it refuses with a sentence.
 */
export class RemoteCluster extends ClusterVerbs implements AttachedCluster {
  readonly #options: RemoteClusterOptions;
  readonly #nodes: RemoteNodes;
  readonly #hand: RemoteHand;
  readonly #requests = new PendingRequests();
  readonly #requestIds = new Set<string>();
  readonly #rates = new RateMeter();
  readonly #listeners = new Set<(update: ClusterUpdate) => void>();
  readonly #undo: { readonly action: Action; readonly inverse: readonly Action[] }[] = [];
  #begun: Live | undefined;
  /** What came before the timeline began. */
  #early: [string, readonly TimelineEvent[]][] = [];
  #stopFrames: () => void = () => undefined;
  #isClosed = false;
  /** A problem that came before anybody listened. */
  #later: string | undefined;
  #requestCount = 0;

  private constructor(options: RemoteClusterOptions) {
    super();
    this.#options = options;
    const { address, token, openSocket, nowUs } = options;
    this.#nodes = new RemoteNodes({
      address,
      token,
      openSocket,
      nowUs,
      onEvents: (stream, events) => this.#take(stream, events),
      onAnswer: (from, { messageId, requestId, outcome, answeredBy }) =>
        this.#live.clerk.take(from, messageId, {
          type: 'client-reply',
          requestId,
          outcome,
          ...(answeredBy !== undefined && { answeredBy }),
        }),
      onNodes: () => this.#knowNodes(),
      onNotice: (level, message) => this.#tell({ type: 'notice', level, message }),
    });
    this.#hand = new RemoteHand(this.#nodes);
  }

  /** Attaches to a cluster by any of its nodes. Rejects with a {@link ClusterError} where it cannot be had. */
  static async attach(options: RemoteClusterOptions): Promise<RemoteCluster> {
    const cluster = new RemoteCluster(options);
    try {
      cluster.#begin(await cluster.#nodes.introduced);
      await cluster.#nodes.gathered();
      await cluster.#resume();
      return cluster;
    } catch (error) {
      cluster.#nodes.close();
      throw error;
    }
  }

  async join(voter: boolean): Promise<NodeId> {
    const member = this.#member();
    this.#leader(NOBODY_LETS_IN);
    const node = await member.start();
    try {
      const change = { type: voter ? 'add-voter' : 'add-learner', node } as const;
      await persisting(() => this.#hand.act({ type: 'change-membership', from: this.#leader(NOBODY_LETS_IN), change }));
    } catch (error) {
      await member.forget();
      throw error;
    }
    return node;
  }

  async leave(): Promise<void> {
    const member = this.#member();
    const { node } = member;
    if (node === undefined) throw new ClusterError('This page is no member of the cluster.');
    await persisting(() => this.removeNode(node));
    await member.end(() => {
      this.#live.view.catchUp();
      return this.#live.timeline.view;
    });
    this.#tellClock();
  }

  /** Whoever was a member before the page was loaded anew is it still. */
  async #resume(): Promise<void> {
    const { member } = this.#live;
    const node = member?.remembered;
    if (member === undefined || node === undefined) return;
    try {
      await member.start(node);
    } catch (error) {
      this.#later = error instanceof Error ? error.message : String(error);
    }
  }

  #member(): RemoteMember {
    const { member } = this.#open();
    if (member === undefined) throw new ClusterError('Only a page in a browser can be a member.');
    return member;
  }

  // --- Looking -----------------------------------------------------------------------------------------------------

  async status(): Promise<ClusterStatus> {
    const { timeline, introduction, view } = this.#open();
    if (view.playing) view.catchUp();
    return statusOf(timeline.view, this.#clock(), 0, introduction.config);
  }

  async events(): Promise<readonly TimelineEvent[]> {
    return this.#open().timeline.slice();
  }

  async run(): Promise<Run> {
    throw new ClusterError(NO_RUN);
  }

  subscribe(listener: (update: ClusterUpdate) => void): () => void {
    this.#listeners.add(listener);
    const { introduction, timeline } = this.#live;
    listener({ type: 'started', seed: 0, config: introduction.config, timeline, clock: this.#clock() });
    if (this.#later !== undefined) listener({ type: 'notice', level: 'problem', message: this.#later });
    this.#later = undefined;
    return () => this.#listeners.delete(listener);
  }

  // --- Acting ------------------------------------------------------------------------------------------------------

  async act(given: Action): Promise<readonly Action[]> {
    const { timeline, view, introduction } = this.#open();
    const action = structuredClone(given);
    // A real cluster does not wait: whoever acts sees it as it is now.
    view.catchUp();
    const world = this.#nodes.world ?? timeline.view.world;
    const unreal = unrealReason(action, introduction.limits);
    const possible = wouldChange(world, action, timeline.view);
    if (!possible.possible) throw new ClusterError(possible.reason);
    if (unreal !== undefined) throw new ClusterError(unreal);
    const inverse = inverseOf(world, action, view.shownUs);
    if (action.type === 'request') this.#submit(action.requestId, action.operation);
    else await this.#hand.act(action);
    this.#refuseClosed();
    if (inverse.length > 0) this.#undo.push({ action, inverse });
    if (this.#undo.length > MAX_UNDO) this.#undo.shift();
    view.catchUp();
    this.#tell({ type: 'clock', clock: this.#clock() });
    return inverse;
  }

  async transfer(node: NodeId): Promise<void> {
    const from = this.#leader('Nobody leads, so there is no lead to hand over.');
    if (from === node) throw new ClusterError(`${node} leads already.`);
    await this.act({ type: 'transfer', from, to: node });
  }

  async addNode(options: { node?: NodeId; voter?: boolean } = {}): Promise<NodeId> {
    const { voter = true } = options;
    const { timeline } = this.#open();
    const from = this.#leader('Nobody leads, and only a leader changes who belongs to the cluster.');
    const { world } = timeline.view;
    const node = options.node ?? nextNode(world);
    const isLearner = timeline.view.nodes[from]?.configuration.learners.includes(node) === true;
    const type = voter ? (isLearner ? 'promote' : 'add-voter') : 'add-learner';
    await this.changeMembership({ type, node });
    return node;
  }

  protected async changeMembership(change: MembershipChange): Promise<void> {
    const from = this.#leader('Nobody leads, and only a leader changes who belongs to the cluster.');
    const { machines } = this.#open().timeline.view.world;
    for (const node of startedFor(change)) {
      if (machines[node] === undefined) await this.act({ type: 'start-node', node });
    }
    await this.act({ type: 'change-membership', from, change });
  }

  protected async request(operation: Operation): Promise<Fate> {
    this.#refuseClosed();
    this.#requestCount += 1;
    const requestId = `r${this.#requestCount}`;
    const fate = this.#requests.expect(requestId);
    await this.act({ type: 'request', client: 'c1', requestId, operation });
    return fate;
  }

  /** Undoes the last action that left something to heal, by healing it. */
  async undo(): Promise<Action | undefined> {
    this.#refuseClosed();
    for (let last = this.#undo.pop(); last !== undefined; last = this.#undo.pop()) {
      let healed = false;
      for (const action of last.inverse) {
        const { timeline } = this.#open();
        if (!wouldChange(this.#nodes.world ?? timeline.view.world, action).possible) continue;
        await this.act(action);
        // To undo an undoing is not what is asked for next.
        this.#undo.pop();
        healed = true;
      }
      if (healed) return last.action;
    }
    return undefined;
  }

  // --- Time --------------------------------------------------------------------------------------------------------

  async play(): Promise<void> {
    this.#open().view.playing = true;
    this.#tellClock();
  }

  async pause(): Promise<void> {
    this.#open().view.playing = false;
    this.#tellClock();
  }

  async speed(timesRealTime: number): Promise<void> {
    this.#open().view.setSpeed(timesRealTime);
    this.#tellClock();
  }

  async step(): Promise<readonly TimelineEvent[]> {
    const events = await this.#open().view.step();
    this.#tellClock();
    return events;
  }

  async advanceTo(virtualMs: number): Promise<void> {
    const untilUs = Math.round(virtualMs * 1_000);
    const { view } = this.#open();
    if (!Number.isSafeInteger(untilUs) || untilUs < 0) {
      throw new ClusterError(`A moment is a number of virtual milliseconds, not ${virtualMs}.`);
    }
    await view.advanceTo(untilUs);
  }

  // --- What only a playground can ----------------------------------------------------------------------------------

  async reset(): Promise<void> {
    this.#refuseClosed();
    throw new ClusterError(NOT_THROWN_AWAY);
  }

  async load(): Promise<void> {
    this.#refuseClosed();
    throw new ClusterError(NOT_THROWN_AWAY);
  }

  async dispose(): Promise<void> {
    this.#isClosed = true;
    this.#stopFrames();
    this.#live.clerk.close();
    await this.#live.member?.stop();
    this.#nodes.close();
    this.#requests.abandon(CLOSED);
    this.#listeners.clear();
  }

  #begin(introduction: Introduction): void {
    const { nowUs, frames, clientName } = this.#options;
    const timeline = new Timeline(introduction.config);
    const sinceUs = (): number => nowUs() - this.#nodes.beganUs;
    const view = new RemoteView({
      timeline,
      nowUs: sinceUs,
      onShown: (events) => this.#shown(events),
      onClosed: () => (this.#isClosed ? CLOSED : undefined),
    });
    const clerk = new RemoteClerk({
      name: clientName,
      nodes: this.#nodes.world?.nodes ?? [],
      config: introduction.config,
      nowUs: sinceUs,
      send: (to, messageId, message) => this.#nodes.send(to, { type: 'ask', messageId, message }),
      emit: (event) => {
        view.merge.add('c1', [{ atUs: sinceUs(), actor: 'c1', event }]);
        // Who asked need not wait until the screen has got there.
        if (event.type === 'request-ended') this.#requests.end(event.requestId, event.fate);
      },
    });
    const { members, random } = this.#options;
    const member =
      members &&
      new RemoteMember({
        nodes: this.#nodes,
        introduction,
        factory: members,
        random,
        onFailure: (message) => this.#tell({ type: 'notice', level: 'problem', message }),
      });
    this.#begun = { introduction, timeline, view, clerk, member };
    for (const [stream, events] of this.#early) view.merge.add(stream, events);
    this.#early = [];
    this.#stopFrames = frames(() => {
      view.frame();
      this.#tellClock();
    });
  }

  #take(stream: string, events: readonly TimelineEvent[]): void {
    if (this.#isClosed) return;
    if (this.#begun === undefined) this.#early.push([stream, events]);
    else this.#live.view.merge.add(stream, events);
  }

  #knowNodes(): void {
    const { world } = this.#nodes;
    if (world === undefined || this.#begun === undefined) return;
    this.#live.clerk.setNodes(world.nodes);
    const qualities = [world.network, ...Object.values(world.linkQualities)];
    this.#live.clerk.setLinksMayDuplicate(qualities.some(({ duplication }) => duplication > 0));
  }

  #shown(events: readonly TimelineEvent[]): void {
    const { timeline } = this.#live;
    this.#rates.take(events, (actor) => timeline.view.nodes[actor]?.role === 'leader');
    this.#tell({ type: 'events', events, clock: this.#clock() });
    for (const { event } of events) {
      if (event.type === 'action' && event.action.type === 'set-links') this.#knowNodes();
    }
  }

  #submit(requestId: string, operation: Operation): void {
    if (this.#requestIds.has(requestId)) {
      throw new ClusterError(`There is a request ${requestId} in this run already.`);
    }
    this.#requestIds.add(requestId);
    this.#live.clerk.submit(requestId, operation);
  }

  #leader(otherwise: string): NodeId {
    const { timeline, view } = this.#open();
    view.catchUp();
    const leader = leaderOf(timeline.view);
    if (leader === undefined) throw new ClusterError(otherwise);
    return leader;
  }

  #clock(): ClockStatus {
    const { view, introduction } = this.#live;
    const { playing, speed, shownUs, behindUs } = view;
    return {
      nowUs: shownUs,
      playing,
      speed,
      pace: 1,
      replay: undefined,
      busy: undefined,
      undoable: this.#undo.at(-1)?.action,
      real: {
        address: this.#options.address,
        cluster: introduction.cluster,
        behindUs,
        nodes: this.#nodes.status(),
        rates: this.#rates.rates(shownUs),
        ...(this.#live.member?.node !== undefined && { member: this.#live.member.node }),
        limits: introduction.limits,
      },
    };
  }

  #tellClock(): void {
    this.#tell({ type: 'clock', clock: this.#clock() });
  }

  #tell(update: ClusterUpdate): void {
    for (const listener of this.#listeners) listener(update);
  }

  /** Nobody has it before it has begun. */
  get #live(): Live {
    if (this.#begun === undefined) throw new ClusterError('No node has told of its cluster yet.');
    return this.#begun;
  }

  #open(): Live {
    this.#refuseClosed();
    return this.#live;
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new ClusterError(CLOSED);
  }
}

/** Of several that join or leave at once, one has to wait until the cluster has committed what the one before it wants. */
async function persisting(work: () => Promise<void>): Promise<void> {
  const until = performance.now() + PERSIST_MS;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS * (0.5 + Math.random())));
  }
}

/** The nodes that it takes, which are started where there are none. */
function startedFor(change: MembershipChange): readonly NodeId[] {
  if (change.type === 'set-voters') return change.voters;
  return change.type === 'add-voter' || change.type === 'add-learner' ? [change.node] : [];
}
