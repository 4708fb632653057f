import type { Entry, NodeId } from '../raft/entry.ts';
import type { LogPlace, Snapshot } from '../raft/snapshot.ts';
import type { DiskDamage } from '../timeline/action.ts';
import type { ActorId, LinkMessage } from '../timeline/event.ts';

export type { DiskDamage };

/** What a node's disk held when it started. `entries[i].index === (base?.index ?? 0) + i + 1`. */
export interface Recovered {
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly entries: readonly Entry[];
  /** `atUs` of the last write; -1 where there was none. */
  readonly atUs: number;
  /** What the log begins behind; left out: the beginning. */
  readonly base?: LogPlace;
  /** The last snapshot; left out: none. */
  readonly snapshot?: Snapshot;
  /** The entry of which only the beginning stood behind the log's end, and which is dropped; left out: none. */
  readonly torn?: number;
}

/**
 * One write, all of it or nothing: the term and vote, then forget the log from `truncateFrom` on, then all up to `compactTo`
 * (of a log that ends before it, nothing is left), then `entries`; and `snapshot` takes the place of the one before.
 */
export interface StorageWrite {
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly truncateFrom: number | undefined;
  readonly entries: readonly Entry[];
  readonly snapshot?: Snapshot;
  readonly compactTo?: LogPlace;
  /** The virtual moment, in microseconds, at which the write is durable: kept beside the term and vote. */
  readonly atUs: number;
}

/**
 * A node's disk. `load` is called once, before any write. A storage that works in memory may answer at once instead of
 * with a promise, so that a simulator need not wait. A failed write is never retried: the node stops (fail-stop).
 */
export interface NodeStorage {
  /** Rejects or throws a StorageError with one clear sentence where the disk is corrupt, foreign or unreadable. */
  load(): Recovered | Promise<Recovered>;
  /** When it returns (or its promise settles) the write is durable. */
  write(write: StorageWrite): void | Promise<void>;
  close(): void | Promise<void>;
}

/** The disk could not do what was asked. `message` is one sentence that says what and where. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly reason: 'corrupt' | 'foreign' | 'full' | 'blocked' | 'failed';
  constructor(reason: StorageError['reason'], message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/** A message on a link, with its virtual times in microseconds. */
export interface Envelope {
  readonly messageId: string;
  /** Counts the sender's messages; orders those that are due at one moment. */
  readonly sequence: number;
  readonly from: ActorId;
  readonly to: ActorId;
  readonly sentUs: number;
  readonly dueUs: number;
  readonly message: LinkMessage;
}
