import { List, Map as ImmutableMap } from 'immutable';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import { configurationOf, membersOf, type Configuration } from '../raft/configuration.ts';
import type { RaftEvent } from '../raft/event.ts';
import type { LogPlace } from '../raft/snapshot.ts';
import { nodeDraft, opened, own, type Draft, type NodeDraft } from './draft.ts';
import { foldPicture } from './fold-picture.ts';
import { foldReadEvent, noLeases } from './fold-read.ts';
import type { ActorId, HostEvent } from './event.ts';
import { foldSnapshotEvent, isOfSnapshots, type FoldedSnapshotEvent } from './fold-snapshot.ts';
import { lastIndexOf } from './node-log.ts';
import { MAX_OVERWRITTEN, type NodeView } from './view.ts';

/** What a node says of itself and its disk, but for messages. */
export type NodeEvent =
  | RaftEvent
  | Extract<
      HostEvent,
      {
        readonly type:
          'disk-write-started' | 'applied' | 'store-restored' | 'clock-changed' | 'read-answered' | 'picture';
      }
    >;

const none: List<never> = List();
const emptyStore: ImmutableMap<string, string> = ImmutableMap();
const nothing = {};
const nothingUnsynced: NodeView['unsynced'] = [];
const beginning: LogPlace = { index: 0, term: 0 };

/** A node before its first start, its disk empty. */
export function initialNode(id: ActorId): NodeView {
  return {
    id,
    role: 'follower',
    term: 0,
    votedFor: undefined,
    leader: undefined,
    votes: nothing,
    configuration: configurationOf([]),
    base: beginning,
    log: none,
    snapshot: undefined,
    receiving: undefined,
    durableIndex: 0,
    commitIndex: 0,
    lastApplied: 0,
    progress: nothing,
    deadlineUs: 0,
    timerSetUs: 0,
    transferTo: undefined,
    waitingReads: 0,
    lease: noLeases,
    store: emptyStore,
    overwritten: none,
    diskWrite: undefined,
    halted: undefined,
    disk: { term: 0, votedFor: undefined, base: beginning, log: none, snapshot: undefined },
    diskCopy: undefined,
    unsynced: nothingUnsynced,
  };
}

/** The node loses all but what its disk holds; it will start from that, and apply its log anew. */
export function losePower(node: NodeDraft): void {
  const { disk } = node;
  node.base = disk.base;
  node.log = disk.log;
  node.snapshot = disk.snapshot;
  node.receiving = undefined;
  node.durableIndex = lastIndexOf(disk);
  node.term = disk.term;
  node.votedFor = disk.votedFor;
  node.role = 'follower';
  node.leader = undefined;
  node.votes = nothing;
  node.progress = nothing;
  node.transferTo = undefined;
  node.waitingReads = 0;
  node.lease = noLeases;
  node.commitIndex = 0;
  node.lastApplied = 0;
  node.store = emptyStore;
  node.diskWrite = undefined;
  node.unsynced = nothingUnsynced;
}

/** Folds one event of a node into it. */
export function foldNodeEvent(draft: Draft, actor: ActorId, event: NodeEvent): void {
  switch (event.type) {
    case 'append-accepted':
    case 'append-refused':
    case 'message-ignored':
    case 'pre-vote-cast':
    case 'transfer-refused':
    case 'membership-refused':
    case 'snapshot-refused':
    case 'read-answered':
      return;
    default: {
      const node = nodeDraft(draft, actor);
      if (node === undefined) return;
      if (isOfSnapshots(event)) foldSnapshotEvent(draft, node, event);
      else foldOwnState(draft, node, event);
    }
  }
}

type StateEvent = Exclude<
  Exclude<NodeEvent, FoldedSnapshotEvent>,
  {
    readonly type:
      | 'append-accepted'
      | 'append-refused'
      | 'message-ignored'
      | 'pre-vote-cast'
      | 'transfer-refused'
      | 'membership-refused'
      | 'snapshot-refused'
      | 'read-answered';
  }
>;

