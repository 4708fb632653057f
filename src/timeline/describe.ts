import type { ClientEvent } from '../kv/client-event.ts';
import { parseOpenSession } from '../kv/limits.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import { ruleBook, type RuleId } from '../raft/rule-book.ts';
import { describeAction, explainAction } from './describe-action.ts';
import {
  describeFate,
  describeMessage,
  describeOperation,
  describeResult,
  nameMessage,
  nameMessageType,
} from './describe-message.ts';
import { describeRaftEvent } from './describe-raft-event.ts';
import type { ActorId, EventBody, HostEvent, TimelineEvent } from './event.ts';
import { isNoise } from './noise.ts';
import type { View } from './view.ts';
import { counted, milliseconds, shown } from './words.ts';

export { describeAction } from './describe-action.ts';
export { isNoise } from './noise.ts';
export { describeFate, describeMessage, describeOperation } from './describe-message.ts';

/** What an event is about, for filters. Every event is of one kind. */
export type EventKind = 'election' | 'replication' | 'message' | 'client' | 'store' | 'disk' | 'fault' | 'timer';

/** Every kind, in the order in which a filter offers them. */
export const eventKinds: readonly { readonly id: EventKind; readonly label: string; readonly meaning: string }[] = [
  { id: 'election', label: 'Elections', meaning: 'Who stands, who votes for whom, who leads.' },
  { id: 'replication', label: 'Replication', meaning: 'What is added to the logs, removed from them and committed.' },
  { id: 'client', label: 'Clients', meaning: 'What clients ask, and what came of it.' },
  { id: 'store', label: 'Store', meaning: 'What committed entries do to the keys and values.' },
  { id: 'fault', label: 'Faults', meaning: 'What is done to nodes and links, and nodes that start or stop.' },
  { id: 'message', label: 'Messages', meaning: 'What is sent, received, lost or ignored.' },
  { id: 'disk', label: 'Disks', meaning: 'What is being written, and what is safe from a crash.' },
  { id: 'timer', label: 'Timers', meaning: 'When a node will act if it hears nothing.' },
];

export interface EventDescription {
  /** One sentence without its full stop. */
  readonly text: string;
  /** Why it was so: one sentence. */
  readonly why?: string;
  /** The rule that decided it, and where it stands in the paper ("§5.4.1"). */
  readonly rule?: RuleId;
  readonly section?: string;
  readonly kind: EventKind;
  /** Heartbeats and what follows from them: what an idle cluster does all the time. */
  readonly noise: boolean;
}

/**
 * An event in words. `context`, where it is given, is the view just before the event: it lets a few events say more (what
 * a received message carried, how many votes won). Without it a receipt of appended entries cannot be told from that of a
 * heartbeat and counts as noise: what the node does with them is an event of its own.
 */
export function describe({ atUs, actor, event }: TimelineEvent, context?: View): EventDescription {
  const kind = kindOf(event);
  const noise = isNoise(event, context);
  const text = textOf(event, actor, atUs, context);
  if ('rule' in event) {
    const { section, text: why } = ruleBook[event.rule];
    return { text, why, rule: event.rule, section, kind, noise };
  }
  if (event.type === 'action') return { text, why: explainAction(event.action), kind, noise };
  return { text, kind, noise };
}

/** What the event is about, without putting it into words: a filter asks this of every event. */
export function kindOf(event: EventBody): EventKind {
  switch (event.type) {
    case 'term-advanced':
    case 'became-candidate':
    case 'became-follower':
    case 'became-leader':
    case 'leader-known':
    case 'vote-cast':
    case 'vote-counted':
    case 'became-pre-candidate':
    case 'pre-vote-cast':
    case 'transfer-started':
    case 'transfer-refused':
    case 'transfer-given-up':
    case 'configuration-changed':
    case 'membership-refused':
    case 'lease-extended':
    case 'lease-promised':
    case 'lease-wait-started':
    case 'lease-waited-out':
    case 'lease-given-up':
      return 'election';
    case 'entries-appended':
    case 'entries-truncated':
    case 'append-accepted':
    case 'append-refused':
    case 'progress-changed':
    case 'commit-advanced':
    case 'snapshot-taken':
    case 'snapshot-refused':
    case 'log-compacted':
    case 'snapshot-progress':
    case 'snapshot-chunk-taken':
    case 'snapshot-installed':
      return 'replication';
    case 'message-sent':
    case 'message-received':
    case 'message-ignored':
    case 'backlog-dropped':
    case 'held-dropped':
      return 'message';
    case 'read-taken':
    case 'read-round-started':
    case 'reads-ready':
    case 'reads-refused':
    case 'request-submitted':
    case 'request-attempted':
    case 'session-requested':
    case 'session-opened':
    case 'session-expired':
    case 'request-ended':
    case 'request-forwarded':
      return 'client';
    case 'applied':
    case 'store-restored':
    case 'read-answered':
      return 'store';
    case 'disk-write-started':
    case 'torn-write-dropped':
    case 'durable':
      return 'disk';
    case 'started':
    case 'picture':
    case 'gone':
    case 'halted':
    case 'clock-changed':
      return 'fault';
    case 'action':
      return event.action.type === 'request' ? 'client' : 'fault';
    case 'timer-set':
      return 'timer';
    default:
      return assertUnreachable(event);
  }
}

