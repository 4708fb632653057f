import * as v from 'valibot';
import type { ClientRead, ClientReply, ClientRequest } from '../../kv/client-message.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { Action } from '../../timeline/action.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import { eventSchema } from '../../timeline/event-schema.ts';
import {
  anyMoment,
  anyText,
  clientReadSchema,
  clientRequestSchema,
  outcomeSchema,
  shortName,
  whole,
} from '../../timeline/message-schema.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { actionSchema, configSchema, nodeName } from '../../timeline/run-schema.ts';

/** What is spoken on `/attach`, in frames of JSON text: docs/attach-protocol.md. */
export const ATTACH_PROTOCOL = 'whitewater-attach';
export const ATTACH_VERSION = 1;
export const ATTACH_PATH = '/attach';

/** The most bytes in one frame of a page: the longest key and value, each of their bytes escaped. */
export const MAX_PAGE_FRAME_BYTES = 524_288;
/** The most characters in one frame of a node that a page reads. */
export const MAX_NODE_FRAME_LENGTH = 33_554_432;
/** The most addresses of a node apart from its first. */
const MAX_MORE_ADDRESSES = 7;

/** What a page says. */
export type PageFrame =
  /** The first frame, and only that. */
  | {
      readonly type: 'hello';
      readonly protocol: typeof ATTACH_PROTOCOL;
      readonly version: number;
      readonly token?: string;
    }
  /** Its client asks this node. `messageId` names the message in the events that tell of it. */
  | { readonly type: 'ask'; readonly messageId: string; readonly message: ClientRequest | ClientRead }
  /** Something is to be done. Answered by `done` or `refused` with the same id. */
  | { readonly type: 'do'; readonly id: number; readonly action: Action }
  /** Answered at once, with what the node's clock reads. */
  | { readonly type: 'ping'; readonly id: number }
  /** Wants the node's picture again. */
  | { readonly type: 'picture' }
  /** In this page there is a node of that name, which is reached over this connection. */
  | { readonly type: 'join'; readonly node: NodeId }
  /** There is none any more. */
  | { readonly type: 'part' }
  /** What that node did, in the time of the node that is told of it: it tells its other pages. */
  | { readonly type: 'tell'; readonly events: readonly TimelineEvent[] }
  /** A message of that node. What stands in it is read by `fromTextMessage`. */
  | { readonly type: 'peer'; readonly messageId: string; readonly to: NodeId; readonly message: unknown };

/** What cannot be done to this node, or by way of it, and why: a sentence each. */
export interface Limits {
  /** To kill, revive, restart, pause and resume processes. */
  readonly processes?: string;
  /** To start a process for a new node. */
  readonly starts?: string;
  /** To cut, heal and change links. */
  readonly links?: string;
}

/** A node, and where it listens. */
export interface NodeAddress {
  readonly id: NodeId;
  /** `host:port`; left out where it is not known. */
  readonly address?: string;
  /** Where else it listens: in other networks. */
  readonly more?: readonly string[];
}

export type ProcessStatus = 'up' | 'paused' | 'down';

