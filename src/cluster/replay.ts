import type { Action } from '../timeline/action.ts';
import type { ActionMark, RecordedAction, Recording, SavedRun } from './run-journal.ts';

/** A recorded run that is being played again: which of its actions are to come. */
export class Replay {
  readonly recording: Recording;
  #next: number;

  /** `next`: how many of its actions have been done already. */
  constructor(recording: Recording, next = 0) {
    this.recording = recording;
    this.#next = next;
  }

  /** What a page that went away was playing again; undefined if nothing. */
  static goingOn({ recording, marks }: SavedRun): Replay | undefined {
    if (recording === undefined) return undefined;
    let done = 0;
    for (const { replays } of marks.values()) done = Math.max(done, (replays ?? -1) + 1);
    return new Replay(recording, done);
  }

  get actionsLeft(): number {
    return this.recording.actions.length - this.#next;
  }

  /** When the next of its actions is to be done; Infinity if none is. */
  get nextUs(): number {
    return this.recording.actions[this.#next]?.atUs ?? Infinity;
  }

  isOver(nowUs: number): boolean {
    return this.actionsLeft <= 0 && nowUs >= this.recording.untilUs;
  }

  /** The next action, if it is due at that moment, and the mark under which it comes into the run. */
  takeDue(nowUs: number): { readonly action: Action; readonly mark: ActionMark } | undefined {
    const next: RecordedAction | undefined = this.recording.actions[this.#next];
    if (next === undefined || next.atUs > nowUs) return undefined;
    const undoes = next.mark?.undoes;
    const mark = { replays: this.#next, ...(undoes === undefined ? {} : { undoes }) };
    this.#next += 1;
    return { action: next.action, mark };
  }
}
