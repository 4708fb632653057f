import * as v from 'valibot';
import type { OperationResult } from './command.ts';
import { decodeRecord, encodeRecord } from './record.ts';
import type { SavedSession } from './session.ts';
import type { FrozenStore, SavedStateMachine } from './state-machine.ts';

/** The version of the snapshot's format. One of any other version is not read. */
const VERSION = 1;

/** A slice ends with the key or session that brings it to so many, or its texts to so many UTF-16 code units. */
export const SLICE_ITEMS = 1_000;
export const SLICE_UNITS = 262_144;

const LENGTH_BYTES = 4;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const textOrNone = v.union([v.string(), v.undefined()]);

const headerSchema = v.strictObject({
  lastApplied: count,
  clockUs: v.exactOptional(count),
  keys: count,
  sessions: count,
});

/** Keys and values in turn: so many of them that a schema for each would take longer than all else. */
const pairsSchema = v.strictObject({ pairs: v.custom<readonly string[]>(arePairs) });

function arePairs(value: unknown): boolean {
  return Array.isArray(value) && value.length % 2 === 0 && value.every((text) => typeof text === 'string');
}

const resultSchema: v.GenericSchema<unknown, OperationResult> = v.variant('type', [
  v.strictObject({ type: v.literal('ok'), value: textOrNone }),
  v.strictObject({ type: v.literal('mismatch'), actual: textOrNone }),
  v.strictObject({ type: v.literal('refused'), message: v.string() }),
  v.strictObject({ type: v.literal('expired'), message: v.string() }),
]);

const sessionsSchema: v.GenericSchema<unknown, { readonly sessions: readonly SavedSession[] }> = v.strictObject({
  sessions: v.array(
    v.strictObject({
      client: v.string(),
      opened: v.exactOptional(count),
      lastUsed: count,
      lastUsedUs: v.exactOptional(count),
      firstUnanswered: count,
      results: v.array(v.tuple([count, resultSchema])),
    }),
  ),
});

/**
 * Makes a snapshot's bytes out of a store as it stood at one moment, slice by slice, so that whoever makes it can do other
 * things in between: a head, then the keys and values in their order, then the sessions. Each slice is a record with its
 * own checksum, and its length (four bytes, big-endian) before it. Two equal stores give equal bytes.
 */
export class SnapshotWriter {
  readonly #frozen: FrozenStore;
  readonly #slices: Uint8Array[] = [];
  #bytes = 0;
  #nextKey = 0;
  #nextSession = 0;

  constructor(frozen: FrozenStore) {
    this.#frozen = frozen;
    const { lastApplied, clockUs, keys, sessions } = frozen;
    const clock = clockUs === undefined ? {} : { clockUs };
    this.#add({ lastApplied, ...clock, keys: keys.length, sessions: sessions.length });
  }

  /** The index of the last entry that is in it. */
  get lastApplied(): number {
    return this.#frozen.lastApplied;
  }

  /** Makes the next slice; gives the whole snapshot when it was the last one. */
  step(): Uint8Array | undefined {
    const { keys, sessions } = this.#frozen;
    const room = this.#addKeys(SLICE_ITEMS);
    // What is small is there at once, sessions and all.
    if (this.#nextKey === keys.length && room > 0) this.#addSessions(room);
    return this.#nextKey < keys.length || this.#nextSession < sessions.length ? undefined : this.#joined();
  }

  /** As many keys as there is room for; gives the room that is left. */
  #addKeys(room: number): number {
    const { keys, values } = this.#frozen;
    const pairs: string[] = [];
    let units = 0;
    while (pairs.length < 2 * room && units < SLICE_UNITS) {
      const key = keys[this.#nextKey];
      const value = values[this.#nextKey];
      if (key === undefined || value === undefined) break;
      pairs.push(key, value);
      units += key.length + value.length;
      this.#nextKey += 1;
    }
    if (pairs.length > 0) this.#add({ pairs });
    return units < SLICE_UNITS ? room - pairs.length / 2 : 0;
  }

  #addSessions(room: number): void {
    const taken: SavedSession[] = [];
    let items = 0;
    while (items < room) {
      const session = this.#frozen.sessions[this.#nextSession];
      if (session === undefined) break;
      taken.push(session);
      items += 1 + session.results.length;
      this.#nextSession += 1;
    }
    if (taken.length > 0) this.#add({ sessions: taken });
  }

  #add(slice: unknown): void {
    const record = encodeRecord(slice, VERSION);
    this.#slices.push(record);
    this.#bytes += LENGTH_BYTES + record.length;
  }

  #joined(): Uint8Array {
    const data = new Uint8Array(this.#bytes);
    const view = new DataView(data.buffer);
    let at = 0;
    for (const slice of this.#slices) {
      view.setUint32(at, slice.length);
      data.set(slice, at + LENGTH_BYTES);
      at += LENGTH_BYTES + slice.length;
    }
    return data;
  }
}

/** A store as the snapshot has it; `error` is one clause that says what is wrong with the snapshot. It never throws. */
export function readSnapshot(data: Uint8Array): { readonly saved: SavedStateMachine } | { readonly error: string } {
  const slices = slicesOf(data);
  const [first, ...rest] = slices ?? [];
  if (slices === undefined || first === undefined) return { error: 'it is cut off' };
  const header = decodeRecord(first, headerSchema, [VERSION]);
  if (header.type === 'other-version') {
    return { error: `it has format ${header.version}, which this version of the program does not read` };
  }
  if (header.type === 'damaged') return { error: `its beginning ${header.problem}` };
  const { lastApplied, clockUs, keys, sessions: sessionCount } = header.value;
  const entries: [string, string][] = [];
  const sessions: SavedSession[] = [];
  for (const [position, slice] of rest.entries()) {
    const problem = entries.length < keys ? addPairs(slice, entries) : addSessions(slice, sessions);
    if (problem !== undefined) return { error: `slice ${position + 1} of it ${problem}` };
  }
  if (entries.length !== keys || sessions.length !== sessionCount) {
    return {
      error: `it holds ${entries.length} keys and ${sessions.length} sessions, and should hold ${keys} and ${sessionCount}`,
    };
  }
  return { saved: { lastApplied, ...(clockUs === undefined ? {} : { clockUs }), entries, sessions } };
}

function addPairs(slice: Uint8Array, entries: [string, string][]): string | undefined {
  const decoded = decodeRecord(slice, pairsSchema, [VERSION]);
  if (decoded.type !== 'ok') return decoded.type === 'damaged' ? decoded.problem : 'has another format';
  const { pairs } = decoded.value;
  for (let at = 0; at < pairs.length; at += 2) entries.push([pairs[at] ?? '', pairs[at + 1] ?? '']);
  return undefined;
}

function addSessions(slice: Uint8Array, sessions: SavedSession[]): string | undefined {
  const decoded = decodeRecord(slice, sessionsSchema, [VERSION]);
  if (decoded.type !== 'ok') return decoded.type === 'damaged' ? decoded.problem : 'has another format';
  sessions.push(...decoded.value.sessions);
  return undefined;
}

/** Cut at their lengths; undefined where the last one is not whole. */
function slicesOf(data: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const slices: Uint8Array[] = [];
  for (let at = 0; at < data.length;) {
    if (at + LENGTH_BYTES > data.length) return undefined;
    const from = at + LENGTH_BYTES;
    at = from + view.getUint32(at);
    if (at > data.length) return undefined;
    slices.push(data.subarray(from, at));
  }
  return slices;
}
