import type { NodeStorage, Recovered, StorageWrite } from '../src/host/ports.ts';

/**
 * What a node takes for its disk while it runs a window. It keeps the writes, and they are done on the real disk when the
 * window has been run and reported: so the page knows what led to a write before the disk holds it, and whenever a worker
 * goes, the disk and the reports say together how far it had got. Nothing of a window counts before its writes are done.
 *
 * They cannot pile up: a disk does no two writes at one moment, so a window holds at most one for each of its
 * microseconds, and the next window begins with none.
 */
export class WindowDisk implements NodeStorage {
  readonly #recovered: Recovered;
  #writes: StorageWrite[] = [];

  constructor(recovered: Recovered) {
    this.#recovered = recovered;
  }

  load(): Recovered {
    return this.#recovered;
  }

  write(write: StorageWrite): void {
    this.#writes.push(write);
  }

  close(): void {
    // The real disk is not held here.
  }

  /** The writes asked for since this was last called, in order. */
  takeWrites(): readonly StorageWrite[] {
    const writes = this.#writes;
    this.#writes = [];
    return writes;
  }
}
