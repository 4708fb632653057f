import * as v from 'valibot';
import { sabotageNames } from '../raft/sabotage-name.ts';
import type { Operation } from '../kv/command.ts';
import type { MembershipChange } from '../raft/membership-change.ts';
import type { Action } from './action.ts';
import { MAX_DRIFT_PPM, MAX_JUMP_MS } from './node-clock.ts';
import type { RunConfig } from './run-config.ts';
import { MAX_SEED } from './run.ts';
import { countOf } from './words.ts';

/** The most nodes that a cluster may have. */
export const MAX_NODES = 64;
/** The most clients that a run may have; they are named c1, c2, ... */
export const MAX_CLIENTS = 64;
/** The longest that a link or a disk may take on average, virtual milliseconds. */
export const MAX_DELAY_MS = 60_000;
/** The longest timeout, deadline or heartbeat, virtual milliseconds. */
export const MAX_TIMEOUT_MS = 600_000;
/** The most entries that one append may carry and that a leader may hold uncommitted, and the most appends under way. */
export const MAX_ENTRIES_LIMIT = 100_000;
/** The highest limit that is told in bytes. */
export const MAX_BYTES_LIMIT = 2 ** 30;
/** The most bytes of a snapshot that one message may carry. */
export const MAX_CHUNK_BYTES = 1_048_576;
/** The most writes that a disk may say it has done and has not. */
export const MAX_UNSYNCED = 1_000;
/** The longest name of a request, and the longest reason of a crash, in UTF-16 code units. */
export const MAX_REQUEST_ID_LENGTH = 100;
export const MAX_REASON_LENGTH = 2_000;

// Messages are predicates: the sentence puts the field before them and what it holds after.

const text = v.string('must be a text');
/** The name of a node. */
export const nodeName: v.GenericSchema<string> = v.pipe(text, v.regex(/^n[1-9]\d{0,5}$/, 'must be a node such as n1'));
const node = nodeName;
const client = v.pipe(
  text,
  v.check(
    (name) => /^c[1-9]\d?$/.test(name) && Number(name.slice(1)) <= MAX_CLIENTS,
    `must be a client from c1 to c${MAX_CLIENTS}`,
  ),
);
const shortText = (limit: number) =>
  v.pipe(
    text,
    v.minLength(1, 'must not be empty'),
    v.maxLength(limit, `must have at most ${countOf(limit)} characters`),
  );

function numberWithin(least: number, most: number): v.GenericSchema<unknown, number> {
  const message = `must be a number from ${countOf(least)} to ${countOf(most)}`;
  return v.pipe(v.number(message), v.minValue(least, message), v.maxValue(most, message));
}

