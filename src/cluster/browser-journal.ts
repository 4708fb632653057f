import { createStore, del, entries, promisifyRequest, setMany, type UseStore } from 'idb-keyval';
import type { checkRun } from '../timeline/run-file.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';
import { PageIncomplete, pagePart } from './page-part.ts';
import type { ActionMark, RecordedAction, Recording, RunBeginning, RunJournal, SavedRun } from './run-journal.ts';

const RUN_KEY = 'run';
/** What the run is to play again. */
const RECORDING_KEY = 'recording';
const ACTION_PREFIX = 'action/';
/** How many are written without a breath. */
const ACTIONS_AT_ONCE = 500;

/**
 * The journal of one slot, in an IndexedDB database of its own. The clock goes to localStorage, which is written at once
 * and so also in a page's last moment.
 */
export class BrowserJournal implements RunJournal {
  readonly #opened: Promise<UseStore>;
  #clockKey: string | undefined;

  constructor(slot: Promise<string>) {
    this.#opened = slot.then((name) => {
      this.#clockKey = `whitewater/${name}/nowUs`;
      return createStore(`whitewater/journal/${name}`, 'journal');
    });
    // Whoever asks for the journal is told what went wrong; nobody having asked yet is no unhandled rejection.
    this.#opened.catch(() => undefined);
  }

  async load(): Promise<{ saved: SavedRun | undefined; problem: string | undefined }> {
    try {
      const records = new Map(await entries<string, unknown>(await this.#opened));
      const head = records.get(RUN_KEY);
      if (head === undefined) return { saved: undefined, problem: undefined };
      const keys = [...records.keys()].filter((key) => key.startsWith(ACTION_PREFIX)).sort();
      const hole = keys.findIndex((key, position) => key !== keyOf(position));
      if (hole !== -1) {
        return { saved: undefined, problem: `The saved cluster's action ${hole} is missing, so a new one begins.` };
      }
      const actions = keys.map((key) => records.get(key));
      const untilUs = Math.max(this.#savedClock(), numberIn(actions.at(-1), 'atUs') ?? 0);
      // Only a page that comes back needs to read run files this early.
      const { checkRun } = await pagePart(import('../timeline/run-file.ts'));
      const run = objectIn(head, 'run');
      const whole = checkRun({ ...run, actions: actions.map(unmarked), untilUs });
      if ('error' in whole) {
        return { saved: undefined, problem: `The saved cluster cannot be read, so a new one begins: ${whole.error}` };
      }
      const cluster = String(propertyOf(head, 'cluster'));
      const { recording, problem } = readRecording(run, records.get(RECORDING_KEY), checkRun);
      return { saved: { cluster, run: whole.run, marks: marksOf(actions), recording }, problem };
    } catch (error) {
      if (error instanceof PageIncomplete) throw error;
      return {
        saved: undefined,
        problem: `The saved cluster cannot be read, so a new one begins: ${sentenceOfError(error)}`,
      };
    }
  }

  async begin({ cluster, run, recording, actions = [] }: RunBeginning): Promise<void> {
    const store = await this.#opened;
    this.reached(0);
    // In one transaction: a page that goes away meanwhile leaves the old run or the new one.
    await store('readwrite', async (records) => {
      records.clear();
      records.put({ cluster, run: { ...run, actions: [] } }, RUN_KEY);
      for (let first = 0; first < actions.length; first += ACTIONS_AT_ONCE) {
        const some = actions.slice(first, first + ACTIONS_AT_ONCE);
        const [last] = some.map((action, steps) => records.put(action, keyOf(first + steps))).slice(-1);
        // The page breathes; the transaction goes on, for it is asked for more when it answers.
        if (last !== undefined) await promisifyRequest(last);
      }
      if (recording !== undefined) records.put(recording, RECORDING_KEY);
      return promisifyRequest(records.transaction);
    });
  }

  async write(position: number, actions: readonly RecordedAction[]): Promise<void> {
    const records = actions.map((action, steps): [string, RecordedAction] => [keyOf(position + steps), action]);
    await setMany(records, await this.#opened);
  }

  async forgetRecording(): Promise<void> {
    await del(RECORDING_KEY, await this.#opened);
  }

  reached(nowUs: number): void {
    if (this.#clockKey === undefined) return;
    try {
      localStorage.setItem(this.#clockKey, String(nowUs));
    } catch {
      // The clock is a help, not a need: what the nodes' disks say is enough to bring the cluster back.
    }
  }

  #savedClock(): number {
    const saved = Number(this.#clockKey === undefined ? 0 : localStorage.getItem(this.#clockKey));
    return Number.isSafeInteger(saved) && saved >= 0 ? saved : 0;
  }
}

/** Keys sort as numbers do. */
function keyOf(position: number): string {
  return `${ACTION_PREFIX}${String(position).padStart(8, '0')}`;
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
  check: typeof checkRun,
): { readonly recording: Recording | undefined; readonly problem: string | undefined } {
  if (saved === undefined) return { recording: undefined, problem: undefined };
  const listed = propertyOf(saved, 'actions');
  const records: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const untilUs = propertyOf(saved, 'untilUs');
  const checked = check({ ...run, actions: records.map(unmarked), untilUs });
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
