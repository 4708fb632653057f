import type { TimedAction } from '../timeline/action.ts';
import type { Run } from '../timeline/run.ts';

/** What a page needs to bring its cluster back: the run so far and the name of the databases. */
export interface SavedRun {
  readonly cluster: string;
  readonly run: Run;
}

/**
 * Where the page writes down the run, so that the cluster comes back after the page was lost. An action is in the journal
 * before time goes on, so before anything that it brought about is on a node's disk; the clock may lag behind the truth.
 */
export interface RunJournal {
  /** What was saved, if anything. `problem` is a sentence where something was there that cannot be read. */
  load(): Promise<{ readonly saved: SavedRun | undefined; readonly problem: string | undefined }>;
  /** Forgets what was, and begins a run. */
  begin(saved: SavedRun): Promise<void>;
  /** Puts actions into the run, the first of them at that place. */
  write(position: number, actions: readonly TimedAction[]): Promise<void>;
  /** The clock has come so far. Cheap, called often. */
  reached(nowUs: number): void;
}