function foldOwnState(draft: Draft, node: NodeDraft, event: StateEvent): void {
  switch (event.type) {
    case 'started':
      foldStarted(draft, node, event);
      return;
    case 'timer-set':
      node.deadlineUs = event.deadlineUs;
      node.timerSetUs = draft.atUs;
      return;
    case 'term-advanced':
      node.term = event.term;
      node.votedFor = undefined;
      node.leader = undefined;
      node.receiving = undefined;
      return;
    case 'became-pre-candidate':
    case 'became-candidate':
    case 'became-follower':
    case 'became-leader':
      foldRole(node, event);
      return;
    case 'transfer-started':
      node.transferTo = event.to;
      return;
    case 'transfer-given-up':
      node.transferTo = undefined;
      return;
    case 'leader-known':
      node.leader = event.leader;
      return;
    case 'vote-cast':
      if (event.granted) node.votedFor = event.candidate;
      return;
    case 'vote-counted': {
      const votes = own<Record<string, boolean>>(draft, node.votes);
      votes[event.from] = event.granted;
      node.votes = votes;
      return;
    }
    case 'progress-changed':
      foldProgress(draft, node, event);
      return;
    case 'configuration-changed':
      foldConfiguration(node, event.configuration);
      return;
    case 'commit-advanced':
      node.commitIndex = event.commitIndex;
      if ((node.receiving?.index ?? Infinity) <= event.commitIndex) node.receiving = undefined;
      return;
    case 'entries-appended':
      node.log = opened(node.log).push(...event.entries);
      return;
    case 'entries-truncated':
      foldTruncated(draft, node, event.fromIndex);
      return;
    case 'disk-write-started':
      foldWriteStarted(draft, node, event);
      return;
    case 'durable':
      foldDurable(node, event, draft.world.machines[node.id]?.unsynced ?? 0);
      return;
    case 'applied':
      foldApplied(node, event);
      return;
    case 'read-taken':
    case 'read-round-started':
    case 'reads-ready':
    case 'reads-refused':
    case 'lease-extended':
    case 'lease-promised':
    case 'lease-wait-started':
    case 'lease-waited-out':
    case 'lease-given-up':
    case 'clock-changed':
      foldReadEvent(draft, node, event);
      return;
    case 'picture':
      foldPicture(node, event.picture, draft.atUs);
      return;
    case 'halted':
      node.halted = event.reason;
      return;
    default:
      assertUnreachable(event);
  }
}

function foldProgress(
  draft: Draft,
  node: NodeDraft,
  event: Extract<RaftEvent, { readonly type: 'progress-changed' }>,
): void {
  const progress = own<Record<string, NodeView['progress'][string]>>(draft, node.progress);
  const { nextIndex, matchIndex, state, inFlight } = event;
  const sending = state === 'snapshot' ? progress[event.peer]?.sending : undefined;
  progress[event.peer] = { nextIndex, matchIndex, state, inFlight, ...(sending && { sending }) };
  node.progress = progress;
}

/** What the node holds now is what its disk will hold. */
function foldWriteStarted(
  draft: Draft,
  node: NodeDraft,
  { sequence, dueUs }: Extract<HostEvent, { readonly type: 'disk-write-started' }>,
): void {
  node.log = node.log.asImmutable();
  const { base, log, snapshot } = node;
  node.diskWrite = { sequence, startedUs: draft.atUs, dueUs, base, log, snapshot };
}

/** The event is the node's own word of what its disk held: where the two differ, the log is cut to it. */
function foldStarted(draft: Draft, node: NodeDraft, event: Extract<RaftEvent, { readonly type: 'started' }>): void {
  losePower(node);
  const { term, votedFor, lastIndex, snapshot, base = beginning } = event;
  if (node.base.index !== base.index) node.log = none;
  node.base = base;
  if (lastIndexOf(node) > lastIndex) node.log = node.log.slice(0, lastIndex - base.index);
  node.snapshot = snapshot;
  node.durableIndex = lastIndexOf(node);
  // What a snapshot replaces is committed, and it holds what was applied.
  node.commitIndex = snapshot?.index ?? 0;
  node.lastApplied = node.commitIndex;
  node.term = term;
  node.votedFor = votedFor;
  node.disk = { term, votedFor, base, log: node.log, snapshot };
  node.configuration = event.configuration;
  node.deadlineUs = event.deadlineUs;
  node.timerSetUs = draft.atUs;
  node.halted = undefined;
}

