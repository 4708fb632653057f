/** Where the records stand in the database. */
export const IDENTITY_KEY = 'identity';
export const HARD_STATE_KEY = 'state';

const ENTRY_PREFIX = 'log/';
/** As many digits as the largest safe integer has, so that the order of keys is the order of indexes. */
const INDEX_DIGITS = 16;
const ENTRY_KEY = new RegExp(`^${ENTRY_PREFIX}(\\d{${INDEX_DIGITS}})$`);

const SNAPSHOT_PREFIX = 'snapshot/';
/** As many as a snapshot may have parts, by far. */
const PART_DIGITS = 6;
const PART_KEY = new RegExp(`^${SNAPSHOT_PREFIX}(\\d{${INDEX_DIGITS}})/(\\d{${PART_DIGITS}})$`);

/** Where that part of the snapshot up to `index` stands. */
export function partKey(index: number, part: number): string {
  const place = String(index).padStart(INDEX_DIGITS, '0');
  return `${SNAPSHOT_PREFIX}${place}/${String(part).padStart(PART_DIGITS, '0')}`;
}

/** Of which snapshot, and which part of it, a key stands for; undefined if it is no such key. */
export function partOfKey(key: string): { readonly index: number; readonly part: number } | undefined {
  const [, index, part] = PART_KEY.exec(key) ?? [];
  return index === undefined ? undefined : { index: Number(index), part: Number(part) };
}

/** Where the log's entry of that index stands. */
export function entryKey(index: number): string {
  return ENTRY_PREFIX + String(index).padStart(INDEX_DIGITS, '0');
}

/** The index that an entry's key stands for; undefined if it is no such key. */
export function indexOfKey(key: string): number | undefined {
  const digits = ENTRY_KEY.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
