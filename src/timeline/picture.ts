import type { Configuration } from '../raft/configuration.ts';
import type { Entry, NodeId } from '../raft/entry.ts';
import type { Role } from '../raft/event.ts';
import type { LogPlace } from '../raft/snapshot.ts';
import type { PeerView, SnapshotProgress, SnapshotView } from './peer-view.ts';

/**
 * A node as it stands between two of its turns, in plain data: enough for a fold that knows nothing of what came before.
 * Times in microseconds, as those of events.
 */
export interface NodePicture {
  readonly role: Role;
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly leader: NodeId | undefined;
  readonly votes: Readonly<Record<NodeId, boolean>>;
  readonly configuration: Configuration;
  /** What the entries told here follow: the end of what is compacted away, or later where the log is long. */
  readonly base: LogPlace;
  readonly entries: readonly Entry[];
  readonly snapshot: SnapshotView | undefined;
  readonly receiving: (SnapshotProgress & { readonly from: NodeId }) | undefined;
  readonly durableIndex: number;
  /** The term and vote on its disk; the log there is the one told here, up to `durableIndex`. */
  readonly disk: { readonly term: number; readonly votedFor: NodeId | undefined };
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly progress: Readonly<Record<NodeId, PeerView>>;
  readonly deadlineUs: number;
  readonly transferTo: NodeId | undefined;
  readonly waitingReads: number;
  readonly lease: {
    readonly heldUntilUs: number | undefined;
    readonly promisedUntilUs: number | undefined;
    readonly waitUntilUs: number | undefined;
  };
  readonly store: readonly (readonly [key: string, value: string])[];
  readonly halted: string | undefined;
  /** How many entries before `base` are in its log all the same, and how many more keys its store holds. */
  readonly untold: { readonly entries: number; readonly keys: number };
}
