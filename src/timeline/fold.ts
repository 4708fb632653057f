import { List } from 'immutable';
import type { NodeId } from '../raft/entry.ts';
import type { Action } from './action.ts';
import { closeDraft, nodeDraft, openDraft, type Draft } from './draft.ts';
import type { TimelineEvent } from './event.ts';
import {
  cutMessagesOn,
  dropBacklog,
  foldMessageReceived,
  foldMessageSent,
  loseMessagesTo,
  noMessages,
  sweepMessages,
} from './fold-messages.ts';
import { foldNodeEvent, initialNode, losePower } from './fold-node.ts';
import { foldClientEvent } from './fold-requests.ts';
import type { RunConfig } from './run-config.ts';
import type { MessageView, View } from './view.ts';
import { changeWorld, initialWorld, waitsAtDoor, withoutMachine, type World } from './world.ts';

/**
 * After how many events finished messages are forgotten. It counts events since the run began, not calls, so that a
 * timeline folds to the same view however it is cut into batches.
 */
const SWEEP_EVERY = 512;

/** The view before the first event of a run. */
export function initialView(config: RunConfig): View {
  const world = initialWorld(config);
  return {
    atUs: 0,
    eventCount: 0,
    world,
    nodes: Object.fromEntries(world.nodes.map((id) => [id, initialNode(id)])),
    messages: noMessages,
    requests: List(),
  };
}

/**
 * The view after these events, which follow those that made `view`. Pure: `view` stays as it is, and what the events do
 * not touch is the very same object in both. However a timeline is cut into batches, the view at its end is equal.
 */
export function fold(view: View, events: readonly TimelineEvent[]): View {
  if (events.length === 0) return view;
  const draft = openDraft(view);
  for (const event of events) {
    draft.atUs = event.atUs;
    draft.eventCount += 1;
    foldEvent(draft, event);
    if (draft.eventCount % SWEEP_EVERY === 0) sweepMessages(draft);
  }
  return closeDraft(draft);
}

/**
 * Whether the message is still on its way at `nowUs`, or has arrived at a paused or slow node and waits at its door. A lost one
 * flies until it is lost.
 */
export function isFlying(message: MessageView, view: View, nowUs: number): boolean {
  if (nowUs < message.sentUs) return false;
  if (message.lostUs !== undefined) return nowUs < message.lostUs;
  return nowUs < message.dueUs || waitsAtDoor(view.world, message.to);
}

function foldEvent(draft: Draft, { actor, event }: TimelineEvent): void {
  switch (event.type) {
    case 'action':
      foldAction(draft, event.action);
      return;
    case 'gone':
      foldGone(draft, actor);
      return;
    case 'message-sent':
      foldMessageSent(draft, actor, event);
      return;
    case 'message-received':
      foldMessageReceived(draft, event.messageId);
      return;
    case 'backlog-dropped':
      dropBacklog(draft, actor, event.count);
      return;
    case 'torn-write-dropped':
    case 'request-forwarded':
    case 'held-dropped':
    case 'session-requested':
    case 'session-opened':
    case 'session-expired':
      return;
    case 'request-submitted':
    case 'request-attempted':
    case 'request-ended':
      foldClientEvent(draft, actor, event);
      return;
    case 'started':
      loseMessagesTo(draft, (receiver) => receiver === actor);
      foldNodeEvent(draft, actor, event);
      return;
    default:
      foldNodeEvent(draft, actor, event);
      return;
  }
}

function foldAction(draft: Draft, action: Action): void {
  const before = draft.world;
  const after = changeWorld(before, action, draft.atUs);
  draft.world = after;
  if (action.type === 'start-node') addNode(draft, action.node);
  if (after !== before) {
    loseStopped(draft, before, after);
    if (action.type === 'copy-disk' || action.type === 'restore-copy') foldCopy(draft, action);
    const cuts = new Set([...after.cuts].filter((link) => !before.cuts.has(link)));
    if (cuts.size > 0) cutMessagesOn(draft, cuts);
  }
  if (action.type === 'power-failure' && action.clients) {
    loseMessagesTo(draft, (receiver) => after.machines[receiver] === undefined);
  }
}

/** Nothing of it is left. */
function foldGone(draft: Draft, gone: NodeId): void {
  if (draft.nodes[gone] === undefined) return;
  draft.world = withoutMachine(draft.world, gone);
  draft.nodes = Object.fromEntries(Object.entries(draft.nodes).filter(([id]) => id !== gone));
  loseMessagesTo(draft, (receiver) => receiver === gone);
}

/** The disk that is in the node's machine may be another's: whose it is, there it stands in the view. */
function foldCopy(
  draft: Draft,
  { type, node }: Extract<Action, { readonly type: 'copy-disk' | 'restore-copy' }>,
): void {
  const owner = nodeDraft(draft, draft.world.machines[node]?.drive ?? node);
  if (owner === undefined) return;
  if (type === 'copy-disk') owner.diskCopy = owner.disk;
  else if (owner.diskCopy !== undefined) {
    owner.disk = owner.diskCopy;
    losePower(owner);
  }
}

function addNode(draft: Draft, id: NodeId): void {
  if (draft.nodes[id] === undefined) draft.nodes = { ...draft.nodes, [id]: initialNode(id) };
}

/** Machines that went down, or down and up again in this moment, lose what is in memory and what is on its way to them. */
function loseStopped(draft: Draft, before: World, after: World): void {
  const stopped = after.nodes.filter((id) => {
    const [was, is] = [before.machines[id], after.machines[id]];
    return was !== undefined && is !== undefined && was.status !== 'down' && hasStopped(was, is);
  });
  if (stopped.length === 0) return;
  loseMessagesTo(draft, (receiver) => stopped.includes(receiver));
  for (const id of stopped) {
    const node = nodeDraft(draft, id);
    if (node !== undefined) losePower(node);
  }
}

function hasStopped(was: World['machines'][string], is: World['machines'][string]): boolean {
  return is.status === 'down' || is.incarnation !== was.incarnation;
}
