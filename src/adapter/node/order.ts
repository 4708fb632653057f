import type { NodeId } from '../../raft/entry.ts';
import type { SnapshotRefusal } from '../../raft/event.ts';

/** Whether a leader has begun what it was asked for: then it stands in its log, or goes on by itself. */
export type Order<Reason> =
  | { readonly type: 'accepted' }
  | { readonly type: 'refused'; readonly reason: Reason; readonly leader: NodeId | undefined };

/** A snapshot that a node was told to take. */
export type SnapshotOrder =
  { readonly type: 'taken'; readonly index: number } | { readonly type: 'refused'; readonly reason: SnapshotRefusal };
