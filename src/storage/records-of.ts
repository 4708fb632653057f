import type { Recovered } from '../host/ports.ts';
import { encodeEntry, encodeHardState, encodeIdentity, type Identity } from './codec.ts';
import { entryKey, HARD_STATE_KEY, IDENTITY_KEY } from './record-keys.ts';
import { partsOf } from './snapshot-parts.ts';

/** The records of a disk that holds that. */
export function recordsOf(identity: Identity, held: Recovered): ReadonlyMap<string, Uint8Array> {
  const { term, votedFor, atUs, base, entries } = held;
  const snapshot = held.snapshot && partsOf(held.snapshot);
  const lastIndex = (base?.index ?? 0) + entries.length;
  const state = encodeHardState({ term, votedFor, atUs, lastIndex, base, snapshot: snapshot?.record });
  return new Map([
    [IDENTITY_KEY, encodeIdentity(identity)],
    ...entries.map((entry) => [entryKey(entry.index), encodeEntry(entry)] as const),
    ...(snapshot?.puts ?? []).map(({ key, value }) => [key, value] as const),
    [HARD_STATE_KEY, state],
  ]);
}
