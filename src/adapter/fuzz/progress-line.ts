import type { SeedsPlayed } from '../../sim/fuzz/play-seeds.ts';
import { progressWords } from './fuzz-words.ts';

/** So often a line is written where none can be written over, milliseconds; and the first one after so long. */
const SPARSE_MS = 30_000;
/** So often the one line of a terminal changes. */
const OFTEN_MS = 250;

/** How far a hunt has come: in place on a terminal, a line now and then in a log. */
export class ProgressLine {
  readonly #note: (text: string) => void;
  readonly #wanted: number;
  readonly #begunMs: number;
  readonly #everyMs: number;
  readonly #inPlace: boolean;
  #shownMs: number;
  #width = 0;

  constructor(note: (text: string) => void, inPlace: boolean, wanted: number, begunMs: number) {
    this.#note = note;
    this.#wanted = wanted;
    this.#begunMs = begunMs;
    this.#shownMs = begunMs;
    this.#inPlace = inPlace;
    this.#everyMs = this.#inPlace ? OFTEN_MS : SPARSE_MS;
  }

  show(sum: SeedsPlayed): void {
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < this.#everyMs) return;
    this.#shownMs = nowMs;
    const words = progressWords(sum, this.#wanted, nowMs - this.#begunMs);
    if (this.#inPlace) this.#note(`\r${words.padEnd(this.#width)}`);
    else this.#note(`${words}\n`);
    this.#width = words.length;
  }

  /** Leaves the line of a terminal as empty as it was. */
  end(): void {
    if (this.#inPlace && this.#width > 0) this.#note(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}
