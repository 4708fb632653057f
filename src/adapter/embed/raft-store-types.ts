/** What a node of an embedded store is told. Times in milliseconds; what is left out is as in docs/cluster-yml.md. */
export interface RaftStoreOptions {
  /** Which of the nodes this is: `n` and a number. */
  readonly id: string;
  /** Where each node is to be found, `host:port` or a list of such, itself included. */
  readonly nodes: Readonly<Record<string, string | readonly string[]>>;
  /** Where it keeps its data; made if it is not there. Each node has a folder of its own in it. */
  readonly folder: string;
  /** The cluster's name; nodes of clusters with other names do not talk to each other. Left out: `whitewater`. */
  readonly cluster?: string;
  /** Who votes in a new cluster. Left out: all nodes. A node that is not among them joins by {@link RaftStore.join}. */
  readonly members?: readonly string[];
  /** At least 16 characters. It, or `tls`, is needed where a node listens beyond this machine. */
  readonly token?: string;
  /** Paths of PEM files; `{id}` in one stands for the node. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
  readonly electionTimeoutMs?: { readonly min: number; readonly max: number };
  readonly heartbeatMs?: number;
  readonly snapshot?: { readonly everyEntries?: number; readonly everyBytes?: number; readonly keepEntries: number };
  readonly client?: { readonly attemptTimeoutMs: number; readonly deadlineMs: number; readonly retryDelayMs: number };
}

/** How a read is made sure of; `stale` is sure of nothing. Left out: `follower`, which is linearizable on every node. */
export type ReadMode = 'log' | 'read-index' | 'lease' | 'follower' | 'stale';

/** What a store tells of, by name. */
export interface RaftStoreEvents {
  /** This node has learnt who leads; undefined: nobody, for all that it knows. */
  readonly leader: (leader: string | undefined, term: number) => void;
  /** A key changed in this node's store; `value` is undefined where it was deleted. */
  readonly change: (key: string, value: string | undefined, index: number) => void;
  /** The node stopped by itself, for good: one sentence says why. */
  readonly failure: (sentence: string) => void;
}

/** How an operation did not come about. */
export type RaftStoreOutcome =
  /** It was not and never will be done. */
  | 'not-taken'
  /** No answer in time: it may have been done, and may still be. */
  | 'unknown'
  /** The store, or the leader, refused it; nothing was changed. */
  | 'refused';
