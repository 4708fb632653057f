import type { ProposalLimit } from '../raft/effect.ts';
import type { NodeId } from '../raft/entry.ts';
import type { ClientReadMode, LogCommand, OperationResult } from './command.ts';

/**
 * A clerk asks a node to put a command through the log. `requestId` is the same on every retry. `forwardedFor`: another
 * node hands it on for this client (thesis 6.2), and the answer goes back the same way.
 */
export interface ClientRequest {
  readonly type: 'client-request';
  readonly requestId: string;
  readonly command: LogCommand;
  readonly forwardedFor?: string;
}

/** How a read was answered that did not go through the log. `stale`: whoever was asked answered at once, sure of nothing. */
export type ReadVia = Exclude<ClientReadMode, 'log'>;

/** A clerk asks a node for a key's value without the log. `requestId` is the same on every retry. */
export interface ClientRead {
  readonly type: 'client-read';
  readonly requestId: string;
  readonly key: string;
  readonly mode: ReadVia;
  /** The answer must not be older than the store was after that entry; 0: it may be. */
  readonly notBefore: number;
}

/** A node's answer. `read`: to a {@link ClientRead}, what the key held once everything up to `index` was applied. `behind`:
 * it cannot answer yet, having applied no more than `index`. `not-leader`: it did not take the command (a definite no), `leader` is a hint. `leadership-lost`: it
 * had taken the command but no longer leads, so the command may still be committed by another. `busy` and `transferring`,
 * when it is handing its lead over: it did not take the command, and will know more in a moment. `limit` is what a busy
 * one has reached. `forwardedFor`: the node that it goes to passes it on to this client, and then `answeredBy` says whose
 * answer it is: a hint who leads. */
export interface ClientReply {
  readonly type: 'client-reply';
  readonly requestId: string;
  readonly forwardedFor?: string;
  readonly answeredBy?: NodeId;
  readonly outcome:
    | { readonly type: 'applied'; readonly index: number; readonly result: OperationResult }
    | { readonly type: 'read'; readonly index: number; readonly result: OperationResult; readonly via: ReadVia }
    | { readonly type: 'behind'; readonly index: number }
    | { readonly type: 'not-leader'; readonly leader: NodeId | undefined }
    | { readonly type: 'busy'; readonly limit?: ProposalLimit }
    | { readonly type: 'transferring' }
    | { readonly type: 'leadership-lost'; readonly leader: NodeId | undefined };
}

/** What became of a request, as far as the client can know. */
export type Fate =
  /**
   * It was applied, once, and `index` is its place in the log; or (`via` is set) it was a read without the log, which
   * reflects everything up to `index`.
   */
  | { readonly type: 'committed'; readonly index: number; readonly result: OperationResult; readonly via?: ReadVia }
  /** It was not and never will be applied. */
  | { readonly type: 'failed'; readonly reason: string }
  /** No answer in time, and some node may have taken it: it may still happen. */
  | { readonly type: 'unknown'; readonly reason: string };
