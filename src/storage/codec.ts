import * as v from 'valibot';
import { decodeRecord, encodeRecord, type Decoded } from '../kv/record.ts';
import type { Configuration } from '../raft/configuration.ts';
import type { Entry, NodeId } from '../raft/entry.ts';
import type { LogPlace } from '../raft/snapshot.ts';
import { isConfiguration } from '../raft/well-formed.ts';

/** The version of the records' format. A record of any other version is not read. */
const RECORD_VERSION = 1;
/**
 * The version of a term and vote beside which there is a snapshot. A program that knows of none sees that it must not read
 * such a disk; what was written before there were any is read as ever.
 */
const SNAPSHOT_VERSION = 2;

/** Whose disk it is. A disk is never read by any other node, nor by a node of another cluster. */
export interface Identity {
  readonly cluster: string;
  readonly node: NodeId;
}

/** A snapshot, without its bytes: they stand in `parts` records of their own, `bytes` long in all. */
export interface SnapshotRecord extends LogPlace {
  readonly configuration: Configuration;
  readonly bytes: number;
  readonly parts: number;
}

/** A stretch of a snapshot's bytes: so that no record is large. `part` counts from 0. */
export interface SnapshotPart {
  readonly index: number;
  readonly part: number;
  readonly data: Uint8Array;
}

/** What stands beside the log: the term and vote, when they were written, and where the log ends. */
export interface HardState {
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly atUs: number;
  /** The index of the last entry, 0 if there is none: so that a lost end of the log is noticed. */
  readonly lastIndex: number;
  /** What the log begins behind, and the snapshot, where there are any. */
  readonly base?: LogPlace | undefined;
  readonly snapshot?: SnapshotRecord | undefined;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const position = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const name = v.pipe(v.string(), v.nonEmpty());

const identitySchema = v.strictObject({ cluster: v.string(), node: name });

const names = v.pipe(v.array(name), v.readonly());

const configurationSchema = v.strictObject({
  voters: names,
  outgoing: names,
  learners: names,
  leavesByItself: v.boolean(),
});

const memberSchema = v.pipe(configurationSchema, v.check(isConfiguration));
const place = { index: position, term: position };

const hardStateSchema = v.strictObject({
  term: count,
  votedFor: v.union([name, v.undefined()]),
  atUs: v.pipe(v.number(), v.safeInteger(), v.minValue(-1)),
  lastIndex: count,
  base: v.exactOptional(v.strictObject(place)),
  snapshot: v.exactOptional(v.strictObject({ ...place, configuration: memberSchema, bytes: count, parts: position })),
});

const partSchema = v.strictObject({ index: position, part: count, data: v.instance(Uint8Array) });

const entrySchema = v.variant('type', [
  v.strictObject({ type: v.literal('no-op'), index: position, term: count }),
  v.strictObject({
    type: v.literal('configuration'),
    index: position,
    term: count,
    configuration: memberSchema,
  }),
  v.strictObject({ type: v.literal('command'), index: position, term: count, command: v.unknown() }),
]);

export function encodeIdentity(identity: Identity): Uint8Array {
  return encodeRecord(identity, RECORD_VERSION);
}

export function decodeIdentity(record: Uint8Array): Decoded<Identity> {
  return decodeRecord(record, identitySchema, [RECORD_VERSION]);
}

export function encodeHardState(state: HardState): Uint8Array {
  const { base, snapshot, ...always } = state;
  if (base === undefined && snapshot === undefined) return encodeRecord(always, RECORD_VERSION);
  return encodeRecord({ ...always, ...(base && { base }), ...(snapshot && { snapshot }) }, SNAPSHOT_VERSION);
}

export function decodeHardState(record: Uint8Array): Decoded<HardState> {
  return decodeRecord(record, hardStateSchema, [RECORD_VERSION, SNAPSHOT_VERSION]);
}

export function encodeEntry(entry: Entry): Uint8Array {
  return encodeRecord(entry, RECORD_VERSION);
}

export function decodeEntry(record: Uint8Array): Decoded<Entry> {
  return decodeRecord(record, entrySchema, [RECORD_VERSION]);
}

export function encodeSnapshotPart(part: SnapshotPart): Uint8Array {
  return encodeRecord(part, SNAPSHOT_VERSION);
}

export function decodeSnapshotPart(record: Uint8Array): Decoded<SnapshotPart> {
  return decodeRecord(record, partSchema, [SNAPSHOT_VERSION]);
}
