import type { NodeId } from '../../raft/entry.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { HostPort } from './host-port.ts';

/** One place or more, none of them twice; the first is tried first. */
export type SomePlaces = readonly [HostPort, ...HostPort[]];

/** Where a node is to be found, and where it listens. */
export interface NodePlace {
  /** What the others and clients connect to: more than one where it is in several networks. */
  readonly addresses: SomePlaces;
  /** What it binds; mostly the same. */
  readonly listens: SomePlaces;
}

/** Paths of PEM files. `{id}` in one stands for the node's id. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Who signs the certificates of nodes, and of clients that come without the token. */
  readonly ca: string;
}

/** How much a node takes from outside at once. */
export interface ServerLimits {
  /** The most bytes of a request's body. */
  readonly bodyBytes: number;
  /** The most connections that are open at once. */
  readonly connections: number;
  /** How long a client may take to send a request, milliseconds. */
  readonly requestMs: number;
  /** The most requests that wait for the cluster at once on one node. */
  readonly waiting: number;
}

/** What cluster.yml says, with the defaults filled in. The same for every node. */
export interface ClusterConfig {
  /** The cluster's name. Nodes of clusters with other names do not talk to each other. */
  readonly cluster: string;
  readonly nodes: ReadonlyMap<NodeId, NodePlace>;
  /** The voters of a new cluster; a node that is not among them waits to be added. */
  readonly members: readonly NodeId[];
  /** An absolute path. Each node has a folder of its own in it, by its id. */
  readonly dataFolder: string;
  readonly token: string | undefined;
  readonly tls: TlsFiles | undefined;
  /** Origins of pages elsewhere that may use this cluster; `*` stands for all. */
  readonly origins: readonly string[];
  readonly limits: ServerLimits;
  /** Whether links can be cut and nodes be killed from outside, for trying things out. */
  readonly faults: boolean;
  /** Timeouts and switches of the protocol, under the names that a run gives them. */
  readonly run: RunConfig;
}

export const defaultLimits: ServerLimits = {
  // A value of 64 KiB in a compare-and-set comes twice, and JSON may write each byte of it as six.
  bodyBytes: 1_048_576,
  connections: 1_000,
  requestMs: 10_000,
  waiting: 10_000,
};

/** Real disks and links have their own latency; what a run would draw is none here. */
const realWorld = {
  network: { latency: { meanMs: 0, spreadMs: 0 }, loss: 0, duplication: 0 },
  disk: { meanMs: 0, spreadMs: 0 },
} as const;

/** What a cluster on machines goes by where cluster.yml does not say. */
export const defaultRun: Omit<RunConfig, 'nodes'> = {
  ...realWorld,
  electionTimeoutMs: { min: 300, max: 500 },
  heartbeatMs: 60,
  maxEntriesPerAppend: 512,
  maxUncommittedEntries: 20_000,
  preVote: true,
  checkQuorum: true,
  leaderStickiness: true,
  eagerCommit: true,
  forwarding: true,
  reads: 'follower',
  maxBytesPerAppend: 1_048_576,
  // So many entries of the largest values would be more than fits into a process.
  snapshot: { everyEntries: 50_000, everyBytes: 134_217_728, keepEntries: 5_000 },
  client: { attemptTimeoutMs: 1_000, deadlineMs: 5_000, retryDelayMs: 20 },
};
