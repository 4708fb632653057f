import type { SabotageName } from '../../raft/sabotage-name.ts';
import { sabotageBook, type SabotageNeed } from '../../raft/sabotage-book.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { Weather } from './weather.ts';

/** A lease long enough for another to be elected while it lasts, virtual milliseconds. */
const LEASE_MS = 1_000;
/** How long nodes wait for a leader: short enough to elect another while a lease lasts, virtual milliseconds. */
const HASTY = { min: 100, max: 250 };

/** Of what a run must have much, so that these sabotages may show. */
export function needsOf(sabotages: readonly SabotageName[]): ReadonlySet<SabotageNeed> {
  return new Set(sabotages.flatMap((name) => sabotageBook[name].needs));
}

/** The weather with what is needed in it, and often. */
export function favouredWeather(weather: Weather, needs: ReadonlySet<SabotageNeed>): Weather {
  const { membership, partition, ...others } = weather;
  return {
    ...others,
    // Where members come and go, only the run itself can tell what is a bare majority.
    ...(membership !== undefined && !needs.has('bare-majority') && { membership }),
    // The end of a partition heals all, and with that ends what else is cut off: a leader that holds its lease alone.
    ...(partition !== undefined && !needs.has('long-leases') && { partition }),
    ...(needs.has('slow-disks') && { restart: 200 }),
    ...(needs.has('restarts') && { restart: 150 }),
    ...(needs.has('elections') && { 'time-out': 100, partition: 250, isolate: 500 }),
    ...(needs.has('delays') && { 'rough-links': 600 }),
    ...(needs.has('membership') && { membership: 60 }),
    ...(needs.has('transfers') && { transfer: 250 }),
    ...(needs.has('drift') && { 'clock-drift': 400 }),
    ...((needs.has('leases') || needs.has('long-leases')) && { isolate: 700 }),
  };
}

/** The configuration with the switches that are needed. */
export function favouredConfig(config: RunConfig, needs: ReadonlySet<SabotageNeed>): RunConfig {
  const { network, client, snapshot, leases } = config;
  const { latency } = network;
  return {
    ...config,
    network: {
      ...network,
      latency: needs.has('delays') ? { ...latency, spreadMs: latency.meanMs } : latency,
      loss: needs.has('retries') ? Math.max(network.loss, 0.1) : network.loss,
      duplication:
        needs.has('duplicates') || needs.has('retries') ? Math.max(network.duplication, 0.3) : network.duplication,
    },
    ...(needs.has('slow-disks') && { disk: { meanMs: 25, spreadMs: 25 } }),
    ...(needs.has('small-appends') && { maxEntriesPerAppend: 1, pipelining: false }),
    ...(needs.has('pre-vote') && { preVote: true }),
    ...(needs.has('snapshots') && { snapshot: { ...snapshot, everyEntries: 3, keepEntries: 0 } }),
    ...(needs.has('leases') && { reads: 'lease', leases: leases ?? { durationMs: 400, driftPpm: 0 } }),
    ...(needs.has('long-leases') && {
      electionTimeoutMs: HASTY,
      heartbeatMs: 30,
      reads: 'lease',
      leases: { durationMs: LEASE_MS, driftPpm: leases?.driftPpm ?? 0 },
    }),
    ...(needs.has('drift') && { leases: { durationMs: LEASE_MS, driftPpm: 300_000 } }),
    ...(needs.has('read-index') && { reads: 'read-index' }),
    ...(needs.has('follower-reads') && { reads: 'follower' }),
    ...(needs.has('retries') && { client: { ...client, attemptTimeoutMs: 80, retryDelayMs: 10 } }),
    ...(needs.has('sessions') && { sessions: config.sessions ?? { expiryMs: 1_000 } }),
  };
}
