import type { Effect } from '../raft/effect.ts';
import type { Entry } from '../raft/entry.ts';
import type { LogPlace, Snapshot } from '../raft/snapshot.ts';

type Persist = Extract<Effect, { type: 'persist' }>;

/** How many writes may wait for the disk before they are joined into one. */
export const MAX_WAITING_WRITES = 64;

/** One write to the disk, joined from all `persist` effects up to `sequence`. */
export interface JoinedWrite {
  readonly sequence: number;
  readonly term: number;
  readonly votedFor: string | undefined;
  readonly truncateFrom: number | undefined;
  readonly entries: readonly Entry[];
  readonly snapshot?: Snapshot;
  readonly compactTo?: LogPlace;
}

/** Joins the effects that wait for the disk into one write (group commit): its outcome is that of all, one after the other. */
export function joinPersists(persists: readonly Persist[]): JoinedWrite | undefined {
  const last = persists.at(-1);
  if (last === undefined) return undefined;
  if (persists.length === 1) return last;
  let truncateFrom: number | undefined;
  let entries: Entry[] = [];
  let snapshot: Snapshot | undefined;
  let compactTo: LogPlace | undefined;
  for (const persist of persists) {
    const from = persist.truncateFrom;
    if (from !== undefined) {
      entries = entries.filter((entry) => entry.index < from);
      // A truncation among entries of this same write is done in memory; only one that reaches below them, or that
      // stands alone, has something to remove on the disk.
      if (entries.length === 0) truncateFrom = truncateFrom === undefined ? from : Math.min(truncateFrom, from);
    }
    const behind = persist.compactTo?.index;
    if (behind !== undefined) {
      entries = entries.filter((entry) => entry.index > behind);
      ({ compactTo } = persist);
    }
    snapshot = persist.snapshot ?? snapshot;
    for (const entry of persist.entries) entries.push(entry);
  }
  const { sequence, term, votedFor } = last;
  const joined = { sequence, term, votedFor, truncateFrom, entries };
  return { ...joined, ...(snapshot && { snapshot }), ...(compactTo && { compactTo }) };
}

/** The writes that wait while the disk is busy: one write in the end, and made one early where they would be too many. */
export class WaitingWrites {
  #persists: Persist[] = [];

  /** How many are kept apart, below {@link MAX_WAITING_WRITES}. */
  get size(): number {
    return this.#persists.length;
  }

  add(persist: Persist): void {
    this.#persists.push(persist);
    if (this.#persists.length < MAX_WAITING_WRITES) return;
    const joined = this.takeAll();
    if (joined !== undefined) this.#persists = [{ type: 'persist', ...joined }];
  }

  /** All of them as one write (group commit); undefined where there is none. None waits any longer. */
  takeAll(): JoinedWrite | undefined {
    const joined = joinPersists(this.#persists);
    this.#persists = [];
    return joined;
  }
}
