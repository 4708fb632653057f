import { OrderedMap } from 'immutable';
import type { NodeId } from '../raft/entry.ts';
import { opened, type Draft } from './draft.ts';
import type { ActorId, HostEvent } from './event.ts';
import { MAX_MESSAGES, type MessageView } from './view.ts';
import { linkKey } from './world.ts';

type MessageSent = Extract<HostEvent, { readonly type: 'message-sent' }>;

export const noMessages: OrderedMap<string, MessageView> = OrderedMap();

export function foldMessageSent(draft: Draft, from: ActorId, event: MessageSent): void {
  const { messageId, to, dueUs, fate, message } = event;
  const sentUs = draft.atUs;
  const lostUs = fate === 'sent' ? undefined : fate === 'cut' ? sentUs : Math.floor((sentUs + dueUs) / 2);
  const messages = opened(draft.messages);
  draft.messages = messages.set(messageId, { messageId, from, to, sentUs, dueUs, fate, lostUs, message });
  if (messages.size > MAX_MESSAGES) forgetOldest(draft);
}

function forgetOldest(draft: Draft): void {
  const oldest = draft.messages.first();
  if (oldest !== undefined) draft.messages = draft.messages.delete(oldest.messageId);
}

/**
 * The last message is not taken out, but all made anew: an ordered map that changes in place and has had many others would
 * make the one empty map that all share its own (immutable 4.3), and from then on nothing would be empty.
 */
function forget(draft: Draft, messageId: string): void {
  const isLast = draft.messages.size === 1 && draft.messages.has(messageId);
  draft.messages = isLast ? noMessages : opened(draft.messages).delete(messageId);
}

export function foldMessageReceived(draft: Draft, messageId: string): void {
  if (draft.messages.has(messageId)) forget(draft, messageId);
}

/** What was on its way to these actors, or waited for them, dies with them. */
export function loseMessagesTo(draft: Draft, isLost: (actor: ActorId) => boolean): void {
  loseWhere(draft, 'down', (message) => isLost(message.to));
}

/** What was flying over these links, by {@link linkKey}, ends there. What has arrived and waits is no longer on the link. */
export function cutMessagesOn(draft: Draft, links: ReadonlySet<string>): void {
  loseWhere(draft, 'cut', (message) => message.dueUs >= draft.atUs && links.has(linkKey(message.from, message.to)));
}

function loseWhere(draft: Draft, fate: 'down' | 'cut', lost: (message: MessageView) => boolean): void {
  const found = [...draft.messages.values()].filter((message) => message.fate === 'sent' && lost(message));
  for (const message of found) {
    draft.messages = opened(draft.messages).set(message.messageId, { ...message, fate, lostUs: draft.atUs });
  }
}

/**
 * The oldest messages that waited for a paused or slow node were thrown away. A slow one keeps the one that it has in hand:
 * which that is no event says, so there the picture may be wrong by a message until the node stops.
 */
export function dropBacklog(draft: Draft, node: NodeId, count: number): void {
  const waiting = [...draft.messages.values()].filter(
    (message) => message.to === node && message.fate === 'sent' && message.dueUs <= draft.atUs,
  );
  waiting.sort((one, other) => one.dueUs - other.dueUs);
  for (const message of waiting.slice(0, count)) forget(draft, message.messageId);
}

/**
 * Forgets what is over: lost, or come due at a node that is down. A node that runs takes up whatever came due, if only in
 * the moment in which it is resumed, and with that the message is forgotten anyway.
 */
export function sweepMessages(draft: Draft): void {
  const over = [...draft.messages.values()].filter(
    (message) =>
      message.dueUs < draft.atUs && (message.fate !== 'sent' || draft.world.machines[message.to]?.status === 'down'),
  );
  for (const message of over) forget(draft, message.messageId);
}
