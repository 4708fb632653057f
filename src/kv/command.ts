/** The most bytes (UTF-8) that a key may have; the least is 1. */
export const MAX_KEY_BYTES = 256;
/** The most bytes (UTF-8) that a value may have, the result of an append included. */
export const MAX_VALUE_BYTES = 65_536;

/**
 * What a client can ask of the store. `compare-and-set` writes `value` only where the key now holds `expected`;
 * `expected` undefined means that the key must be absent. `append` to an absent key behaves like `set`.
 */
export type Operation =
  | { readonly type: 'get'; readonly key: string }
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
  readonly sequence: number;
  readonly firstUnanswered: number;
  readonly operation: Operation;
}

/** What an operation came to. A refused compare-and-set and a too long append are answers, not failures. */
export type OperationResult =
  /** `value` is what the key holds after the operation (for `get`: what it holds), undefined if absent. */
  | { readonly type: 'ok'; readonly value: string | undefined }
  /** compare-and-set: the key held `actual` instead of what was expected; nothing was written. */
  | { readonly type: 'mismatch'; readonly actual: string | undefined }
  /** The operation was over a limit; nothing was written. `message` is one sentence. */
  | { readonly type: 'refused'; readonly message: string };
