import { checkRun } from '../timeline/run-file.ts';
import { ACTION_PREFIX, keyOf, RECORDING_KEY, RUN_KEY } from './journal-keys.ts';
import type { ActionMark, RecordedAction, Recording, RunJournal } from './run-journal.ts';

/** What the records of a journal say, by key, of which none is believed before it was looked at; and the clock saved beside them. */
export function readJournal(
  records: ReadonlyMap<string, unknown>,
  savedClockUs: number,
): Awaited<ReturnType<RunJournal['load']>> {
  const head = records.get(RUN_KEY);
  const keys = [...records.keys()].filter((key) => key.startsWith(ACTION_PREFIX)).sort();
  const hole = keys.findIndex((key, position) => key !== keyOf(position));
  if (hole !== -1) {
    return { saved: undefined, problem: `The saved cluster's action ${hole} is missing, so a new one begins.` };
  }
  const actions = keys.map((key) => records.get(key));
  const untilUs = Math.max(savedClockUs, numberIn(actions.at(-1), 'atUs') ?? 0);
  const run = objectIn(head, 'run');
  const whole = checkRun({ ...run, actions: actions.map(unmarked), untilUs });
  if ('error' in whole) {
    return { saved: undefined, problem: `The saved cluster cannot be read, so a new one begins: ${whole.error}` };
  }
  const cluster = String(propertyOf(head, 'cluster'));
  const { recording, problem } = readRecording(run, records.get(RECORDING_KEY));
  return { saved: { cluster, run: whole.run, marks: marksOf(actions), recording }, problem };
}

/** The action as a run file has it. */
function unmarked(record: unknown): unknown {
  if (typeof record !== 'object' || record === null) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'mark'));
}

function marksOf(records: readonly unknown[]): ReadonlyMap<number, ActionMark> {
  const marks = new Map<number, ActionMark>();
  for (const [place, record] of records.entries()) {
    const mark = markOf(record);
    if (mark !== undefined) marks.set(place, mark);
  }
  return marks;
}

/** A mark that is none says nothing: what it would say, a person can do without. */
function markOf(record: unknown): ActionMark | undefined {
  const mark = propertyOf(record, 'mark');
  const undoes = placeIn(mark, 'undoes');
  const replays = placeIn(mark, 'replays');
  if (undoes === undefined && replays === undefined) return undefined;
  return { ...(undoes === undefined ? {} : { undoes }), ...(replays === undefined ? {} : { replays }) };
}

/** What the run of that seed and config was to play again. */
function readRecording(
  run: object,
  saved: unknown,
): { readonly recording: Recording | undefined; readonly problem: string | undefined } {
  if (saved === undefined) return { recording: undefined, problem: undefined };
  const listed = propertyOf(saved, 'actions');
  const records: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const untilUs = propertyOf(saved, 'untilUs');
  const checked = checkRun({ ...run, actions: records.map(unmarked), untilUs });
  if ('error' in checked) {
    const problem = `What was still to be played again cannot be read, so it is left out: ${checked.error}`;
    return { recording: undefined, problem };
  }
  const actions = checked.run.actions.map((timed, place): RecordedAction => {
    const mark = markOf(records[place]);
    return mark === undefined ? timed : { ...timed, mark };
  });
  return { recording: { untilUs: checked.run.untilUs, actions }, problem: undefined };
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function numberIn(value: unknown, name: string): number | undefined {
  const found = propertyOf(value, name);
  return typeof found === 'number' ? found : undefined;
}

/** A place among a run's actions. */
function placeIn(value: unknown, name: string): number | undefined {
  const found = numberIn(value, name);
  return found !== undefined && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
}

function objectIn(value: unknown, name: string): object {
  const found = propertyOf(value, name);
  return typeof found === 'object' && found !== null ? found : {};
}
