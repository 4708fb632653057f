import { Packr } from 'msgpackr';
import * as v from 'valibot';
import type { Entry, NodeId } from '../raft/entry.ts';
import { isConfiguration } from '../raft/well-formed.ts';
import { crc32 } from './crc32.ts';

/** The version of the records' format. A record of any other version is not read. */
const RECORD_VERSION = 1;

/** Whose disk it is. A disk is never read by any other node, nor by a node of another cluster. */
export interface Identity {
  readonly cluster: string;
  readonly node: NodeId;
}

/** What stands beside the log: the term and vote, when they were written, and where the log ends. */
export interface HardState {
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly atUs: number;
  /** The index of the last entry, 0 if there is none: so that a lost end of the log is noticed. */
  readonly lastIndex: number;
}

/** What became of reading a record. `problem` is a clause that goes on from "the record ...". */
export type Decoded<T> =
  | { readonly type: 'ok'; readonly value: T }
  | { readonly type: 'damaged'; readonly problem: string }
  | { readonly type: 'other-version'; readonly version: number };

const CHECKSUM_BYTES = 4;
const HEADER_BYTES = CHECKSUM_BYTES + 1;

// Records (shared structures) are left alone: each value must be readable by itself.
const packr = new Packr({ useRecords: false });

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const position = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const name = v.pipe(v.string(), v.nonEmpty());

const identitySchema = v.strictObject({ cluster: v.string(), node: name });

const hardStateSchema = v.strictObject({
  term: count,
  votedFor: v.union([name, v.undefined()]),
  atUs: v.pipe(v.number(), v.safeInteger(), v.minValue(-1)),
  lastIndex: count,
});

const names = v.pipe(v.array(name), v.readonly());

const configurationSchema = v.strictObject({
  voters: names,
  outgoing: names,
  learners: names,
  leavesByItself: v.boolean(),
});

const entrySchema = v.variant('type', [
  v.strictObject({ type: v.literal('no-op'), index: position, term: count }),
  v.strictObject({
    type: v.literal('configuration'),
    index: position,
    term: count,
    configuration: v.pipe(configurationSchema, v.check(isConfiguration)),
  }),
  v.strictObject({ type: v.literal('command'), index: position, term: count, command: v.unknown() }),
]);

export function encodeIdentity(identity: Identity): Uint8Array {
  return encodeRecord(identity);
}

export function decodeIdentity(record: Uint8Array): Decoded<Identity> {
  return decodeRecord(record, identitySchema);
}

export function encodeHardState(state: HardState): Uint8Array {
  return encodeRecord(state);
}

export function decodeHardState(record: Uint8Array): Decoded<HardState> {
  return decodeRecord(record, hardStateSchema);
}

export function encodeEntry(entry: Entry): Uint8Array {
  return encodeRecord(entry);
}

export function decodeEntry(record: Uint8Array): Decoded<Entry> {
  return decodeRecord(record, entrySchema);
}

/** Four bytes of checksum (big-endian) over all that follows: one byte of version, then MessagePack. */
function encodeRecord(value: unknown): Uint8Array {
  const payload = packr.pack(value);
  const record = new Uint8Array(HEADER_BYTES + payload.length);
  record[CHECKSUM_BYTES] = RECORD_VERSION;
  record.set(payload, HEADER_BYTES);
  checksumField(record).setUint32(0, crc32(record.subarray(CHECKSUM_BYTES)));
  return record;
}

function decodeRecord<T>(record: Uint8Array, schema: v.GenericSchema<unknown, T>): Decoded<T> {
  if (record.length <= HEADER_BYTES) return { type: 'damaged', problem: `is cut off after ${record.length} bytes` };
  if (checksumField(record).getUint32(0) !== crc32(record.subarray(CHECKSUM_BYTES))) {
    return { type: 'damaged', problem: 'does not match its checksum' };
  }
  const version = record[CHECKSUM_BYTES] ?? 0;
  if (version !== RECORD_VERSION) return { type: 'other-version', version };
  const parsed = v.safeParse(schema, unpack(record.subarray(HEADER_BYTES)));
  return parsed.success
    ? { type: 'ok', value: parsed.output }
    : { type: 'damaged', problem: 'matches its checksum, but does not hold what belongs there' };
}

/** The payload's value; undefined, which no schema allows, where it is not MessagePack. */
function unpack(payload: Uint8Array): unknown {
  try {
    return packr.unpack(payload);
  } catch {
    return undefined;
  }
}

function checksumField(record: Uint8Array): DataView {
  return new DataView(record.buffer, record.byteOffset, CHECKSUM_BYTES);
}
