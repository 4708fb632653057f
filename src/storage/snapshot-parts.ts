import { StorageError } from '../host/ports.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Snapshot } from '../raft/snapshot.ts';
import { decodeSnapshotPart, encodeSnapshotPart, type SnapshotRecord } from './codec.ts';
import { partKey } from './record-keys.ts';
import { corruptMessage } from './storage-failure.ts';

/** How many bytes of a snapshot go into one record. */
const PART_BYTES = 65_536;

/** A snapshot as the records that hold its bytes, and the one that tells what they belong to. */
export function partsOf({ index, term, configuration, data }: Snapshot): {
  readonly record: SnapshotRecord;
  readonly puts: readonly { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }[];
} {
  // Even one without bytes has a part, so that none is like one that was lost.
  const parts = Math.max(1, Math.ceil(data.length / PART_BYTES));
  const puts = Array.from({ length: parts }, (_, part) => ({
    type: 'put' as const,
    key: partKey(index, part),
    value: encodeSnapshotPart({ index, part, data: data.subarray(part * PART_BYTES, (part + 1) * PART_BYTES) }),
  }));
  return { record: { index, term, configuration, bytes: data.length, parts }, puts };
}

/** The parts of a snapshot as they are found on a disk. Throws a StorageError where one is damaged, missing or a stranger. */
export class SnapshotParts {
  readonly #node: NodeId;
  readonly #found = new Map<string, Uint8Array>();

  constructor(node: NodeId) {
    this.#node = node;
  }

  add({ index, part }: { readonly index: number; readonly part: number }, record: Uint8Array): void {
    const what = `part ${part + 1} of its snapshot up to entry ${index}`;
    const decoded = decodeSnapshotPart(record);
    if (decoded.type === 'other-version') {
      throw new StorageError(
        'foreign',
        `${this.#node}'s disk was written by another version of this program: ${what} has format ${decoded.version}, which this one does not read.`,
      );
    }
    if (decoded.type === 'damaged') throw this.#corrupt(`${what} ${decoded.problem}`);
    const { index: ownIndex, part: ownPart, data } = decoded.value;
    if (ownIndex !== index || ownPart !== part) {
      throw this.#corrupt(`part ${ownPart + 1} of the snapshot up to entry ${ownIndex} stands in the place of ${what}`);
    }
    this.#found.set(partKey(index, part), data);
  }

  /** The snapshot that the disk says it holds. */
  join(record: SnapshotRecord | undefined): Snapshot | undefined {
    if (record === undefined) {
      if (this.#found.size === 0) return undefined;
      throw this.#corrupt('it holds parts of a snapshot, and no word of one');
    }
    const { index, term, configuration, bytes, parts } = record;
    const data = new Uint8Array(bytes);
    let at = 0;
    for (let part = 0; part < parts; part++) {
      const found = this.#found.get(partKey(index, part));
      if (found === undefined) throw this.#corrupt(`part ${part + 1} of its snapshot up to entry ${index} is missing`);
      if (at + found.length > bytes) break;
      data.set(found, at);
      at += found.length;
    }
    if (at !== bytes || this.#found.size !== parts) {
      throw this.#corrupt(
        `its snapshot up to entry ${index} is not the ${bytes} bytes in ${parts} parts that it should be`,
      );
    }
    return { index, term, configuration, data };
  }

  #corrupt(problem: string): StorageError {
    return new StorageError('corrupt', corruptMessage(this.#node, problem));
  }
}
