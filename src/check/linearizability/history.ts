/** A value that is neither text, number nor truth, as its system wrote it. Two are the same only if they are the same object. */
export interface Literal {
  readonly literal: string;
}

/** What a key can hold. Undefined: nothing, which some systems call nil. */
export type Value = string | number | boolean | Literal | undefined;

/** What a client asked of one key. */
export type Call =
  | { readonly type: 'read' }
  | { readonly type: 'write'; readonly value: Value }
  | { readonly type: 'compare-and-set'; readonly expected: Value; readonly value: Value }
  /** Adds text at the end of what the key holds; nothing counts as the empty text. */
  | { readonly type: 'append'; readonly value: string }
  /** Afterwards the key holds nothing. */
  | { readonly type: 'delete' };

/** What the client knows of its call, once it knows all that it ever will. */
export type Outcome =
  /** It took effect; a read that says no more than this may have seen anything. */
  | { readonly type: 'ok' }
  /** It took effect, and then the key held this. What a read returns is this. */
  | { readonly type: 'saw'; readonly value: Value }
  /** A compare-and-set that found another value than it expected, and changed nothing. */
  | { readonly type: 'mismatch' }
  /** The same, and it found this one. */
  | { readonly type: 'found'; readonly value: Value }
  /** It had no effect, and nothing was learnt. */
  | { readonly type: 'none' }
  /** Nobody knows: it may take effect at any moment after its invocation, or never. */
  | { readonly type: 'unknown' };

/**
 * One operation of a history. Moments are places in one order of all invocations and returns (lines of a file, events of
 * a timeline): one operation comes before another where its return is before the other's invocation.
 */
export interface HistoryOperation {
  readonly client: string;
  /** Each key is a register of its own; where there is only one, the empty text. */
  readonly key: string;
  readonly call: Call;
  readonly outcome: Outcome;
  readonly invokedAt: number;
  /** Infinity where the client was never told. An operation with an unknown outcome is open for ever, whatever stands here. */
  readonly returnedAt: number;
}

/** Whether the operation binds a history: something is known of it that must have been so before its return. */
export function isBinding({ call, outcome, returnedAt }: HistoryOperation): boolean {
  if (outcome.type === 'unknown' || outcome.type === 'none' || returnedAt === Infinity) return false;
  return !(call.type === 'read' && outcome.type === 'ok');
}

/** Whether the operation may have an effect though nobody knows. An unknown read, or what had no effect, never matters. */
export function isOptional({ call, outcome, returnedAt }: HistoryOperation): boolean {
  if (call.type === 'read' || outcome.type === 'none') return false;
  if (outcome.type === 'mismatch' || outcome.type === 'found') return false;
  return outcome.type === 'unknown' || returnedAt === Infinity;
}
