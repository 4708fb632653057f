import type { HistoryOperation } from './history.ts';

/**
 * The invocations and returns of the operations that have no place yet, as a list in their order. An operation is taken
 * out and put back in a handful of steps, as long as the last one taken out is the first one put back (Wing and Gong; Lowe).
 *
 * Operations are numbers: their positions in order of invocation.
 */
export class Remaining {
  /** The list's own mark: before its first, and after its last. */
  readonly end: number;
  /** Which operation a mark belongs to. */
  readonly operationOf: Int32Array;
  /** 1 where the mark is a return. */
  readonly isReturn: Uint8Array;
  readonly next: Int32Array;
  readonly #previous: Int32Array;
  /** The place of each operation's invocation among all marks. */
  readonly calls: Int32Array;
  /** The place of each operation's return among all marks: who has the lower one must be placed before the other's return. */
  readonly returns: Int32Array;

  /** The operations are to be in order of invocation. */
  constructor(operations: readonly HistoryOperation[]) {
    const count = operations.length;
    this.end = 2 * count;
    this.operationOf = new Int32Array(2 * count + 1).fill(-1);
    this.isReturn = new Uint8Array(2 * count + 1);
    this.next = new Int32Array(2 * count + 1);
    this.#previous = new Int32Array(2 * count + 1);
    this.calls = new Int32Array(count);
    this.returns = new Int32Array(count);
    const byReturn = operations.map((_, operation) => operation);
    const returnedAt = (operation: number): number => operations[operation]?.returnedAt ?? Infinity;
    byReturn.sort((one, other) => returnedAt(one) - returnedAt(other));
    let called = 0;
    let returned = 0;
    for (let mark = 0; mark < this.end; mark += 1) {
      const nextReturn = byReturn[returned] ?? -1;
      // At one moment, invocations come first: such operations are side by side.
      const isCall = called < count && (operations[called]?.invokedAt ?? 0) <= returnedAt(nextReturn);
      const operation = isCall ? called : nextReturn;
      this.operationOf[mark] = operation;
      if (isCall) {
        this.calls[operation] = mark;
        called += 1;
      } else {
        this.isReturn[mark] = 1;
        this.returns[operation] = mark;
        returned += 1;
      }
    }
    for (let mark = 0; mark <= this.end; mark += 1) {
      this.next[mark] = mark === this.end ? 0 : mark + 1;
      this.#previous[mark] = mark === 0 ? this.end : mark - 1;
    }
  }

  get isEmpty(): boolean {
    return this.next[this.end] === this.end;
  }

  /** The operation that was invoked first. */
  get first(): number {
    return this.operationOf[this.next[this.end] ?? 0] ?? -1;
  }

  take(operation: number): void {
    this.#unlink(this.calls[operation] ?? 0);
    this.#unlink(this.returns[operation] ?? 0);
  }

  putBack(operation: number): void {
    this.#link(this.returns[operation] ?? 0);
    this.#link(this.calls[operation] ?? 0);
  }

  #unlink(mark: number): void {
    const previous = this.#previous[mark] ?? 0;
    const next = this.next[mark] ?? 0;
    this.next[previous] = next;
    this.#previous[next] = previous;
  }

  #link(mark: number): void {
    this.next[this.#previous[mark] ?? 0] = mark;
    this.#previous[this.next[mark] ?? 0] = mark;
  }
}
