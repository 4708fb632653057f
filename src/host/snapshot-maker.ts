import { commandBytes } from '../kv/command-size.ts';
import type { KvStateMachine } from '../kv/state-machine.ts';
import { SnapshotWriter } from '../kv/store-snapshot.ts';
import { ENTRY_OVERHEAD_BYTES } from '../raft/entry-size.ts';
import type { Entry } from '../raft/entry.ts';
import type { SnapshotConfig } from '../timeline/run-config.ts';

/** How long a slice of a snapshot takes, virtual microseconds. In between the node goes on with its work. */
export const SLICE_US = 1_000;

/**
 * When a node takes a snapshot of its store, and how: what the store holds is held on to at once, and made into bytes a
 * slice at a time. A small one is there in the same moment.
 */
export class SnapshotMaker {
  readonly #config: SnapshotConfig | undefined;
  /** How many bytes the commands have that were applied since the last snapshot was begun or restored. */
  #bytes = 0;
  #entries = 0;
  #writing: { readonly writer: SnapshotWriter; readonly dueUs: number } | undefined;

  constructor(config: SnapshotConfig | undefined) {
    this.#config = config;
  }

  /** When the next slice is to be made; Infinity where none is. */
  get dueUs(): number {
    return this.#writing?.dueUs ?? Infinity;
  }

  /** An entry was applied. */
  applied(entry: Entry): void {
    this.#entries += 1;
    if (this.#config?.everyBytes !== undefined) this.#bytes += bytesOf(entry);
  }

  /** The store is another one: what was being made is of the old one. */
  restored(): void {
    this.#entries = 0;
    this.#bytes = 0;
    this.#writing = undefined;
  }

  /** Whether enough has been applied since the last snapshot, and none is being made. */
  get isDue(): boolean {
    if (this.#config === undefined || this.#writing !== undefined) return false;
    const { everyEntries = Infinity, everyBytes = Infinity } = this.#config;
    return this.#entries >= everyEntries || this.#bytes >= everyBytes;
  }

  /** Begins a snapshot of the store as it is now. One that is being made is given up for it. */
  begin(store: KvStateMachine, nowUs: number): void {
    this.#entries = 0;
    this.#bytes = 0;
    this.#writing = { writer: new SnapshotWriter(store.freeze()), dueUs: nowUs };
  }

  /** Makes the slice that is due; gives the snapshot when it was the last one. */
  step(nowUs: number): { readonly index: number; readonly data: Uint8Array } | undefined {
    if (this.#writing === undefined) return undefined;
    const { writer } = this.#writing;
    const data = writer.step();
    this.#writing = data === undefined ? { writer, dueUs: nowUs + SLICE_US } : undefined;
    return data && { index: writer.lastApplied, data };
  }
}

/** As much as it counts towards the other limits in bytes. */
function bytesOf(entry: Entry): number {
  return ENTRY_OVERHEAD_BYTES + (entry.type === 'command' ? commandBytes(entry.command) : 0);
}