export function wholeWithin(least: number, most: number): v.GenericSchema<unknown, number> {
  const message = `must be a whole number from ${countOf(least)} to ${countOf(most)}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}

export const seed: v.GenericSchema<unknown, number> = wholeWithin(0, MAX_SEED);

/** Virtual microseconds. */
export const moment: v.GenericSchema<unknown, number> = wholeWithin(0, Number.MAX_SAFE_INTEGER);

const object = 'must be an object';
const list = 'must be a list';

// A spread may exceed its mean: what would be drawn below the floor is raised to it.
const delay = v.strictObject(
  { meanMs: numberWithin(0, MAX_DELAY_MS), spreadMs: numberWithin(0, MAX_DELAY_MS) },
  object,
);
const probability = numberWithin(0, 1);
const lateness = v.exactOptional(v.strictObject({ chance: probability, delay }, object));
const quality = { latency: delay, loss: probability, duplication: probability, reordering: lateness, replay: lateness };
const someQuality = v.strictObject(
  {
    latency: v.exactOptional(delay),
    loss: v.exactOptional(probability),
    duplication: v.exactOptional(probability),
    reordering: lateness,
    replay: lateness,
  },
  object,
);

const yesOrNo = v.boolean('must be true or false');
const timeout = numberWithin(1, MAX_TIMEOUT_MS);

const readMode = v.picklist(
  ['log', 'read-index', 'lease', 'follower', 'stale'],
  'must be log, read-index, lease, follower or stale',
);

const sabotage = v.picklist(sabotageNames, `must be one of the sabotages ${sabotageNames.join(', ')}`);

/** The fields of a configuration, each with its own schema. */
export const configFields = {
  nodes: wholeWithin(1, MAX_NODES),
  electionTimeoutMs: v.pipe(
    v.strictObject({ min: timeout, max: timeout }, object),
    v.check(({ min, max }) => min <= max, 'must have a min of at most its max'),
  ),
  heartbeatMs: timeout,
  network: v.strictObject(quality, object),
  disk: delay,
  maxEntriesPerAppend: wholeWithin(1, MAX_ENTRIES_LIMIT),
  maxUncommittedEntries: wholeWithin(1, MAX_ENTRIES_LIMIT),
  preVote: v.exactOptional(yesOrNo),
  checkQuorum: v.exactOptional(yesOrNo),
  leaderStickiness: v.exactOptional(yesOrNo),
  pipelining: v.exactOptional(yesOrNo),
  maxInflightMessages: v.exactOptional(wholeWithin(1, MAX_ENTRIES_LIMIT)),
  maxInflightBytes: v.exactOptional(wholeWithin(1, MAX_BYTES_LIMIT)),
  maxBytesPerAppend: v.exactOptional(wholeWithin(1, MAX_BYTES_LIMIT)),
  maxUncommittedBytes: v.exactOptional(wholeWithin(1, MAX_BYTES_LIMIT)),
  probeSilent: v.exactOptional(yesOrNo),
  eagerCommit: v.exactOptional(yesOrNo),
  forwarding: v.exactOptional(yesOrNo),
  snapshot: v.exactOptional(
    v.strictObject(
      {
        everyEntries: v.exactOptional(wholeWithin(1, MAX_ENTRIES_LIMIT)),
        everyBytes: v.exactOptional(wholeWithin(1, MAX_BYTES_LIMIT)),
        keepEntries: wholeWithin(0, MAX_ENTRIES_LIMIT),
        chunkBytes: v.exactOptional(wholeWithin(1, MAX_CHUNK_BYTES)),
      },
      object,
    ),
  ),
  reads: v.exactOptional(readMode),
  leases: v.exactOptional(v.strictObject({ durationMs: timeout, driftPpm: wholeWithin(0, MAX_DRIFT_PPM) }, object)),
  sessions: v.exactOptional(v.strictObject({ expiryMs: timeout }, object)),
  sabotages: v.exactOptional(
    v.pipe(
      v.array(sabotage, list),
      v.check((names) => new Set(names).size === names.length, 'must have each sabotage once'),
    ),
  ),
  client: v.strictObject({ attemptTimeoutMs: timeout, deadlineMs: timeout, retryDelayMs: timeout }, object),
};

/** A whole configuration. */
export const configSchema: v.GenericSchema<unknown, RunConfig> = v.pipe(
  v.strictObject(configFields, object),
  v.check(
    ({ leases, heartbeatMs }) => leases === undefined || leases.durationMs > heartbeatMs,
    'must have leases.durationMs above heartbeatMs, or no leader could renew its lease',
  ),
);

const links = v.array(v.strictObject({ from: node, to: node }, object), list);
const nodes = v.array(node, list);
const key = { key: text };

const notBefore = v.union(
  [v.literal('seen'), wholeWithin(0, Number.MAX_SAFE_INTEGER)],
  'must be "seen" or the index of an entry',
);

export const membershipChangeSchema: v.GenericSchema<unknown, MembershipChange> = v.variant(
  'type',
  [
    v.strictObject({ type: v.picklist(['add-learner', 'add-voter', 'promote', 'demote', 'remove']), node }, object),
    v.strictObject({ type: v.literal('set-voters'), voters: nodes, leavesByItself: yesOrNo }, object),
    v.strictObject({ type: v.literal('leave-joint') }, object),
  ],
  'must be add-learner, add-voter, promote, demote, remove, set-voters or leave-joint',
);

export const operationSchema: v.GenericSchema<unknown, Operation> = v.variant(
  'type',
  [
    v.strictObject(
      {
        type: v.literal('get'),
        ...key,
        mode: v.exactOptional(readMode),
        node: v.exactOptional(node),
        notBefore: v.exactOptional(notBefore),
      },
      object,
    ),
    v.strictObject({ type: v.literal('set'), ...key, value: text }, object),
    v.strictObject({ type: v.literal('delete'), ...key }, object),
    v.strictObject({ type: v.literal('append'), ...key, value: text }, object),
    v.pipe(
      v.strictObject({ type: v.literal('compare-and-set'), ...key, expected: v.optional(text), value: text }, object),
      v.transform((one) => ({ ...one, expected: one.expected })),
    ),
  ],
  'must be get, set, delete, append or compare-and-set',
);

const entryIndex = wholeWithin(1, Number.MAX_SAFE_INTEGER);

const damage = v.variant(
  'type',
  [
    v.strictObject(
      {
        type: v.literal('flip-byte'),
        record: v.picklist(['entry', 'state', 'snapshot', 'identity'], 'must be entry, state, snapshot or identity'),
        index: v.exactOptional(entryIndex),
      },
      object,
    ),
    v.strictObject({ type: v.literal('lose-entries'), from: entryIndex, to: entryIndex }, object),
    v.strictObject({ type: v.literal('torn-write') }, object),
  ],
  'must be flip-byte, lose-entries or torn-write',
);

/** Nodes may stand in several groups, so there is no other bound. */
const groups = v.pipe(v.array(nodes, list), v.maxLength(MAX_NODES, `must have at most ${MAX_NODES} groups`));

/**
 * An action in its shape and its numbers; whether its nodes exist is for who knows the cluster. JSON leaves out what is
 * undefined, so `links` and `nodes` may be missing where they mean all.
 */
export const actionSchema: v.GenericSchema<unknown, Action> = v.variant(
  'type',
  [
    v.strictObject({ type: v.picklist(['kill', 'revive', 'restart', 'pause', 'resume']), node }, object),
    v.strictObject({ type: v.picklist(['time-out-now', 'isolate', 'snapshot']), node }, object),
    v.strictObject({ type: v.literal('transfer'), from: node, to: node }, object),
    v.strictObject({ type: v.literal('start-node'), node }, object),
    v.strictObject({ type: v.literal('change-membership'), from: node, change: membershipChangeSchema }, object),
    v.strictObject({ type: v.literal('cut'), links }, object),
    v.pipe(
      v.strictObject({ type: v.literal('heal'), links: v.optional(links) }, object),
      v.transform((action) => ({ ...action, links: action.links })),
    ),
    v.strictObject({ type: v.literal('split'), groups }, object),
    v.pipe(
      v.strictObject({ type: v.literal('set-links'), links: v.optional(links), quality: someQuality }, object),
      v.transform((action) => ({ ...action, links: action.links })),
    ),
    v.strictObject({ type: v.literal('clog'), links, forMs: numberWithin(0, MAX_DELAY_MS) }, object),
    v.strictObject(
      { type: v.literal('flap'), links, downMs: numberWithin(0, MAX_DELAY_MS), upMs: numberWithin(1, MAX_DELAY_MS) },
      object,
    ),
    v.pipe(
      v.strictObject(
        {
          type: v.literal('set-disk'),
          nodes: v.optional(nodes),
          latency: v.exactOptional(delay),
          writes: v.exactOptional(v.picklist(['kept', 'fail-next', 'full'], 'must be kept, fail-next or full')),
          unsynced: v.exactOptional(wholeWithin(0, MAX_UNSYNCED)),
        },
        object,
      ),
      v.transform((action) => ({ ...action, nodes: action.nodes })),
    ),
    v.strictObject({ type: v.literal('damage-disk'), node, damage }, object),
    v.strictObject({ type: v.literal('swap-disks'), node, with: node }, object),
    v.strictObject({ type: v.literal('copy-disk'), node }, object),
    v.strictObject({ type: v.literal('restore-copy'), node }, object),
    v.pipe(
      v.strictObject({ type: v.literal('set-handling'), nodes: v.optional(nodes), delay }, object),
      v.transform((action) => ({ ...action, nodes: action.nodes })),
    ),
    v.pipe(
      v.strictObject(
        {
          type: v.literal('set-clock'),
          nodes: v.optional(nodes),
          driftPpm: wholeWithin(-MAX_DRIFT_PPM, MAX_DRIFT_PPM),
        },
        object,
      ),
      v.transform((action) => ({ ...action, nodes: action.nodes })),
    ),
    v.pipe(
      v.strictObject(
        { type: v.literal('jump-clock'), nodes: v.optional(nodes), byMs: numberWithin(0.001, MAX_JUMP_MS) },
        object,
      ),
      v.transform((action) => ({ ...action, nodes: action.nodes })),
    ),
    v.strictObject(
      { type: v.literal('request'), client, requestId: shortText(MAX_REQUEST_ID_LENGTH), operation: operationSchema },
      object,
    ),
    v.strictObject({ type: v.literal('power-failure'), nodes, clients: yesOrNo }, object),
    v.strictObject({ type: v.literal('power-return'), nodes }, object),
    v.strictObject({ type: v.literal('crash'), node, reason: shortText(MAX_REASON_LENGTH) }, object),
  ],
  'must be the name of an action, such as kill or split',
);
