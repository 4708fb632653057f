/** Where a command reads from and writes to. */
export interface Terminal {
  /** What was asked for. */
  readonly out: (text: string) => void;
  /** What a person should know besides: faults, notes, progress. */
  readonly note: (text: string) => void;
  /** What a person may overlook, where there is a terminal that can show that; otherwise as it is. */
  readonly dim: (text: string) => string;
  readonly readInput: () => Promise<Uint8Array>;
}
