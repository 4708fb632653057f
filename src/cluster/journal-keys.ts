/** Where the records of a journal stand: how the run begins. */
export const RUN_KEY = 'run';
/** What the run is to play again. */
export const RECORDING_KEY = 'recording';
/** Before the place of each action. */
export const ACTION_PREFIX = 'action/';

/** Where the action at that place of the run stands. Keys sort as numbers do. */
export function keyOf(position: number): string {
  return `${ACTION_PREFIX}${String(position).padStart(8, '0')}`;
}
