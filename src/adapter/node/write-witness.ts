import { writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from '../../kv/crc32.ts';

/** Two places that are written in turn, a sector apart: one that is torn leaves the other. */
const SLOT_BYTES = 512;
const SLOTS = 2;
/** A sequence, then a checksum of it, big-endian. */
const CHECKSUM_AT = 8;
const USED_BYTES = 12;

/**
 * A file beside a node's database that remembers how far the database had been written. LevelDB takes a log that is cut off
 * for a write that a crash interrupted, and starts without its end, as if nobody had been told of it. A node that forgets a vote
 * or an entry in that way can undo what was committed; so what the database holds is held against this. It is written
 * after the database, and not synced: at worst it knows of less.
 */
export class WriteWitness {
  readonly #file: FileHandle;
  #slot = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Opens the file, which is made if it is not there, and tells what it remembers: `new` where it was never written to its end,
   * undefined where it is damaged.
   */
  static async open(
    path: string,
  ): Promise<{ readonly witness: WriteWitness; readonly sequence: number | 'new' | undefined }> {
    const file = await open(path, 'a+').then(async (handle) => {
      await handle.close();
      return open(path, 'r+');
    });
    const bytes = Buffer.alloc(SLOTS * SLOT_BYTES);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const witness = new WriteWitness(file);
    if (bytesRead < bytes.length || bytes.every((byte) => byte === 0)) {
      return { witness, sequence: 'new' };
    }
    const known = Array.from({ length: SLOTS }, (_, slot) => readSlot(bytes, slot)).filter(
      (found) => found !== undefined,
    );
    return { witness, sequence: known.length === 0 ? undefined : Math.max(...known) };
  }

  /** Makes room for what it is to remember, where it is new. */
  async begin(): Promise<void> {
    await this.#file.write(Buffer.alloc(SLOTS * SLOT_BYTES), 0, SLOTS * SLOT_BYTES, 0);
    await this.#file.sync();
  }

  /**
   * The database holds what was written up to there. Throws where that cannot be noted. A few bytes into the system's cache
   * take a microsecond or two; waited for beside the event loop they would cost every write of the node a change of threads.
   */
  remember(sequence: number): void {
    const slot = Buffer.alloc(USED_BYTES);
    slot.writeDoubleBE(sequence, 0);
    slot.writeUInt32BE(crc32(slot.subarray(0, CHECKSUM_AT)), CHECKSUM_AT);
    this.#slot = (this.#slot + 1) % SLOTS;
    writeSync(this.#file.fd, slot, 0, USED_BYTES, this.#slot * SLOT_BYTES);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function readSlot(bytes: Buffer, slot: number): number | undefined {
  const used = bytes.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + USED_BYTES);
  const sequence = used.readDoubleBE(0);
  const isWhole = used.readUInt32BE(CHECKSUM_AT) === crc32(used.subarray(0, CHECKSUM_AT));
  return isWhole && Number.isSafeInteger(sequence) ? sequence : undefined;
}