function textOf(event: EventBody, actor: ActorId, atUs: number, context: View | undefined): string {
  switch (event.type) {
    case 'action': {
      const text = describeAction(event.action);
      // An id keeps its small letter.
      return event.action.type === 'request' ? text : text.charAt(0).toUpperCase() + text.slice(1);
    }
    case 'request-submitted':
    case 'session-requested':
    case 'session-opened':
    case 'session-expired':
    case 'request-attempted':
    case 'request-ended':
      return describeClientEvent(event, actor);
    case 'message-sent':
    case 'message-received':
    case 'backlog-dropped':
    case 'held-dropped':
    case 'request-forwarded':
    case 'disk-write-started':
    case 'torn-write-dropped':
    case 'applied':
    case 'store-restored':
    case 'clock-changed':
    case 'read-answered':
    case 'picture':
    case 'gone':
      return describeHostEvent(event, actor, atUs, context);
    default:
      return describeRaftEvent(event, actor, atUs, context?.nodes[actor]);
  }
}

function describeClientEvent(event: ClientEvent, client: ActorId): string {
  switch (event.type) {
    case 'request-submitted':
      return `${client} wants to ${describeOperation(event.operation)} (${event.requestId})`;
    case 'request-attempted':
      return `${client} turns to ${event.node} with ${event.requestId}, attempt ${event.attempt}: ${event.why}`;
    case 'session-requested':
      return `${client} asks ${event.node} to open a session for it, attempt ${event.attempt}: ${event.why}`;
    case 'session-opened':
      return `${client} has a session: ${event.session}, after the entry that opened it`;
    case 'session-expired':
      return `${client} learns that its session ${event.session} has expired`;
    case 'request-ended':
      return `${client}'s ${event.requestId} ${event.fate.type === 'unknown' ? 'is ' : ''}${describeFate(event.fate)}`;
    default:
      return assertUnreachable(event);
  }
}

function describeHostEvent(event: HostEvent, actor: ActorId, atUs: number, context: View | undefined): string {
  switch (event.type) {
    case 'message-sent': {
      const copy = event.copy ? ', a second time by the link' : '';
      const fate = { sent: '', lost: '; it is lost on the way', cut: '; the link is cut' }[event.fate];
      return `${describeMessage(event.message, actor, event.to)}${copy}${fate}`;
    }
    case 'message-received': {
      const message = context?.messages.get(event.messageId)?.message;
      const name = message === undefined ? nameMessageType(event.messageType) : nameMessage(message);
      return `${actor} receives ${name} from ${event.from}`;
    }
    case 'backlog-dropped':
      return `${actor} has lost the oldest ${counted(event.count, 'message')} that waited for it`;
    case 'held-dropped':
      return `${actor} throws away the oldest ${counted(event.count, 'message')} that waited for its disk`;
    case 'request-forwarded':
      return `${actor} hands ${event.client}'s ${event.requestId} on to ${event.to}`;
    case 'gone':
      return `${actor} has left the cluster, and is shown no more`;
    case 'torn-write-dropped':
      return `${actor} drops the beginning of entry ${event.index}, which was never written to its end`;
    case 'disk-write-started':
      // Of a real disk nobody knows beforehand how long it takes.
      return `${actor} begins to write to its disk${event.dueUs > atUs ? `; it takes ${milliseconds(event.dueUs - atUs)}` : ''}`;
    case 'applied':
      return describeApplied(event, actor);
    case 'store-restored':
      return `${actor}'s store is what the snapshot up to index ${event.index} holds: ${counted(event.entries.length, 'key')}`;
    case 'clock-changed':
      return `${actor} goes by its changed clock; its timer runs out in ${milliseconds(Math.max(0, event.deadlineUs - atUs))}`;
    case 'picture': {
      const { role, term, base, entries } = event.picture;
      return `${actor} as it stands: ${role} in term ${term}, its log up to index ${base.index + entries.length}`;
    }
    case 'read-answered': {
      const value = event.value === undefined ? 'is absent' : `= ${shown(event.value)}`;
      const doubt = event.via === 'stale' ? ' It asked nobody, so this may be old' : '';
      return `${actor} answers a read: ${shown(event.key)} ${value}, as of index ${event.index}${doubt && `.${doubt}`}`;
    }
    default:
      return assertUnreachable(event);
  }
}

function describeApplied(event: Extract<HostEvent, { readonly type: 'applied' }>, node: ActorId): string {
  const applies = `${node} applies entry ${event.entry.index}`;
  if (event.entry.type === 'no-op') return `${applies}, an empty one`;
  if (event.entry.type === 'configuration') return `${applies}, a configuration`;
  if (parseOpenSession(event.entry.command) !== undefined) return `${applies}: a client's session begins`;
  if (event.repeat) return `${applies}: a repeat of what it has applied, so it changes nothing`;
  if (event.change === undefined) {
    return event.result === undefined
      ? `${applies}: it changes nothing`
      : `${applies}: ${describeResult(event.result)}`;
  }
  const { key, value } = event.change;
  return value === undefined ? `${applies}: ${shown(key)} is deleted` : `${applies}: ${shown(key)} = ${shown(value)}`;
}
