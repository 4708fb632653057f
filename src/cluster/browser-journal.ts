import { createStore, del, entries, promisifyRequest, setMany, type UseStore } from 'idb-keyval';
import { sentenceOfError } from '../timeline/error-sentence.ts';
import { PageIncomplete, pagePart } from './page-part.ts';
import { keyOf, RECORDING_KEY, RUN_KEY } from './journal-keys.ts';
import type { RecordedAction, RunBeginning, RunJournal, SavedRun } from './run-journal.ts';

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
      // Only a page that comes back needs to read a journal.
      const { readJournal } = await pagePart(import('./read-journal.ts'));
      return readJournal(records, this.#savedClock());
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
