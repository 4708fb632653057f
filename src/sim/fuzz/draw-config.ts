import { chance, type Random } from '../../raft/random.ts';
import { defaultRunConfig, type RunConfig } from '../../timeline/run-config.ts';
import { pick, whole } from './draw.ts';
import { drawLateness } from './network-faults.ts';

/** Three and five are what clusters have; the others are for what only an even, a lone or a crowded one shows. */
const SIZES = [3, 3, 3, 3, 3, 3, 5, 5, 5, 5, 4, 4, 2, 1, 6, 7, 9];

/** How a cluster is set up: its size, its times and its switches. `nodes`: so many and no others. */
export function drawConfig(random: Random, nodes: number | undefined): RunConfig {
  const drawn = pick(random, SIZES);
  return {
    ...defaultRunConfig,
    nodes: nodes ?? drawn,
    ...drawTimes(random),
    maxEntriesPerAppend: pick(random, [1, 2, 64]),
    maxUncommittedEntries: pick(random, [2, 20, 1_000]),
    ...drawSwitches(random),
    ...drawFlow(random),
    ...drawReads(random),
    ...drawSnapshots(random),
  };
}

function drawTimes(
  random: Random,
): Pick<RunConfig, 'electionTimeoutMs' | 'heartbeatMs' | 'network' | 'disk' | 'client'> {
  const min = whole(random, 100, 300);
  const meanMs = whole(random, 2, 30);
  const diskMs = pick(random, [0, 1, 3, 10, 30]);
  return {
    electionTimeoutMs: { min, max: min + whole(random, 40, min) },
    heartbeatMs: Math.round(min / whole(random, 3, 6)),
    network: {
      latency: { meanMs, spreadMs: whole(random, 0, meanMs) },
      loss: chance(random, 0.3) ? whole(random, 1, 10) / 100 : 0,
      duplication: chance(random, 0.3) ? whole(random, 1, 30) / 100 : 0,
      ...(chance(random, 0.1) && { reordering: drawLateness(random, 100) }),
      ...(chance(random, 0.1) && { replay: drawLateness(random, 1_000) }),
    },
    disk: { meanMs: diskMs, spreadMs: whole(random, 0, diskMs) },
    client: {
      attemptTimeoutMs: whole(random, 80, 400),
      deadlineMs: whole(random, 500, 4_000),
      retryDelayMs: whole(random, 5, 60),
    },
  };
}

function drawSwitches(random: Random): Partial<RunConfig> {
  return {
    ...(chance(random, 0.4) && { preVote: true }),
    ...(chance(random, 0.4) && { checkQuorum: true }),
    ...(chance(random, 0.4) && { leaderStickiness: true }),
    ...(chance(random, 0.3) && { forwarding: true }),
  };
}

function drawFlow(random: Random): Partial<RunConfig> {
  return {
    ...(chance(random, 0.2) && { pipelining: false }),
    ...(chance(random, 0.2) && { maxInflightMessages: pick(random, [1, 2, 5]) }),
    ...(chance(random, 0.1) && { maxInflightBytes: pick(random, [1, 100, 1_000]) }),
    ...(chance(random, 0.1) && { maxBytesPerAppend: pick(random, [1, 100, 1_000]) }),
    ...(chance(random, 0.1) && { maxUncommittedBytes: pick(random, [1, 200, 1_000]) }),
    ...(chance(random, 0.2) && { probeSilent: true }),
    ...(chance(random, 0.2) && { eagerCommit: true }),
  };
}

function drawReads(random: Random): Partial<RunConfig> {
  const durationMs = whole(random, 110, 600);
  const driftPpm = pick(random, [0, 10_000, 100_000, 300_000]);
  return {
    ...(chance(random, 0.5) && { reads: pick(random, ['read-index', 'lease', 'follower', 'log'] as const) }),
    ...(chance(random, 0.3) && { leases: { durationMs, driftPpm } }),
    ...(chance(random, 0.2) && { sessions: { expiryMs: pick(random, [200, 1_000, 10_000]) } }),
  };
}

function drawSnapshots(random: Random): Partial<RunConfig> {
  const everyEntries = whole(random, 1, 20);
  const keepEntries = pick(random, [0, 0, 2, 5]);
  const chunkBytes = pick(random, [32, 200, 65_536]);
  return chance(random, 0.5) ? { snapshot: { everyEntries, keepEntries, chunkBytes } } : {};
}
