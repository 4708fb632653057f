/** Where a command reads from and writes to. */
export interface Terminal {
  /** What was asked for. */
  readonly out: (text: string) => void;
  /** What a person should know besides: faults, notes, progress. */
  readonly note: (text: string) => void;
  /** What a person may overlook, where there is a terminal that can show that; otherwise as it is. */
  readonly dim: (text: string) => string;
  /** How far something is that takes long: one line that the next one takes the place of, on a terminal; nowhere else. */
  readonly progress: (text: string) => void;
  /** All of the standard input; of one that is longer than `most` bytes, somewhat more than that. */
  readonly readInput: (most: number) => Promise<Uint8Array>;
}
