import type { NodeId } from '../../raft/entry.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { PeerTls } from '../transport/dialer.ts';
import type { NodeLogger } from './node-logger.ts';

/** What a node of a real cluster is told when it starts. */
export interface ClusterNodeOptions {
  /** `n` and a number, as in the playground. */
  readonly id: NodeId;
  /** The cluster's name: a node talks to no other, and starts on no disk of another. */
  readonly clusterId: string;
  /** The voters of a new cluster; empty for a node that is to join one that runs. What its disk says goes before. */
  readonly members: readonly NodeId[];
  /**
   * Where nodes listen, `host:port` each, the first to be tried first; its own too, where others can dial it. Others come to know
   * it from who dials.
   */
  readonly addresses: ReadonlyMap<NodeId, readonly string[]>;
  /** Times and limits, the same on every node. What it says of nodes, links, disks and clients is not looked at. */
  readonly config: RunConfig;
  /** The node's own folder, which is made if it is not there. */
  readonly folder: string;
  /** What peers have to know; left out: they are believed, or show certificates. */
  readonly token?: string | undefined;
  /** Peers talk over TLS and show each other their certificates. */
  readonly tls?: PeerTls | undefined;
  /** Whether links can be cut and made worse from outside. Left out: no. */
  readonly faults?: boolean | undefined;
  readonly logger?: NodeLogger | undefined;
}

/** Bounds that a real node always has, where its config says nothing: 1 MiB in one append, 8 MiB under way, 64 MiB uncommitted. */
export function withByteLimits(config: RunConfig): RunConfig {
  return { maxBytesPerAppend: 1_048_576, maxInflightBytes: 8_388_608, maxUncommittedBytes: 67_108_864, ...config };
}
