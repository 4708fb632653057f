import type { Delay, LinkQuality } from '../../timeline/action.ts';
import { changedQuality, notLate, sameQuality } from '../../timeline/link-quality.ts';
import { defaultRunConfig, type RunConfig } from '../../timeline/run-config.ts';

/** What may be left out of a configuration, one at a time. Sabotage stays: it is what the run is about. */
const OPTIONAL = [
  'preVote',
  'checkQuorum',
  'leaderStickiness',
  'pipelining',
  'maxInflightMessages',
  'maxInflightBytes',
  'maxBytesPerAppend',
  'maxUncommittedBytes',
  'probeSilent',
  'eagerCommit',
  'forwarding',
  'snapshot',
  'reads',
  'leases',
  'sessions',
] as const satisfies readonly (keyof RunConfig)[];

/** Simpler configurations, the simplest first. `keepTimes`: with the same timeouts, for a run that is about time. */
export function simplerConfigs(config: RunConfig, keepTimes: boolean): RunConfig[] {
  const { nodes, sabotages } = config;
  const bare: RunConfig = { ...defaultRunConfig, nodes, ...(sabotages === undefined ? {} : { sabotages }) };
  const { electionTimeoutMs, heartbeatMs, client } = bare;
  const simpler: RunConfig[] = [
    ...(keepTimes ? [] : [bare]),
    ...OPTIONAL.filter((name) => config[name] !== undefined).map((name) => {
      const { [name]: _left, ...rest } = config;
      return rest;
    }),
    ...(keepTimes
      ? []
      : [
          { ...config, electionTimeoutMs, heartbeatMs },
          { ...config, client },
        ]),
    ...simplerNetworks(config.network).map((network) => ({ ...config, network })),
    ...(sameDelay(config.disk, bare.disk)
      ? []
      : [bare.disk, { meanMs: 0, spreadMs: 0 }].map((disk) => ({ ...config, disk }))),
    { ...config, maxEntriesPerAppend: bare.maxEntriesPerAppend, maxUncommittedEntries: bare.maxUncommittedEntries },
  ];
  const present = JSON.stringify(config);
  return simpler.filter((other) => JSON.stringify(other) !== present && isSound(other));
}

/** The default is the simplest: nothing comes after it, or one would go round in circles. */
function simplerNetworks(network: LinkQuality): LinkQuality[] {
  const { latency, loss, duplication } = defaultRunConfig.network;
  const { latency: own } = network;
  const isPlain = sameQuality(network, defaultRunConfig.network);
  if (isPlain) return [];
  const simpler: LinkQuality[] = [
    { latency, loss, duplication },
    { latency: { ...own, spreadMs: 0 }, loss, duplication },
    { ...network, loss },
    { ...network, duplication },
    { ...network, reordering: notLate },
    { ...network, replay: notLate },
  ];
  return simpler.map((quality) => changedQuality(quality));
}

function sameDelay(one: Delay, other: Delay): boolean {
  return one.meanMs === other.meanMs && one.spreadMs === other.spreadMs;
}

/** A lease has to be longer than a heartbeat. */
function isSound({ leases, heartbeatMs }: RunConfig): boolean {
  return leases === undefined || leases.durationMs > heartbeatMs;
}
