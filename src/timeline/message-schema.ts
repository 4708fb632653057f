import * as v from 'valibot';
import type { ClientRead, ClientReply, ClientRequest } from '../kv/client-message.ts';
import type { OperationResult } from '../kv/command.ts';
import type { Configuration } from '../raft/configuration.ts';
import type { Entry } from '../raft/entry.ts';
import type { AnyMessage } from './event.ts';
import { MAX_REQUEST_ID_LENGTH, nodeName, operationSchema } from './run-schema.ts';

// What another machine says of its messages. Fields that are not known are left out, so that a newer node may say more.

/** A count, an index or a term. */
export const whole: v.GenericSchema<unknown, number> = v.pipe(
  v.number('must be a number'),
  v.safeInteger('must be a whole number'),
  v.minValue(0, 'must be 0 or more'),
);
/** A moment that a node works out, of the past or of the future. */
export const anyMoment: v.GenericSchema<unknown, number> = v.pipe(
  v.number('must be a number'),
  v.finite('must be a number'),
);
export const yesOrNo: v.GenericSchema<unknown, boolean> = v.boolean('must be true or false');
export const anyText: v.GenericSchema<unknown, string> = v.string('must be a text');

/** JSON leaves out what is undefined. */
export function maybe<Output>(schema: v.GenericSchema<unknown, Output>): v.GenericSchema<unknown, Output | undefined> {
  return v.optional(schema, () => undefined);
}

/** A node, a client or `cluster`. */
export const actorName: v.GenericSchema<unknown, string> = v.pipe(
  anyText,
  v.regex(/^(?:[nc][1-9]\d{0,9}|cluster)$/, 'must be an actor such as n1 or c1'),
);
/** Names a message or a request. */
export const shortName: v.GenericSchema<unknown, string> = v.pipe(
  anyText,
  v.minLength(1, 'must not be empty'),
  v.maxLength(MAX_REQUEST_ID_LENGTH, `must have at most ${MAX_REQUEST_ID_LENGTH} characters`),
);

const nodes = v.array(nodeName, 'must be a list');
export const configurationSchema: v.GenericSchema<unknown, Configuration> = v.object({
  voters: nodes,
  outgoing: nodes,
  learners: nodes,
  leavesByItself: yesOrNo,
});

const place = { index: whole, term: whole };
export const entrySchema: v.GenericSchema<unknown, Entry> = v.variant('type', [
  v.object({ type: v.literal('no-op'), ...place }),
  // Whoever applies it reads it, and knows what to do with one that says nothing.
  v.object({ type: v.literal('command'), ...place, command: v.unknown() }),
  v.object({ type: v.literal('configuration'), ...place, configuration: configurationSchema }),
]);

export const resultSchema: v.GenericSchema<unknown, OperationResult> = v.variant('type', [
  v.object({ type: v.literal('ok'), value: maybe(anyText) }),
  v.object({ type: v.literal('mismatch'), actual: maybe(anyText) }),
  v.object({ type: v.picklist(['refused', 'expired']), message: anyText }),
]);

export const readVia = v.picklist(['read-index', 'lease', 'follower', 'stale']);

const logCommand: v.GenericSchema<unknown, ClientRequest['command']> = v.union([
  v.object({ type: v.literal('open-session'), client: shortName, atUs: v.exactOptional(whole) }),
  v.object({
    client: shortName,
    session: v.exactOptional(whole),
    atUs: v.exactOptional(whole),
    sequence: whole,
    firstUnanswered: whole,
    operation: operationSchema,
  }),
]);

/** What a clerk asks of a node. */
export const clientRequestSchema: v.GenericSchema<unknown, ClientRequest> = v.object({
  type: v.literal('client-request'),
  requestId: shortName,
  command: logCommand,
  forwardedFor: v.exactOptional(actorName),
});
export const clientReadSchema: v.GenericSchema<unknown, ClientRead> = v.object({
  type: v.literal('client-read'),
  requestId: shortName,
  key: anyText,
  mode: readVia,
  notBefore: whole,
});

