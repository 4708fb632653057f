import { clear, createStore, entries, set, setMany, type UseStore } from 'idb-keyval';
import type { TimedAction } from '../timeline/action.ts';
import { PageIncomplete, pagePart } from './page-part.ts';
import type { RunJournal, SavedRun } from './run-journal.ts';

const RUN_KEY = 'run';
const ACTION_PREFIX = 'action/';

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
      const whole = checkRun({ ...objectIn(head, 'run'), actions, untilUs });
      if ('error' in whole) {
        return { saved: undefined, problem: `The saved cluster cannot be read, so a new one begins: ${whole.error}` };
      }
      return { saved: { cluster: String(propertyOf(head, 'cluster')), run: whole.run }, problem: undefined };
    } catch (error) {
      if (error instanceof PageIncomplete) throw error;
      return {
        saved: undefined,
        problem: `The saved cluster cannot be read, so a new one begins: ${messageOf(error)}`,
      };
    }
  }

  async begin({ cluster, run }: SavedRun): Promise<void> {
    const store = await this.#opened;
    await clear(store);
    this.reached(0);
    await set(RUN_KEY, { cluster, run }, store);
  }

  async write(position: number, actions: readonly TimedAction[]): Promise<void> {
    const records = actions.map((action, steps): [string, TimedAction] => [keyOf(position + steps), action]);
    await setMany(records, await this.#opened);
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

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function numberIn(value: unknown, name: string): number | undefined {
  const found = propertyOf(value, name);
  return typeof found === 'number' ? found : undefined;
}

function objectIn(value: unknown, name: string): object {
  const found = propertyOf(value, name);
  return typeof found === 'object' && found !== null ? found : {};
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
