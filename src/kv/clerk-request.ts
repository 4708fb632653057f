import type { NodeId } from '../raft/entry.ts';
import { plannedRead, type PlannedRead } from './clerk-read.ts';
import type { ClientRead, ClientRequest } from './client-message.ts';
import type { ClientReadMode, Operation } from './command.ts';

/**
 * A number that whoever submits a request has given it, in a session of its own: whoever submits it again, here or
 * elsewhere, under the same name and number, gets the same answer, and it is done once.
 */
export interface OwnNumber {
  readonly client: string;
  readonly sequence: number;
  readonly firstUnanswered: number;
}

/** How far a request has come. */
type Progress =
  | { readonly type: 'queued' }
  /** Waiting for the answer of `node`. */
  | { readonly type: 'asked'; readonly node: NodeId; readonly untilUs: number }
  /** Letting time pass before it asks again; `why` will explain the next attempt. */
  | { readonly type: 'resting'; readonly untilUs: number; readonly why: string };

/** A request of a clerk that has not come to its end. */
export interface PendingRequest {
  readonly requestId: string;
  readonly sequence: number;
  /** Undefined where it is to open a session. */
  readonly operation: Operation | undefined;
  /** When it is given up. */
  readonly endUs: number;
  readonly ownNumber: OwnNumber | undefined;
  /** Set where it is a read that does not go through the log. It changes nothing, so no node can have taken it. */
  readonly read: PlannedRead | undefined;
  /** Made at the first attempt and the same at every other. */
  message: ClientRequest | ClientRead | undefined;
  progress: Progress;
  attempts: number;
  lastNode: NodeId | undefined;
  /** Who has been asked, until everyone has been: hints must not keep a node from its turn. */
  readonly askedNodes: Set<NodeId>;
  /** The node that may have taken it, where one may. Once that is so it stays so. */
  maybeTakenBy: NodeId | undefined;
  /** Why the last attempt came to nothing. */
  lastProblem: string | undefined;
  /** Nodes that said no since it last rested: a hint to one of them leads in a circle. */
  readonly refusedBy: Set<NodeId>;
}

/** A request that nobody has been asked for yet; without an operation it is to open a session. `readMode`: of a read that does not say. */
export function newRequest(
  requestId: string,
  sequence: number,
  operation: Operation | undefined,
  endUs: number,
  readMode: ClientReadMode,
  ownNumber?: OwnNumber,
): PendingRequest {
  return {
    requestId,
    sequence,
    operation,
    endUs,
    ownNumber,
    read: operation === undefined ? undefined : plannedRead(operation, readMode),
    message: undefined,
    progress: { type: 'queued' },
    attempts: 0,
    lastNode: undefined,
    askedNodes: new Set(),
    maybeTakenBy: undefined,
    lastProblem: undefined,
    refusedBy: new Set(),
  };
}
