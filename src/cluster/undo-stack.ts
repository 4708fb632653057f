import type { Action, TimedAction } from '../timeline/action.ts';
import { inverseOf } from '../timeline/availability.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { changeWorld, initialWorld, type World } from '../timeline/world.ts';

/** The most actions that undo remembers. */
export const MAX_UNDO = 200;

/** An action that can be undone. */
export interface Undoable {
  readonly atUs: number;
  readonly action: Action;
  /** What heals it; empty where only going back undoes it. */
  readonly inverse: readonly Action[];
  /** Its place among the run's actions. */
  readonly position: number;
}

/**
 * What can be undone, the last action first. It follows from the run's actions alone, told in their order, so it is the same
 * after a reload as before.
 */
export class UndoStack {
  #world: World;
  #undoables: Undoable[] = [];

  constructor(config: RunConfig) {
    this.#world = initialWorld(config);
  }

  /** What would be undone next. */
  get top(): Action | undefined {
    return this.#undoables.at(-1)?.action;
  }

  /** The run has an action more. `undoes` is the place of the action that it undid, where it was undo that did it. */
  record({ atUs, action }: TimedAction, position: number, undoes?: number): void {
    const before = this.#world;
    this.#world = changeWorld(before, action, atUs);
    if (undoes !== undefined) {
      this.#undoables = this.#undoables.filter((undoable) => undoable.position < undoes);
      return;
    }
    if (!isUndoable(action, this.#world !== before)) return;
    this.#undoables.push({ atUs, action, inverse: inverseOf(before, action, atUs), position });
    if (this.#undoables.length > MAX_UNDO) this.#undoables.shift();
  }

  pop(): Undoable | undefined {
    return this.#undoables.pop();
  }

  /** What was taken last could not be undone yet. */
  putBack(undoable: Undoable): void {
    this.#undoables.push(undoable);
  }
}

/** What the real machine does to a node is nobody's to undo; a request is undone by another. */
function isUndoable(action: Action, changed: boolean): boolean {
  switch (action.type) {
    case 'request':
    case 'crash':
    case 'power-failure':
    case 'power-return':
      return false;
    case 'time-out-now':
    case 'transfer':
    case 'snapshot':
    case 'change-membership':
      return true;
    default:
      return changed;
  }
}
