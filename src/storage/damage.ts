import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { DiskDamage } from '../host/ports.ts';
import { decodeHardState, encodeEntry } from './codec.ts';
import { entryKey, HARD_STATE_KEY, IDENTITY_KEY, indexOfKey, partOfKey } from './record-keys.ts';

/** A record that is written or removed. */
export type RecordOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string };

type Records = ReadonlyMap<string, Uint8Array>;

/** What is to be done to a disk's records so that they are damaged so. Nothing where there is no such record. */
export function damageOperations(records: Records, damage: DiskDamage): RecordOperation[] {
  switch (damage.type) {
    case 'flip-byte':
      return flipped(records, keyOf(records, damage));
    case 'lose-entries':
      return [...records.keys()]
        .filter((key) => isWithin(indexOfKey(key), damage.from, damage.to))
        .map((key) => ({ type: 'del', key }));
    case 'torn-write':
      return torn(records);
    default:
      return assertUnreachable(damage);
  }
}

function isWithin(index: number | undefined, from: number, to: number): boolean {
  return index !== undefined && index >= from && index <= to;
}

function keyOf(
  records: Records,
  { record, index }: Extract<DiskDamage, { readonly type: 'flip-byte' }>,
): string | undefined {
  switch (record) {
    case 'identity':
      return IDENTITY_KEY;
    case 'state':
      return HARD_STATE_KEY;
    case 'entry':
      return index === undefined ? lastKey(records, indexOfKey) : entryKey(index);
    case 'snapshot':
      return lastKey(records, partOfKey);
    default:
      return assertUnreachable(record);
  }
}

/** The last of the keys that stand for something. They are in order. */
function lastKey(records: Records, meaning: (key: string) => unknown): string | undefined {
  return [...records.keys()]
    .filter((key) => meaning(key) !== undefined)
    .sort()
    .at(-1);
}

/** One bit in the middle is not what it was. */
function flipped(records: Records, key: string | undefined): RecordOperation[] {
  const record = key === undefined ? undefined : records.get(key);
  if (key === undefined || record === undefined) return [];
  const value = Uint8Array.from(record);
  const middle = Math.floor(value.length / 2);
  value[middle] = (value[middle] ?? 0) ^ 1;
  return [{ type: 'put', key, value }];
}

/** The first half of an entry behind the log's end: as far as a write had got when the power failed. */
function torn(records: Records): RecordOperation[] {
  const record = records.get(HARD_STATE_KEY);
  const state = record && decodeHardState(record);
  if (state?.type !== 'ok') return [];
  const { term, lastIndex } = state.value;
  const whole = encodeEntry({ type: 'no-op', index: lastIndex + 1, term });
  return [{ type: 'put', key: entryKey(lastIndex + 1), value: whole.slice(0, Math.floor(whole.length / 2)) }];
}
