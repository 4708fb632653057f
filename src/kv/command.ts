import type { NodeId } from '../raft/entry.ts';
import type { ReadMode } from '../raft/read.ts';

/** The most bytes (UTF-8) that a key may have; the least is 1. */
export const MAX_KEY_BYTES = 256;
/** The most bytes (UTF-8) that a value may have, the result of an append included. */
export const MAX_VALUE_BYTES = 65_536;

/**
 * How a client wants its read answered (thesis 6.4). `log`: as a command, like a write. `stale`: at once by whichever node
 * is asked, from what it happens to hold, to see what goes wrong.
 */
export type ClientReadMode = 'log' | ReadMode | 'stale';

/**
 * What a client can ask of the store. A `get` may say how it is to be answered (left out: as the run has it), of which
 * node (for `follower` and `stale`; left out: each in turn), and that it must not be older than an entry, or than what
 * this client has `seen`. `compare-and-set` writes `value` only where the key now holds `expected`;
 * `expected` undefined means that the key must be absent. `append` to an absent key behaves like `set`.
 */
export type Operation =
  | {
      readonly type: 'get';
      readonly key: string;
      readonly mode?: ClientReadMode;
      readonly node?: NodeId;
      readonly notBefore?: number | 'seen';
    }
  | { readonly type: 'set'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'append'; readonly key: string; readonly value: string }
  | {
      readonly type: 'compare-and-set';
      readonly key: string;
      readonly expected: string | undefined;
      readonly value: string;
    };

/**
 * What stands in the log: an operation, with who asked for it and the number that makes a retry recognisable (§8,
 * thesis 6.3). The client promises never to ask again about sequence numbers below `firstUnanswered`, so the session
 * may forget their results.
 */
export interface KvCommand {
  readonly client: string;
  /** The session that it belongs to, by the index of the entry that opened it; left out where sessions open by themselves. */
  readonly session?: number;
  /** The leader's clock when it took the command, microseconds (thesis 6.3); left out where sessions do not expire. */
  readonly atUs?: number;
  readonly sequence: number;
  readonly firstUnanswered: number;
  readonly operation: Operation;
}

/** Opens a session, where sessions have to be opened (thesis 6.3): its name is the index at which this stands in the log. */
export interface OpenSession {
  readonly type: 'open-session';
  readonly client: string;
  readonly atUs?: number;
}

/** What a client puts into the log. */
export type LogCommand = KvCommand | OpenSession;

/** What an operation came to. A refused compare-and-set and a too long append are answers, not failures. */
export type OperationResult =
  /** `value` is what the key holds after the operation (for `get`: what it holds), undefined if absent. */
  | { readonly type: 'ok'; readonly value: string | undefined }
  /** compare-and-set: the key held `actual` instead of what was expected; nothing was written. */
  | { readonly type: 'mismatch'; readonly actual: string | undefined }
  /** The operation was over a limit; nothing was written. `message` is one sentence. */
  | { readonly type: 'refused'; readonly message: string }
  /** The client's session had expired, or was never opened: nothing was done. `message` is one sentence. */
  | { readonly type: 'expired'; readonly message: string };
