import type { TimedAction } from '../timeline/action.ts';
import type { Run } from '../timeline/run.ts';

/** How an action came into the run, where it was neither by hand nor by the real machine. */
export interface ActionMark {
  /** Undo did it: the place of the action that it undid. */
  readonly undoes?: number;
  /** It was recorded in the run that is being replayed: its place among that run's actions. */
  readonly replays?: number;
}

/** An action with what a run file does not say of it. */
export interface RecordedAction extends TimedAction {
  readonly mark?: ActionMark;
}

/** A run that is to be played again: its actions, and until when. */
export interface Recording {
  readonly untilUs: number;
  readonly actions: readonly RecordedAction[];
}

/** A run that begins, under the name of its databases. */
export interface RunBeginning {
  readonly cluster: string;
  readonly run: Run;
  /** What it is to play again, if anything. */
  readonly recording: Recording | undefined;
  /** What has been done in it before, if it does not begin with its beginning. */
  readonly actions?: readonly RecordedAction[];
}

/** What a page needs to bring its cluster back. */
export interface SavedRun extends Omit<RunBeginning, 'actions'> {
  /** By place among the run's actions. */
  readonly marks: ReadonlyMap<number, ActionMark>;
}

/**
 * Where the page writes down the run, so that the cluster comes back after the page was lost. An action is in the journal
 * before time goes on, so before anything that it brought about is on a node's disk; the clock may lag behind the truth.
 */
export interface RunJournal {
  /** What was saved, if anything. `problem` is a sentence where something was there that cannot be read. */
  load(): Promise<{ readonly saved: SavedRun | undefined; readonly problem: string | undefined }>;
  /** Forgets what was, and begins a run. */
  begin(beginning: RunBeginning): Promise<void>;
  /** Puts actions into the run, the first of them at that place. */
  write(position: number, actions: readonly RecordedAction[]): Promise<void>;
  /** What was still to be played again is not going to be. */
  forgetRecording(): Promise<void>;
  /** The clock has come so far. Cheap, called often. */
  reached(nowUs: number): void;
}
