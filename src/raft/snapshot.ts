import type { Configuration } from './configuration.ts';
import type { NodeId } from './entry.ts';

/** A place in the log: an entry's index and its term; both 0 before the first entry. */
export interface LogPlace {
  readonly index: number;
  readonly term: number;
}

/**
 * The state machine as it stood after the entry at `index` was applied, in place of the log up to there (§7). `data` is
 * the state machine's own: the core never looks inside it and never changes it.
 */
export interface Snapshot extends LogPlace {
  /** The configuration that held at `index` (§7). */
  readonly configuration: Configuration;
  readonly data: Uint8Array;
}

/** A snapshot on its way to a peer, chunk by chunk. */
export interface SentSnapshot {
  /** A newer one, taken meanwhile, does not take its place: a transfer that always began anew might never end. */
  readonly snapshot: Snapshot;
  /** The peer holds it up to here, as far as is known: where the next chunk begins. */
  heldBytes: number;
  /** A chunk is under way: the next one waits for its answer, or for the heartbeat. */
  underWay: boolean;
}

/** A snapshot that a leader is giving to this node, as far as it has come. */
export interface ReceivedSnapshot extends LogPlace {
  readonly from: NodeId;
  /** The term of that leader: the same place may stand in other bytes at another's. */
  readonly leaderTerm: number;
  readonly totalBytes: number;
  /** The first so many bytes of `buffer` have come. The rest of it is room. */
  readonly heldBytes: number;
  readonly buffer: Uint8Array;
}

/** What is wrong with the snapshot that a disk held beside a log, as one clause; undefined if it is sound. */
export function faultInSnapshot(snapshot: Snapshot | undefined, base: LogPlace, lastIndex: number): string | undefined {
  if (snapshot === undefined) {
    return base.index === 0 ? undefined : `it begins behind entry ${base.index}, and there is no snapshot of that`;
  }
  if (snapshot.index < base.index) {
    return `it begins behind entry ${base.index}, and its snapshot goes only up to entry ${snapshot.index}`;
  }
  return snapshot.index > lastIndex
    ? `its snapshot goes up to entry ${snapshot.index}, and it ends at entry ${lastIndex}`
    : undefined;
}
