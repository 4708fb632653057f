import { BrowserLevel } from 'browser-level';
import type { TimedAction } from '../timeline/action.ts';
import { formatRun, parseRun } from '../timeline/run-file.ts';
import { RUN_VERSION, type Run } from '../timeline/run.ts';
import type { RunJournal, SavedRun } from './run-journal.ts';

const RUN_KEY = 'run';
const ACTION_PREFIX = 'action/';

/**
 * The journal of one slot, in an IndexedDB database of its own. The clock goes to localStorage, which is written at once
 * and so also in a page's last moment.
 */
export class BrowserJournal implements RunJournal {
  readonly #database: BrowserLevel<string, string>;
  readonly #clockKey: string;

  constructor(slot: string) {
    this.#database = new BrowserLevel(`whitewater/journal/${slot}`, { prefix: '' });
    this.#clockKey = `whitewater/${slot}/nowUs`;
  }

  async load(): Promise<{ saved: SavedRun | undefined; problem: string | undefined }> {
    try {
      const head = await this.#database.get(RUN_KEY);
      if (head === undefined) return { saved: undefined, problem: undefined };
      const actions = await this.#database.values({ gte: ACTION_PREFIX, lt: `${ACTION_PREFIX}~` }).all();
      const { cluster, run } = JSON.parse(head) as { cluster: string; run: Run };
      const parsed = actions.map((action) => JSON.parse(action) as TimedAction);
      const untilUs = Math.max(this.#savedClock(), parsed.at(-1)?.atUs ?? 0);
      const whole = parseRun(JSON.stringify({ ...run, version: RUN_VERSION, actions: parsed, untilUs }));
      if ('error' in whole) return { saved: undefined, problem: `The saved cluster cannot be read: ${whole.error}` };
      return { saved: { cluster: String(cluster), run: whole.run }, problem: undefined };
    } catch (error) {
      return {
        saved: undefined,
        problem: `The saved cluster cannot be read, so a new one begins: ${messageOf(error)}`,
      };
    }
  }

  async begin({ cluster, run }: SavedRun): Promise<void> {
    await this.#database.clear();
    this.reached(0);
    const head = JSON.stringify({ cluster, run: JSON.parse(formatRun(run)) as unknown });
    await this.#database.put(RUN_KEY, head);
  }

  async write(position: number, action: TimedAction): Promise<void> {
    await this.#database.put(`${ACTION_PREFIX}${String(position).padStart(8, '0')}`, JSON.stringify(action));
  }

  reached(nowUs: number): void {
    try {
      localStorage.setItem(this.#clockKey, String(nowUs));
    } catch {
      // The clock is a help, not a need: what the nodes' disks say is enough to bring the cluster back.
    }
  }

  #savedClock(): number {
    const saved = Number(localStorage.getItem(this.#clockKey) ?? 0);
    return Number.isSafeInteger(saved) && saved >= 0 ? saved : 0;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
