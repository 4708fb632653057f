import type { Progress } from '../raft/raft-state.ts';
import type { LogPlace } from '../raft/snapshot.ts';

/** A snapshot, without what is in it: the last entry that it replaces, and its length. */
export interface SnapshotView extends LogPlace {
  readonly bytes: number;
}

/** How much of the snapshot up to `index` has come. */
export interface SnapshotProgress {
  readonly index: number;
  readonly heldBytes: number;
  readonly totalBytes: number;
}

/** What a leader knows of a peer. */
export interface PeerView extends Omit<Progress, 'sending'> {
  /** In `snapshot`: what it is being given, and how far that has got. */
  readonly sending?: SnapshotProgress;
}
