import { Packr } from 'msgpackr';
import * as v from 'valibot';
import { crc32 } from './crc32.ts';

/** What became of reading a record. `problem` is a clause that goes on from "the record ...". */
export type Decoded<T> =
  | { readonly type: 'ok'; readonly value: T }
  | { readonly type: 'damaged'; readonly problem: string }
  | { readonly type: 'other-version'; readonly version: number };

const CHECKSUM_BYTES = 4;
const HEADER_BYTES = CHECKSUM_BYTES + 1;

/** What is used of it: its own types speak of Node's Buffer, which is unknown here. */
interface Packing {
  pack(value: unknown): Uint8Array;
  unpack(data: Uint8Array): unknown;
}

// Records (shared structures) are left alone: each value must be readable by itself.
const packr: Packing = new Packr({ useRecords: false });

/**
 * Any plain value as bytes that tell when they are damaged: four bytes of checksum (big-endian) over all that follows, one
 * byte of `version`, then MessagePack.
 */
export function encodeRecord(value: unknown, version: number): Uint8Array {
  const payload = packr.pack(value);
  const record = new Uint8Array(HEADER_BYTES + payload.length);
  record[CHECKSUM_BYTES] = version;
  record.set(payload, HEADER_BYTES);
  checksumField(record).setUint32(0, crc32(record.subarray(CHECKSUM_BYTES)));
  return record;
}

/** The value, if the record is whole, of one of those versions, and holds what the schema says. It never throws. */
export function decodeRecord<T>(
  record: Uint8Array,
  schema: v.GenericSchema<unknown, T>,
  versions: readonly number[],
): Decoded<T> {
  if (record.length <= HEADER_BYTES) return { type: 'damaged', problem: `is cut off after ${record.length} bytes` };
  if (checksumField(record).getUint32(0) !== crc32(record.subarray(CHECKSUM_BYTES))) {
    return { type: 'damaged', problem: 'does not match its checksum' };
  }
  const version = record[CHECKSUM_BYTES] ?? 0;
  if (!versions.includes(version)) return { type: 'other-version', version };
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
