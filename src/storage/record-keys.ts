/** Where the records stand in the database. */
export const IDENTITY_KEY = 'identity';
export const HARD_STATE_KEY = 'state';

const ENTRY_PREFIX = 'log/';
/** As many digits as the largest safe integer has, so that the order of keys is the order of indexes. */
const INDEX_DIGITS = 16;
const ENTRY_KEY = new RegExp(`^${ENTRY_PREFIX}(\\d{${INDEX_DIGITS}})$`);

/** Where the log's entry of that index stands. */
export function entryKey(index: number): string {
  return ENTRY_PREFIX + String(index).padStart(INDEX_DIGITS, '0');
}

/** The index that an entry's key stands for; undefined if it is no such key. */
export function indexOfKey(key: string): number | undefined {
  const digits = ENTRY_KEY.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