/** What a node says. Times are its own clock's, in microseconds since 1970. */
export type NodeFrame =
  /** The answer to `hello`. A picture follows. */
  | {
      readonly type: 'welcome';
      readonly cluster: string;
      readonly node: NodeId;
      readonly nodes: readonly NodeAddress[];
      /** As the node goes by it; `nodes` counts for nothing. */
      readonly config: RunConfig;
      readonly limits: Limits;
    }
  /** It does not talk to this page, and hangs up. */
  | { readonly type: 'turned-away'; readonly why: string }
  /** In the order in which they happened; before them `dropped` others were left out, and then the first is a picture. */
  | { readonly type: 'events'; readonly events: readonly TimelineEvent[]; readonly dropped?: number }
  /** Other nodes are known, or other addresses. */
  | { readonly type: 'nodes'; readonly nodes: readonly NodeAddress[] }
  /** How the processes stand, told by who supervises them. */
  | {
      readonly type: 'processes';
      readonly processes: readonly { readonly node: NodeId; readonly status: ProcessStatus }[];
    }
  /** An answer to the client. The events tell of it too, by its `messageId`. */
  | {
      readonly type: 'answer';
      readonly messageId: string;
      readonly requestId: string;
      readonly outcome: ClientReply['outcome'];
      readonly answeredBy?: NodeId;
    }
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'refused'; readonly id: number; readonly why: string }
  | { readonly type: 'pong'; readonly id: number; readonly atUs: number }
  /** The answers to `join`: that node is reached over this connection now, or may not have that name. */
  | { readonly type: 'joined'; readonly node: NodeId }
  | { readonly type: 'not-joined'; readonly node: NodeId; readonly why: string }
  /** Another page wants to see the node in this page as it stands: a picture is to be told. */
  | { readonly type: 'portray' }
  /** A message to the node in this page. */
  | { readonly type: 'peer'; readonly messageId: string; readonly from: NodeId; readonly message: unknown };

const peerMessageId = shortName;

export const pageFrameSchema: v.GenericSchema<unknown, PageFrame> = v.variant('type', [
  v.object({
    type: v.literal('hello'),
    protocol: v.literal(ATTACH_PROTOCOL),
    version: whole,
    token: v.exactOptional(v.pipe(anyText, v.maxLength(1_024))),
  }),
  v.object({
    type: v.literal('ask'),
    messageId: shortName,
    message: v.union([clientRequestSchema, clientReadSchema]),
  }),
  v.object({ type: v.literal('do'), id: whole, action: actionSchema }),
  v.object({ type: v.literal('ping'), id: whole }),
  v.object({ type: v.literal('picture') }),
  v.object({ type: v.literal('join'), node: nodeName }),
  v.object({ type: v.literal('part') }),
  v.object({ type: v.literal('tell'), events: v.array(eventSchema) }),
  v.object({ type: v.literal('peer'), messageId: peerMessageId, to: nodeName, message: v.unknown() }),
]);

const address = v.pipe(anyText, v.maxLength(300));
const nodes = v.array(
  v.object({
    id: nodeName,
    address: v.exactOptional(address),
    more: v.exactOptional(v.pipe(v.array(address), v.maxLength(MAX_MORE_ADDRESSES))),
  }),
);
const sentence = v.pipe(anyText, v.maxLength(2_000));
const limits = v.object({
  processes: v.exactOptional(sentence),
  starts: v.exactOptional(sentence),
  links: v.exactOptional(sentence),
});

export const nodeFrameSchema: v.GenericSchema<unknown, NodeFrame> = v.variant(
  'type',
  [
    v.object({
      type: v.literal('welcome'),
      cluster: v.pipe(anyText, v.maxLength(300)),
      node: nodeName,
      nodes,
      config: configSchema,
      limits,
    }),
    v.object({ type: v.literal('turned-away'), why: sentence }),
    v.object({ type: v.literal('events'), events: v.array(eventSchema), dropped: v.exactOptional(whole) }),
    v.object({ type: v.literal('nodes'), nodes }),
    v.object({
      type: v.literal('processes'),
      processes: v.array(v.object({ node: nodeName, status: v.picklist(['up', 'paused', 'down']) })),
    }),
    v.object({
      type: v.literal('answer'),
      messageId: shortName,
      requestId: shortName,
      outcome: outcomeSchema,
      answeredBy: v.exactOptional(nodeName),
    }),
    v.object({ type: v.literal('done'), id: whole }),
    v.object({ type: v.literal('refused'), id: whole, why: sentence }),
    v.object({ type: v.literal('pong'), id: whole, atUs: anyMoment }),
    v.object({ type: v.literal('portray') }),
    v.object({ type: v.literal('joined'), node: nodeName }),
    v.object({ type: v.literal('not-joined'), node: nodeName, why: sentence }),
    v.object({ type: v.literal('peer'), messageId: peerMessageId, from: nodeName, message: v.unknown() }),
  ],
  'must be one that this page knows',
);
