import type { StoreOptions } from '../kv/state-machine.ts';
import { storeRulesOf } from '../kv/store-rules.ts';
import { SNAPSHOT_CHUNK_BYTES, type RaftConfig } from '../raft/config.ts';
import type { NodeId } from '../raft/entry.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { nodeIds } from '../timeline/world.ts';
import { flowConfigOf } from './flow-config.ts';

/** Virtual milliseconds, which people write, as the whole microseconds that the nodes count in. */
export function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1_000);
}

/** How every node's store of a run deals with clients. */
export function storeOptionsOf({ sessions, sabotages }: RunConfig): StoreOptions {
  return {
    sessionExpiryUs: sessions === undefined ? undefined : microseconds(sessions.expiryMs),
    rules: storeRulesOf(sabotages),
  };
}

/** What one node of a run is told at birth. */
export function raftConfigOf(id: NodeId, config: RunConfig): RaftConfig {
  const members = nodeIds(config.nodes);
  return {
    id,
    // A machine that was started later belongs to no cluster until a leader says so.
    members: members.includes(id) ? members : [],
    electionTimeoutMinUs: microseconds(config.electionTimeoutMs.min),
    electionTimeoutMaxUs: microseconds(config.electionTimeoutMs.max),
    heartbeatUs: microseconds(config.heartbeatMs),
    maxEntriesPerAppend: config.maxEntriesPerAppend,
    maxUncommittedEntries: config.maxUncommittedEntries,
    preVote: config.preVote ?? false,
    checkQuorum: config.checkQuorum ?? false,
    leaderStickiness: config.leaderStickiness ?? false,
    ...flowConfigOf(config),
    keepEntries: config.snapshot?.keepEntries ?? 0,
    snapshotChunkBytes: config.snapshot?.chunkBytes ?? SNAPSHOT_CHUNK_BYTES,
    ...(config.leases !== undefined && {
      lease: { durationUs: microseconds(config.leases.durationMs), driftPpm: config.leases.driftPpm },
    }),
    observe: true,
  };
}