type RoleEvent = Extract<
  RaftEvent,
  { readonly type: 'became-pre-candidate' | 'became-candidate' | 'became-follower' | 'became-leader' }
>;

function foldRole(node: NodeDraft, event: RoleEvent): void {
  node.term = event.term;
  switch (event.type) {
    case 'became-pre-candidate':
      node.role = 'pre-candidate';
      node.votes = { [node.id]: true };
      node.leader = undefined;
      return;
    case 'became-candidate':
      node.role = 'candidate';
      node.votedFor = node.id;
      node.votes = { [node.id]: true };
      node.leader = undefined;
      node.progress = nothing;
      return;
    case 'became-follower':
      node.role = 'follower';
      node.leader = event.leader;
      node.transferTo = undefined;
      node.lease = { ...node.lease, heldUntilUs: undefined, waitUntilUs: undefined };
      node.votes = nothing;
      node.progress = nothing;
      return;
    case 'became-leader': {
      const start = startOfProgress(event.lastIndex);
      node.role = 'leader';
      node.leader = node.id;
      node.progress = Object.fromEntries(event.peers.map((peer) => [peer, start]));
      return;
    }
    default:
      assertUnreachable(event);
  }
}

/** What a leader knows of a peer of which it knows nothing. */
function startOfProgress(lastIndex: number): NodeView['progress'][string] {
  return { nextIndex: lastIndex + 1, matchIndex: 0, state: 'replicate', inFlight: { messages: 0, bytes: 0 } };
}

/** Another configuration holds. A leader keeps what it knows of those who stay. */
function foldConfiguration(node: NodeDraft, configuration: Configuration): void {
  node.configuration = configuration;
  if (node.role !== 'leader') return;
  const others = membersOf(configuration).filter((id) => id !== node.id);
  const start = startOfProgress(lastIndexOf(node));
  node.progress = Object.fromEntries(others.map((id) => [id, node.progress[id] ?? start]));
}

/** Memory forgets at once; the disk holds the old tail until the truncation is durable. */
function foldTruncated(draft: Draft, node: NodeDraft, fromIndex: number): void {
  const log = node.log.asImmutable();
  const kept = Math.max(0, fromIndex - 1 - node.base.index);
  const { atUs } = draft;
  node.overwritten = node.overwritten.concat(log.slice(kept).map((entry) => ({ entry, atUs }))).slice(-MAX_OVERWRITTEN);
  if (fromIndex <= node.durableIndex) node.durableIndex = fromIndex - 1;
  node.log = log.slice(0, kept);
}

/**
 * The disk now holds the log as it stood when that write began, or says so: of so many writes it lies. Where a truncation
 * came in between, its end is no longer the node's: a crash would bring it back.
 */
function foldDurable(node: NodeDraft, event: Extract<RaftEvent, { readonly type: 'durable' }>, unsynced: number): void {
  const write = node.diskWrite;
  const { base, snapshot } = write?.sequence === event.sequence ? write : node;
  const log =
    write?.sequence === event.sequence
      ? write.log
      : node.log.asImmutable().slice(0, Math.max(0, event.durableIndex - base.index));
  node.durableIndex = event.durableIndex;
  const told = [...node.unsynced, { term: event.term, votedFor: event.votedFor, base, log, snapshot }];
  const synced = told.splice(0, Math.max(0, told.length - unsynced)).at(-1);
  if (synced !== undefined) node.disk = synced;
  if (told.length > 0 || node.unsynced.length > 0) node.unsynced = told;
  if (write !== undefined && write.sequence <= event.sequence) node.diskWrite = undefined;
}

function foldApplied(node: NodeDraft, event: Extract<HostEvent, { readonly type: 'applied' }>): void {
  node.lastApplied = event.entry.index;
  const { change } = event;
  if (change === undefined) return;
  const store = opened(node.store);
  // `delete` is allowed on a map that changes in place, and leaves an empty one valid.
  node.store = change.value === undefined ? store.delete(change.key) : store.set(change.key, change.value);
}
