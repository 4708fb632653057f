import type { ActionLedger } from './action-ledger.ts';
import type { RunBeginning, RunJournal } from './run-journal.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';

/** How often the clock is saved, in real milliseconds. */
const NOTE_EVERY_MS = 500;

/**
 * Writes the run into the journal as it grows. A journal that fails costs the return after a reload, not the cluster: the
 * person is told once, and nothing more is written until another run begins.
 */
export class JournalWriter {
  readonly #journal: RunJournal | undefined;
  readonly #wallMs: () => number;
  readonly #complain: (message: string) => void;
  /** How many of the run's actions are in the journal. */
  #written = 0;
  #failed = false;
  #notedMs = -Infinity;

  constructor(journal: RunJournal | undefined, wallMs: () => number, complain: (message: string) => void) {
    this.#journal = journal;
    this.#wallMs = wallMs;
    this.#complain = complain;
  }

  /** Leaves what is saved as it is: it must not be written over. */
  stop(): void {
    this.#failed = true;
  }

  async begin(beginning: RunBeginning): Promise<void> {
    this.#failed = false;
    this.#written = beginning.actions?.length ?? 0;
    await this.#attempt((journal) => journal.begin(beginning));
  }

  /** Goes on with a run of which so many actions are in the journal. */
  goOn(written: number): void {
    this.#written = written;
  }

  /**
   * Writes down what was done since it was last called. It comes before time goes on, and so before anything that an action
   * brought about is on a disk: many actions of one moment are one write.
   */
  async write(ledger: ActionLedger): Promise<void> {
    const position = this.#written;
    if (position === ledger.length) return;
    this.#written = ledger.length;
    await this.#attempt((journal) => journal.write(position, ledger.slice(position)));
  }

  async forgetRecording(): Promise<void> {
    await this.#attempt((journal) => journal.forgetRecording());
  }

  /** The clock is saved now and then: to be behind costs nothing but a little simulating after a reload. */
  noteClock(nowUs: number): void {
    const wallMs = this.#wallMs();
    if (wallMs < this.#notedMs + NOTE_EVERY_MS) return;
    this.#notedMs = wallMs;
    this.saveClock(nowUs);
  }

  saveClock(nowUs: number): void {
    if (!this.#failed) this.#journal?.reached(nowUs);
  }

  async #attempt(work: (journal: RunJournal) => Promise<void>): Promise<void> {
    if (this.#journal === undefined || this.#failed) return;
    try {
      await work(this.#journal);
    } catch (error) {
      this.#failed = true;
      const why = sentenceOfError(error);
      this.#complain(
        `This cluster will not come back when the page is reloaded, because the browser does not keep its run: ${why}`,
      );
    }
  }
}
