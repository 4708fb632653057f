import * as v from 'valibot';
import type { ClientEvent } from '../kv/client-event.ts';
import type { Fate } from '../kv/client-message.ts';
import type { RaftEvent } from '../raft/event.ts';
import { ruleBook, type RuleId } from '../raft/rule-book.ts';
import type { ActionEvent, EventBody, HostEvent, TimelineEvent } from './event.ts';
import {
  actorName,
  anyMoment,
  anyText,
  configurationSchema,
  entrySchema,
  maybe,
  messageSchema,
  messageTypeSchema,
  readVia,
  resultSchema,
  shortName,
  whole,
  yesOrNo,
} from './message-schema.ts';
import { pictureSchema } from './picture-schema.ts';
import { actionSchema, membershipChangeSchema, nodeName, operationSchema } from './run-schema.ts';

/** A schema for each type of these events. */
type Schemas<Body extends EventBody> = {
  readonly [Type in Body['type']]: v.GenericSchema<unknown, Extract<Body, { readonly type: Type }>>;
};

function of<Type extends string, Fields extends v.ObjectEntries>(type: Type, fields: Fields) {
  return v.object({ type: v.literal(type), ...fields });
}

const rule = v.custom<RuleId>(
  (value) => typeof value === 'string' && Object.hasOwn(ruleBook, value),
  'must be a rule of the rule book',
);
const term = { term: whole };
const lastLog = { lastLogIndex: whole, lastLogTerm: whole };
const log = v.object({ lastIndex: whole, lastTerm: whole });
const place = { index: whole, term: whole };
const chunk = { index: whole, heldBytes: whole, totalBytes: whole };
const waiting = { waiting: whole, rule };
const tally = { votes: whole, needed: whole };
const peer = { peer: nodeName };
const candidacy = { candidate: nodeName, ...term, granted: yesOrNo, rule, candidateLog: log, ownLog: log };

const raft = {
  started: of('started', {
    ...term,
    votedFor: maybe(nodeName),
    lastIndex: whole,
    lastTerm: whole,
    configuration: configurationSchema,
    deadlineUs: anyMoment,
    snapshot: v.exactOptional(v.object({ ...place, bytes: whole })),
    base: v.exactOptional(v.object(place)),
  }),
  'timer-set': of('timer-set', { deadlineUs: anyMoment }),
  'term-advanced': of('term-advanced', { ...term, from: nodeName, rule }),
  'became-pre-candidate': of('became-pre-candidate', { ...term, forTerm: whole, ...lastLog, rule }),
  'became-candidate': of('became-candidate', { ...term, ...lastLog, rule }),
  'became-follower': of('became-follower', { ...term, leader: maybe(nodeName), rule }),
  'became-leader': of('became-leader', { ...term, lastIndex: whole, peers: v.array(nodeName), rule }),
  'leader-known': of('leader-known', { leader: nodeName, ...term }),
  'vote-cast': of('vote-cast', { ...candidacy, votedFor: maybe(nodeName) }),
  'pre-vote-cast': of('pre-vote-cast', { ...candidacy, forTerm: whole }),
  'vote-counted': of('vote-counted', {
    from: nodeName,
    granted: yesOrNo,
    ...tally,
    outgoing: v.exactOptional(v.object(tally)),
    rule,
  }),
  'entries-appended': of('entries-appended', { entries: v.array(entrySchema), from: maybe(nodeName) }),
  'entries-truncated': of('entries-truncated', { fromIndex: whole, lastIndex: whole, by: nodeName, rule }),
  'append-accepted': of('append-accepted', { from: nodeName, matchIndex: whole, entries: whole, rule }),
  'append-refused': of('append-refused', {
    from: nodeName,
    ...term,
    prevLogIndex: whole,
    prevLogTerm: whole,
    conflictIndex: whole,
    conflictTerm: maybe(whole),
    rule,
  }),
  'progress-changed': of('progress-changed', {
    ...peer,
    nextIndex: whole,
    matchIndex: whole,
    state: v.picklist(['probe', 'replicate', 'snapshot']),
    inFlight: v.object({ messages: whole, bytes: whole }),
    rule,
  }),
  'configuration-changed': of('configuration-changed', { index: whole, configuration: configurationSchema, rule }),
  'membership-refused': of('membership-refused', {
    change: membershipChangeSchema,
    reason: v.picklist([
      'not-leader',
      'transferring',
      'change-pending',
      'nothing-committed',
      'in-joint',
      'not-in-joint',
      'no-such-member',
      'nothing-changes',
      'no-voters-left',
      'learner-behind',
      'not-understood',
    ]),
    rule,
  }),
  'commit-advanced': of('commit-advanced', { commitIndex: whole, from: whole, rule }),
  'transfer-started': of('transfer-started', { to: nodeName, untilUs: anyMoment, rule }),
  'transfer-refused': of('transfer-refused', {
    to: nodeName,
    reason: v.picklist(['not-leader', 'no-such-peer', 'no-vote', 'leads-already', 'under-way']),
    rule,
  }),
  'transfer-given-up': of('transfer-given-up', { to: nodeName, rule }),
  'snapshot-taken': of('snapshot-taken', { ...place, bytes: whole, rule }),
  'snapshot-refused': of('snapshot-refused', {
    index: whole,
    reason: v.picklist(['nothing-new', 'not-applied', 'too-large', 'no-members']),
    rule,
  }),
  'log-compacted': of('log-compacted', { ...place, rule }),
  'snapshot-progress': of('snapshot-progress', { ...peer, ...chunk, rule }),
  'snapshot-chunk-taken': of('snapshot-chunk-taken', { from: nodeName, ...chunk, rule }),
  'snapshot-installed': of('snapshot-installed', { from: nodeName, ...place, bytes: whole, keepsLog: yesOrNo, rule }),
  'read-taken': of('read-taken', { from: maybe(nodeName), ...waiting }),
  'read-round-started': of('read-round-started', { round: whole, index: whole, reads: whole, ...waiting }),
  'reads-ready': of('reads-ready', {
    reads: whole,
    index: whole,
    via: v.picklist(['read-index', 'lease', 'follower']),
    ...waiting,
  }),
  'reads-refused': of('reads-refused', {
    reads: whole,
    reason: v.picklist(['not-leader', 'no-leader', 'leadership-lost', 'too-many-pending']),
    ...waiting,
  }),
  'lease-extended': of('lease-extended', { untilUs: anyMoment, round: whole, rule }),
  'lease-promised': of('lease-promised', { leader: maybe(nodeName), untilUs: anyMoment, rule }),
  'lease-wait-started': of('lease-wait-started', { untilUs: anyMoment, rule }),
  'lease-waited-out': of('lease-waited-out', { rule }),
  'lease-given-up': of('lease-given-up', { to: nodeName, rule }),
  'message-ignored': of('message-ignored', { from: nodeName, messageType: anyText, rule }),
  durable: of('durable', { sequence: whole, ...term, votedFor: maybe(nodeName), durableIndex: whole }),
  halted: of('halted', { reason: anyText }),
} satisfies Schemas<RaftEvent>;

