import { leasesToSee, sessionsToSee, snapshotsToSee, type RunConfig } from '../timeline/run-config.ts';

/** What a new cluster can be started with, by the word that the command line has for it. */
export const resetSwitches: Readonly<
  Record<string, { readonly config: Partial<RunConfig>; readonly meaning: string } | undefined>
> = {
  'pre-vote': { config: { preVote: true }, meaning: 'ask before standing' },
  'check-quorum': { config: { checkQuorum: true }, meaning: 'a leader nobody hears steps down' },
  stickiness: { config: { leaderStickiness: true }, meaning: 'whoever hears a leader elects no other' },
  'no-pipelining': { config: { pipelining: false }, meaning: 'each append waits for its answer' },
  'probe-silent': { config: { probeSilent: true }, meaning: 'who does not answer gets one append at a time' },
  'eager-commit': { config: { eagerCommit: true }, meaning: 'followers hear of a commit at once' },
  snapshots: { config: { snapshot: snapshotsToSee }, meaning: 'every 20 entries the log is compacted' },
  leases: { config: { leases: leasesToSee, reads: 'lease' }, meaning: 'leaders hold leases and read under them' },
  sessions: { config: { sessions: sessionsToSee }, meaning: 'clients’ sessions expire after 10 idle seconds' },
  forwarding: { config: { forwarding: true }, meaning: 'followers hand requests on to the leader' },
};

/** The limits of replication that take a number, by the word that the command line has for them. */
export const resetLimits: Readonly<Record<string, { readonly name: LimitName; readonly meaning: string } | undefined>> =
  {
    window: { name: 'maxInflightMessages', meaning: 'the most appends under way to a follower' },
    'window-bytes': { name: 'maxInflightBytes', meaning: 'the most bytes under way to a follower' },
    'append-bytes': { name: 'maxBytesPerAppend', meaning: 'the most bytes in one append' },
    'uncommitted-bytes': { name: 'maxUncommittedBytes', meaning: 'the most bytes that a leader holds uncommitted' },
  };

type LimitName = 'maxInflightMessages' | 'maxInflightBytes' | 'maxBytesPerAppend' | 'maxUncommittedBytes';

/** All names that take a number: the size and the seed as well. */
export const resetNumbers: readonly string[] = ['nodes', 'seed', ...Object.keys(resetLimits)];
