/** What a run showed that must not be. */
export interface Failure {
  /**
   * `invariant`: something that must hold for ever did not; `linearizability`: no order of the requests explains what clients
   * were told; `progress`: what was demanded after enough was healed did not come about in time; `error`: the code threw.
   */
  readonly kind: 'invariant' | 'linearizability' | 'progress' | 'error';
  /** Which of its kind: the invariant, the error. Shrinking keeps it. */
  readonly name: string;
  /** What was seen, one sentence. */
  readonly sentence: string;
  /** The moment at which it showed, virtual microseconds. */
  readonly atUs: number;
  /** How many events of the timeline there were by then, the one that shows it included. */
  readonly events: number;
}

/** Whether both failed for the same reason. */
export function isSameFailure(one: Failure, other: Failure): boolean {
  return one.kind === other.kind && one.name === other.name;
}
