import type { ActionMark, RecordedAction, RunBeginning, RunJournal } from '../../src/cluster/run-journal.ts';
import type { TimedAction } from '../../src/timeline/action.ts';

/** A journal that outlives its page. It keeps no clock but the last action's moment. */
export class MemoryJournal implements RunJournal {
  readonly actions: RecordedAction[] = [];
  #beginning: RunBeginning | undefined;

  load(): ReturnType<RunJournal['load']> {
    const beginning = this.#beginning;
    if (beginning === undefined) return Promise.resolve({ saved: undefined, problem: undefined });
    const actions = this.actions.map(({ atUs, action }): TimedAction => ({ atUs, action }));
    const run = { ...beginning.run, actions, untilUs: actions.at(-1)?.atUs ?? 0 };
    const marks = new Map<number, ActionMark>();
    for (const [place, { mark }] of this.actions.entries()) if (mark !== undefined) marks.set(place, mark);
    return Promise.resolve({ saved: { ...beginning, run, marks }, problem: undefined });
  }

  begin(beginning: RunBeginning): Promise<void> {
    this.#beginning = beginning;
    this.actions.splice(0, Infinity, ...(beginning.actions ?? []));
    return Promise.resolve();
  }

  write(position: number, actions: readonly RecordedAction[]): Promise<void> {
    this.actions.splice(position, actions.length, ...actions);
    return Promise.resolve();
  }

  forgetRecording(): Promise<void> {
    if (this.#beginning !== undefined) this.#beginning = { ...this.#beginning, recording: undefined };
    return Promise.resolve();
  }

  reached(): void {
    // The moment of the last action is all that is asked of it.
  }
}