const host = {
  'message-sent': of('message-sent', {
    messageId: shortName,
    to: actorName,
    dueUs: anyMoment,
    fate: v.picklist(['sent', 'lost', 'cut']),
    copy: yesOrNo,
    message: messageSchema,
  }),
  'message-received': of('message-received', { messageId: shortName, from: actorName, messageType: messageTypeSchema }),
  'backlog-dropped': of('backlog-dropped', { count: whole }),
  gone: of('gone', {}),
  'torn-write-dropped': of('torn-write-dropped', { index: whole }),
  'request-forwarded': of('request-forwarded', { requestId: shortName, client: actorName, to: nodeName, rule }),
  'held-dropped': of('held-dropped', { count: whole }),
  'store-restored': of('store-restored', { index: whole, entries: v.array(v.tuple([anyText, anyText])) }),
  'clock-changed': of('clock-changed', {
    deadlineUs: anyMoment,
    heldUntilUs: maybe(anyMoment),
    promisedUntilUs: maybe(anyMoment),
    waitUntilUs: maybe(anyMoment),
  }),
  'read-answered': of('read-answered', {
    requestId: shortName,
    key: anyText,
    value: maybe(anyText),
    index: whole,
    via: readVia,
  }),
  picture: of('picture', { picture: pictureSchema }),
  'disk-write-started': of('disk-write-started', { sequence: whole, dueUs: anyMoment }),
  applied: of('applied', {
    entry: entrySchema,
    result: maybe(resultSchema),
    change: maybe(v.object({ key: anyText, value: maybe(anyText) })),
    repeat: yesOrNo,
  }),
} satisfies Schemas<HostEvent>;

const fate: v.GenericSchema<unknown, Fate> = v.variant('type', [
  v.object({ type: v.literal('committed'), index: whole, result: resultSchema, via: v.exactOptional(readVia) }),
  v.object({ type: v.picklist(['failed', 'unknown']), reason: anyText }),
]);

const asking = { node: nodeName, attempt: whole, why: anyText };
const client = {
  'request-submitted': of('request-submitted', { requestId: shortName, operation: operationSchema }),
  'request-attempted': of('request-attempted', { requestId: shortName, ...asking }),
  'request-ended': of('request-ended', { requestId: shortName, fate }),
  'session-requested': of('session-requested', asking),
  'session-opened': of('session-opened', { session: whole }),
  'session-expired': of('session-expired', { session: whole }),
} satisfies Schemas<ClientEvent>;

const action: v.GenericSchema<unknown, ActionEvent> = of('action', { action: actionSchema });

/** One schema a type: looked up, for most of what a node tells are a few of some sixty. */
const schemas: ReadonlyMap<unknown, v.GenericSchema<unknown, EventBody>> = new Map(
  Object.entries<v.GenericSchema<unknown, EventBody>>({ ...raft, ...host, ...client, action }),
);

const bodySchema: v.GenericSchema<unknown, EventBody> = v.lazy((input) => {
  const type = typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;
  return schemas.get(type) ?? v.custom<EventBody>(() => false, 'must be an event');
});

/**
 * An event that another machine tells. Fields that are not known are left out, so that a newer node may say more; a type that
 * is not known is refused.
 */
export const eventSchema: v.GenericSchema<unknown, TimelineEvent> = v.object({
  atUs: anyMoment,
  actor: actorName,
  event: bodySchema,
});
