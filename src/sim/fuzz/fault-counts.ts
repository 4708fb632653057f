import type { Action } from '../../timeline/action.ts';
import type { EventBody } from '../../timeline/event.ts';

/** How many faults and other incidents of each kind there were. */
export type FaultCounts = Record<string, number>;

/** What is no fault but the end of one, or is counted by what comes of it. */
const uncounted: ReadonlySet<Action['type']> = new Set([
  'request',
  'heal',
  'revive',
  'resume',
  'power-return',
  'start-node',
  'transfer',
  'change-membership',
  'snapshot',
]);

/** What comes of things that a node may well refuse to do. */
const incidents: Readonly<Partial<Record<EventBody['type'], string>>> = {
  'became-leader': 'leaders elected',
  'transfer-started': 'transfers begun',
  'configuration-changed': 'configurations taken on',
  'snapshot-taken': 'snapshots taken',
  'snapshot-installed': 'snapshots installed',
  'entries-truncated': 'logs cut back',
};

/** Adds to the first counts what the others have. */
export function addCounts(counts: FaultCounts, others: Readonly<FaultCounts>): void {
  for (const [name, count] of Object.entries(others)) add(counts, name, count);
}

/** Counts an action that was done. `changed`: whether it changed anything around the nodes. */
export function countAction(counts: FaultCounts, { type }: Action, changed: boolean): void {
  if (!uncounted.has(type) && (changed || type === 'time-out-now')) add(counts, type, 1);
}

/** Counts what came of it, and what links did to messages. */
export function countEvent(counts: FaultCounts, event: EventBody): void {
  if (event.type === 'message-sent') {
    if (event.fate === 'lost') add(counts, 'messages lost', 1);
    if (event.fate === 'cut') add(counts, 'messages cut off', 1);
    if (event.copy) add(counts, 'messages doubled', 1);
    return;
  }
  if (event.type === 'request-ended') return add(counts, `requests ${event.fate.type}`, 1);
  const name = incidents[event.type];
  if (name !== undefined) add(counts, name, 1);
}

/** A history whose search was given up: nothing is known of it. */
export function countUndecided(counts: FaultCounts): void {
  add(counts, 'histories given up', 1);
}

function add(counts: FaultCounts, name: string, count: number): void {
  counts[name] = (counts[name] ?? 0) + count;
}
