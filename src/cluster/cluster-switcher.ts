import type { NodeId } from '../raft/entry.ts';
import type { ClusterControl } from './cluster-control.ts';

/** Who shows one cluster or another. */
export interface ClusterSwitcher {
  /** Shows a real cluster, by the address of any of its nodes. Rejects with a ClusterError where it cannot be had. */
  attach(address: string, token?: string): Promise<void>;
  /** Lets go of it, and shows the page's own cluster, as it was left. Rejects with a ClusterError where that is shown. */
  detach(): Promise<void>;
  /** The page becomes a member of the real cluster that is shown, and leaves it; see {@link AttachedCluster}. */
  join(voter: boolean): Promise<void>;
  leave(): Promise<void>;
}

/** A real cluster to which this page is attached, and of which it may be a member. */
export interface AttachedCluster extends ClusterControl {
  /** Starts a node in this page, and has the leader take it in. Resolves to its name. */
  join(voter: boolean): Promise<NodeId>;
  /** Has the leader let it go, and when that is committed stops it for good. */
  leave(): Promise<void>;
}
