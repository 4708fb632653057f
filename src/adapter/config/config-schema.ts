import * as v from 'valibot';
import { configFields, wholeWithin } from '../../timeline/run-schema.ts';
import { countOf } from '../../timeline/words.ts';
import { placesSchema } from './places-schema.ts';

/** The longest name of a cluster, token, path or origin, in UTF-16 code units. */
const MAX_TEXT = 1_024;
/** The shortest token: fewer characters can be guessed. */
const MIN_TOKEN = 16;

// Messages are predicates: the sentence puts the field before them and what it holds after.
const object = 'must be an object';
const text = v.pipe(
  v.string('must be a text'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(MAX_TEXT, `must have at most ${countOf(MAX_TEXT)} characters`),
);
const nodeId = v.pipe(v.string('must be a text'), v.regex(/^n[1-9]\d{0,5}$/, 'must be a node such as n1'));

/** Addresses alone stand for both. */
const nodePlace = v.pipe(
  v.unknown(),
  v.transform((place) => (typeof place === 'string' || Array.isArray(place) ? { address: place } : place)),
  v.strictObject({ address: placesSchema, listen: v.exactOptional(placesSchema) }, object),
  v.transform(({ address, listen = address }) => ({ addresses: address, listens: listen })),
);

/** A token as it may be set: long enough, and with nothing that a header could not carry. */
const tokenSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string('must be a text'),
  v.minLength(MIN_TOKEN, `must have at least ${MIN_TOKEN} characters`),
  v.maxLength(MAX_TEXT, `must have at most ${countOf(MAX_TEXT)} characters`),
  v.regex(/^[\x21-\x7e]+$/, 'must have printable ASCII characters only, and no space'),
);

const raft = {
  electionTimeoutMs: v.exactOptional(configFields.electionTimeoutMs),
  heartbeatMs: v.exactOptional(configFields.heartbeatMs),
  maxEntriesPerAppend: v.exactOptional(configFields.maxEntriesPerAppend),
  maxUncommittedEntries: v.exactOptional(configFields.maxUncommittedEntries),
  preVote: configFields.preVote,
  checkQuorum: configFields.checkQuorum,
  leaderStickiness: configFields.leaderStickiness,
  pipelining: configFields.pipelining,
  maxInflightMessages: configFields.maxInflightMessages,
  maxInflightBytes: configFields.maxInflightBytes,
  maxBytesPerAppend: configFields.maxBytesPerAppend,
  maxUncommittedBytes: configFields.maxUncommittedBytes,
  probeSilent: configFields.probeSilent,
  eagerCommit: configFields.eagerCommit,
  snapshot: configFields.snapshot,
  reads: configFields.reads,
  leases: configFields.leases,
  client: v.exactOptional(configFields.client),
};

/** The names of the fields that say how the protocol goes. */
export const raftFieldNames: ReadonlySet<string> = new Set(Object.keys(raft));

/** cluster.yml, as it stands there. What is left out is filled in later. */
export const clusterSchema = v.strictObject(
  {
    cluster: v.exactOptional(text),
    nodes: v.pipe(
      v.record(nodeId, nodePlace, object),
      v.check((nodes) => Object.keys(nodes).length > 0, 'must have at least one node'),
    ),
    members: v.exactOptional(v.array(nodeId, 'must be a list')),
    data: v.exactOptional(text),
    token: v.exactOptional(tokenSchema),
    tls: v.exactOptional(v.strictObject({ cert: text, key: text, ca: text }, object)),
    origins: v.exactOptional(v.array(text, 'must be a list')),
    limits: v.exactOptional(
      v.strictObject(
        {
          bodyBytes: v.exactOptional(wholeWithin(1_024, 2 ** 30)),
          connections: v.exactOptional(wholeWithin(1, 100_000)),
          requestMs: v.exactOptional(wholeWithin(100, 600_000)),
          waiting: v.exactOptional(wholeWithin(1, 1_000_000)),
        },
        object,
      ),
    ),
    faults: v.exactOptional(v.boolean('must be true or false')),
    ...raft,
  },
  object,
);

export type ClusterFile = v.InferOutput<typeof clusterSchema>;
