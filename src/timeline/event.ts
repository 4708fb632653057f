import type { ClientEvent } from '../kv/client-event.ts';
import type { ClientRead, ClientReply, ClientRequest, ReadVia } from '../kv/client-message.ts';
import type { OperationResult } from '../kv/command.ts';
import type { Entry, NodeId } from '../raft/entry.ts';
import type { RaftEvent } from '../raft/event.ts';
import type { InstallSnapshot, Message } from '../raft/message.ts';
import type { RuleId } from '../raft/rule-book.ts';
import type { Action } from './action.ts';
import type { NodePicture } from './picture.ts';

/** Who an event is about: a node (`n1`), a client (`c1`), or `cluster`, the hand from outside. */
export type ActorId = NodeId;

/** Everything that travels on a link, between nodes or between a client and a node. */
export type LinkMessage = Message | ClientRequest | ClientRead | ClientReply;

/** A chunk of a snapshot without its bytes: a timeline that held them would soon be larger than all logs. */
export type ToldChunk = Omit<InstallSnapshot, 'data'> & { readonly bytes: number };

/** A message as a timeline tells it: of a snapshot's chunk, how many bytes there are in place of the bytes. */
export type AnyMessage = Exclude<LinkMessage, InstallSnapshot> | ToldChunk;

/** What a node's host and its state machine do. Times in virtual microseconds. */
export type HostEvent =
  /**
   * The actor put a message on a link. `messageId` is unique in the run. `dueUs` is when it arrives, or would have.
   * `fate`: `sent`, it is on its way (and lost if its receiver is down or restarts, or the link is cut, before it is
   * received); `lost`, the link lost it; `cut`, the link is cut. `copy`: the link made a second one.
   */
  | {
      readonly type: 'message-sent';
      readonly messageId: string;
      readonly to: ActorId;
      readonly dueUs: number;
      readonly fate: 'sent' | 'lost' | 'cut';
      readonly copy: boolean;
      readonly message: AnyMessage;
    }
  /** The actor takes the message up. Later than `dueUs` only if it was paused, or is slow. */
  | {
      readonly type: 'message-received';
      readonly messageId: string;
      readonly from: ActorId;
      readonly messageType: AnyMessage['type'];
    }
  /** So many messages waited for a node that was paused, or is slow, that the oldest `count` were thrown away unread. */
  | { readonly type: 'backlog-dropped'; readonly count: number }
  /** The node handed a client's request on to the leader that it knows. */
  | {
      readonly type: 'request-forwarded';
      readonly requestId: string;
      readonly client: ActorId;
      readonly to: NodeId;
      readonly rule: RuleId;
    }
  /** So many messages waited for the disk that the oldest `count` were thrown away unsent. */
  | { readonly type: 'held-dropped'; readonly count: number }
  /** The node's store is now what the snapshot up to `index` holds: these keys and values, in this order. */
  | {
      readonly type: 'store-restored';
      readonly index: number;
      readonly entries: readonly (readonly [key: string, value: string])[];
    }
  /** The node's own clock was changed: what it waits for comes at other moments now (left out: it waits for no such thing). */
  | {
      readonly type: 'clock-changed';
      readonly deadlineUs: number;
      readonly heldUntilUs: number | undefined;
      readonly promisedUntilUs: number | undefined;
      readonly waitUntilUs: number | undefined;
    }
  /** It answered a read from its own store, which held everything up to `index`. `via` says how it was sure of that. */
  | {
      readonly type: 'read-answered';
      readonly requestId: string;
      readonly key: string;
      readonly value: string | undefined;
      readonly index: number;
      readonly via: ReadVia;
    }
  /** A node of a real cluster that lived in a tab has left, and is shown no more. */
  | { readonly type: 'gone' }
  /** Whoever tells of it begins here, in the middle: this is how the node stands, whatever came before. */
  | { readonly type: 'picture'; readonly picture: NodePicture }
  /** It starts from a disk at whose log's end stood the beginning of entry `index`, never written to its end: that is dropped. */
  | { readonly type: 'torn-write-dropped'; readonly index: number }
  /** A write to the disk began; it is durable at `dueUs` (a `durable` event says so). */
  | { readonly type: 'disk-write-started'; readonly sequence: number; readonly dueUs: number }
  /**
   * A committed entry was applied to the node's store; lastApplied = entry.index. `change` is what it did to the map
   * (undefined for a read, a repeat, a no-op or a refusal); a `value` of undefined deletes. `repeat`: the session had
   * seen it, so it changed nothing.
   */
  | {
      readonly type: 'applied';
      readonly entry: Entry;
      readonly result: OperationResult | undefined;
      readonly change: { readonly key: string; readonly value: string | undefined } | undefined;
      readonly repeat: boolean;
    };

/** What was done from outside; actor `cluster`. */
export interface ActionEvent {
  readonly type: 'action';
  readonly action: Action;
}

export type EventBody = RaftEvent | HostEvent | ClientEvent | ActionEvent;

/**
 * One event of a timeline. Events are in one fixed order: by `atUs`, then `cluster` before the nodes in order of their
 * number before the clients in order of theirs, then as the actor did them.
 */
export interface TimelineEvent {
  readonly atUs: number;
  readonly actor: ActorId;
  readonly event: EventBody;
}
