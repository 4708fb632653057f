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
  readonly #opened: Promise<BrowserLevel<string, string>>;
  #clockKey: string | undefined;

  constructor(slot: Promise<string>) {
    this.#opened = slot.then((name) => {
      this.#clockKey = `whitewater/${name}/nowUs`;
      return new BrowserLevel(`whitewater/journal/${name}`, { prefix: '' });
    });
    // Whoever asks for the journal is told what went wrong; nobody having asked yet is no unhandled rejection.
    this.#opened.catch(() => undefined);
  }

  async load(): Promise<{ saved: SavedRun | undefined; problem: string | undefined }> {
    try {
      const database = await this.#opened;
      const head = await database.get(RUN_KEY);
      if (head === undefined) return { saved: undefined, problem: undefined };
      const actions = await database.values({ gte: ACTION_PREFIX, lt: `${ACTION_PREFIX}~` }).all();
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
    const database = await this.#opened;
    await database.clear();
    this.reached(0);
    const head = JSON.stringify({ cluster, run: JSON.parse(formatRun(run)) as unknown });
    await database.put(RUN_KEY, head);
  }

  async write(position: number, action: TimedAction): Promise<void> {
    const database = await this.#opened;
    await database.put(`${ACTION_PREFIX}${String(position).padStart(8, '0')}`, JSON.stringify(action));
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
