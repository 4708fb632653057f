import type { Action, TimedAction } from '../timeline/action.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import type { World } from '../timeline/world.ts';

/** What became of a stretch of time or of an action. */
export interface Progress {
  /** In timeline order. */
  readonly events: readonly TimelineEvent[];
  /**
   * Actions to be written into the run. Of `act`: what was really done (a node whose disk is unreadable is not revived
   * but crashes). Of `advance`: nodes that the real machine failed.
   */
  readonly performed: readonly TimedAction[];
}

/**
 * A cluster that stands still until it is told how far to go. Calls must not overlap. Workers and the simulator are two
 * engines; given the same seed, config and actions they give the same events.
 */
export interface Engine {
  /** Virtual microseconds: everything before this moment has happened, nothing at it. */
  readonly nowUs: number;
  readonly world: World;
  /** Starts the nodes that are up. Call it once, first. */
  start(): Promise<Progress>;
  /** When anything is next due; Infinity if nothing is. */
  nextDueUs(): number;
  /**
   * Handles all that is due before `untilUs`, which is then the present moment. Where the real machine failed a node on the
   * way it goes no further, so that this is written down before time goes on: ask again.
   */
  advance(untilUs: number): Promise<Progress>;
  /** Does an action at the present moment. It must be possible. */
  act(action: Action): Promise<Progress>;
  dispose(): Promise<void>;
}
