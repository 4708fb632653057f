import type { SabotageName } from '../../raft/sabotage-name.ts';
import { sabotageBook, type SabotageNeed } from '../../raft/sabotage-book.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { Weather } from './weather.ts';

/** Of what a run must have much, so that these sabotages may show. */
export function needsOf(sabotages: readonly SabotageName[]): ReadonlySet<SabotageNeed> {
  return new Set(sabotages.flatMap((name) => sabotageBook[name].needs));
}

/** The weather with what is needed in it, and often. */
export function favouredWeather(weather: Weather, needs: ReadonlySet<SabotageNeed>): Weather {
  return {
    ...weather,
    ...(needs.has('slow-disks') && { restart: 200 }),
    ...(needs.has('delays') && { 'rough-links': 600 }),
    ...(needs.has('membership') && { membership: 200 }),
    ...(needs.has('transfers') && { transfer: 250 }),
    ...(needs.has('drift') && { 'clock-drift': 400 }),
    ...(needs.has('leases') && { isolate: 700 }),
  };
}

/** The configuration with the switches that are needed. */
export function favouredConfig(config: RunConfig, needs: ReadonlySet<SabotageNeed>): RunConfig {
  const { network, client, snapshot } = config;
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
    ...(needs.has('small-appends') && { maxEntriesPerAppend: 1 }),
    ...(needs.has('pre-vote') && { preVote: true }),
    ...(needs.has('snapshots') && { snapshot: snapshot ?? { everyEntries: 4, keepEntries: 0 } }),
    ...(needs.has('leases') && { reads: 'lease', leases: config.leases ?? { durationMs: 400, driftPpm: 0 } }),
    ...(needs.has('drift') && { leases: { durationMs: config.leases?.durationMs ?? 400, driftPpm: 300_000 } }),
    ...(needs.has('read-index') && { reads: 'read-index' }),
    ...(needs.has('follower-reads') && { reads: 'follower' }),
    ...(needs.has('retries') && { client: { ...client, attemptTimeoutMs: 80, retryDelayMs: 10 } }),
    ...(needs.has('sessions') && { sessions: config.sessions ?? { expiryMs: 1_000 } }),
  };
}
