import type { ActorId } from '../timeline/event.ts';
import type { Action } from '../timeline/action.ts';
import type { Envelope } from './ports.ts';

/**
 * One who acts in virtual time: a node's host or a client's. It holds what is due to it and handles it in order, with
 * no clock of its own. Whoever drives it promises that by the time it calls `advance(untilUs)`, every envelope due
 * before `untilUs` has been given to `receive`.
 */
export interface Actor {
  readonly id: ActorId;
  /** When something is next due, microseconds; Infinity if nothing is. */
  nextDueUs(): number;
  receive(envelope: Envelope): void;
  /** An action is done, at a moment before which everything has been handled and at which nothing has. */
  act(atUs: number, action: Action): void;
  /** Handles, in order, all that is due before `untilUs`. A promise where the disk takes real time. */
  advance(untilUs: number): void | Promise<void>;
}

/**
 * The order in which actors stand at one moment: `cluster`, then nodes by number, then clients by number. An id is a
 * letter and a number; see {@link ActorId}.
 */
export function actorRank(id: ActorId): number {
  if (id === 'cluster') return -1;
  const number = Number(id.slice(1));
  return id.startsWith('n') ? number : 1_000_000 + number;
}