const leader = { leader: maybe(nodeName) };
const limit = v.object({ unit: v.picklist(['entries', 'bytes']), most: whole });
/** What a node answers. */
export const outcomeSchema: v.GenericSchema<unknown, ClientReply['outcome']> = v.variant('type', [
  v.object({ type: v.literal('applied'), index: whole, result: resultSchema }),
  v.object({ type: v.literal('read'), index: whole, result: resultSchema, via: readVia }),
  v.object({ type: v.literal('behind'), index: whole }),
  v.object({ type: v.literal('not-leader'), ...leader }),
  v.object({ type: v.literal('leadership-lost'), ...leader }),
  v.object({ type: v.literal('busy'), limit: v.exactOptional(limit) }),
  v.object({ type: v.literal('transferring') }),
]);

const clientReplySchema: v.GenericSchema<unknown, ClientReply> = v.object({
  type: v.literal('client-reply'),
  requestId: shortName,
  forwardedFor: v.exactOptional(actorName),
  answeredBy: v.exactOptional(nodeName),
  outcome: outcomeSchema,
});

const term = { term: whole };
const lastLog = { ...term, lastLogIndex: whole, lastLogTerm: whole };
const ofRound = { round: v.exactOptional(whole) };
const ofLeader = { ...ofRound, leaseUs: v.exactOptional(whole) };
const ofSnapshot = { ...term, lastIndex: whole, lastTerm: whole, offset: whole };

/** A message as a timeline tells it. */
export const messageSchema: v.GenericSchema<unknown, AnyMessage> = v.lazy((input) => {
  const type = typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;
  return schemas.get(type) ?? v.custom<AnyMessage>(() => false, 'must be a message');
});

const schemas: ReadonlyMap<unknown, v.GenericSchema<unknown, AnyMessage>> = new Map<
  unknown,
  v.GenericSchema<unknown, AnyMessage>
>([
  [
    'request-vote',
    v.object({ type: v.literal('request-vote'), ...lastLog, transfer: v.exactOptional(v.literal(true)) }),
  ],
  [
    'request-vote-reply',
    v.object({
      type: v.literal('request-vote-reply'),
      ...term,
      granted: yesOrNo,
      leaseRemainingUs: v.exactOptional(whole),
    }),
  ],
  ['pre-vote', v.object({ type: v.literal('pre-vote'), ...lastLog })],
  ['pre-vote-reply', v.object({ type: v.literal('pre-vote-reply'), ...term, forTerm: whole, granted: yesOrNo })],
  ['timeout-now', v.object({ type: v.literal('timeout-now'), ...term })],
  [
    'append-entries',
    v.object({
      type: v.literal('append-entries'),
      ...term,
      prevLogIndex: whole,
      prevLogTerm: whole,
      entries: v.array(entrySchema),
      leaderCommit: whole,
      ...ofLeader,
    }),
  ],
  [
    'append-entries-reply',
    v.object({
      type: v.literal('append-entries-reply'),
      ...term,
      success: yesOrNo,
      matchIndex: whole,
      prevLogIndex: whole,
      conflictIndex: whole,
      conflictTerm: maybe(whole),
      ...ofRound,
    }),
  ],
  [
    'install-snapshot',
    v.object({
      type: v.literal('install-snapshot'),
      ...ofSnapshot,
      configuration: configurationSchema,
      totalBytes: whole,
      bytes: whole,
      done: yesOrNo,
      ...ofLeader,
    }),
  ],
  [
    'install-snapshot-reply',
    v.object({
      type: v.literal('install-snapshot-reply'),
      ...ofSnapshot,
      nextOffset: whole,
      matchIndex: whole,
      ...ofRound,
    }),
  ],
  ['read-index', v.object({ type: v.literal('read-index'), ...term, token: whole })],
  ['read-index-reply', v.object({ type: v.literal('read-index-reply'), ...term, token: whole, index: maybe(whole) })],
  ['client-request', clientRequestSchema],
  ['client-read', clientReadSchema],
  ['client-reply', clientReplySchema],
]);

/** The name of a message. */
export const messageTypeSchema: v.GenericSchema<unknown, AnyMessage['type']> = v.custom<AnyMessage['type']>(
  (name) => schemas.has(name),
  'must be the name of a message',
);
