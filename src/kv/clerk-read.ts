import type { NodeId } from '../raft/entry.ts';
import type { ClientRead, ReadVia } from './client-message.ts';
import type { ClientReadMode, Operation } from './command.ts';

/** A read that does not go through the log, as its clerk goes about it. */
export interface PlannedRead {
  readonly key: string;
  readonly mode: ReadVia;
  /** The one node that is to answer it; undefined: any that may. */
  readonly node: NodeId | undefined;
  readonly notBefore: number | 'seen';
}

/** How the operation is read without the log; undefined where it goes through the log. */
export function plannedRead(operation: Operation, usual: ClientReadMode): PlannedRead | undefined {
  if (operation.type !== 'get') return undefined;
  const { key, mode = usual, node, notBefore = 0 } = operation;
  return mode === 'log' ? undefined : { key, mode, node, notBefore };
}

/** Whether any node can answer it, and not the leader alone. */
export function mayAskAnyone({ mode }: PlannedRead): boolean {
  return mode === 'follower' || mode === 'stale';
}

/** The message of a read; `seenIndex` is the highest index that this clerk has been told of. */
export function readMessage(requestId: string, read: PlannedRead, seenIndex: number): ClientRead {
  const notBefore = read.notBefore === 'seen' ? seenIndex : read.notBefore;
  return { type: 'client-read', requestId, key: read.key, mode: read.mode, notBefore };
}

/** What goes into the log for an operation: how a read is to be answered does not concern the store. */
export function loggedOperation(operation: Operation): Operation {
  if (operation.type !== 'get' || Object.keys(operation).length === 2) return operation;
  return { type: 'get', key: operation.key };
}
