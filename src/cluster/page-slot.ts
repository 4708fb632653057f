import { holdLock } from './page-lock.ts';

/** How long a page that was reloaded waits for its own former self to let go of its slot, in real milliseconds. */
const PATIENCE_MS = 2_000;
const SLOT_KEY = 'whitewater/slot';
/** The most playgrounds of one origin that are open at once and each keep their own cluster. */
const MAX_SLOTS = 100;

/**
 * Each open page has a slot of its own, in which its cluster is kept: two tabs do not write to one database. A tab that is
 * reloaded gets its own slot back, a new one the first that is free.
 */
export async function takeSlot(): Promise<string> {
  const own = sessionStorage.getItem(SLOT_KEY);
  if (own !== null && (await holdLock(lockOf(own), { signal: AbortSignal.timeout(PATIENCE_MS) }))) return own;
  for (let number = 1; number <= MAX_SLOTS; number += 1) {
    const slot = `slot-${number}`;
    if (!(await holdLock(lockOf(slot), { ifAvailable: true }))) continue;
    sessionStorage.setItem(SLOT_KEY, slot);
    return slot;
  }
  throw new Error(`There are ${MAX_SLOTS} playgrounds open already: close one of them.`);
}

function lockOf(slot: string): string {
  return `whitewater/${slot}`;
}
