import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageError, type NodeStorage, type Recovered, type StorageWrite } from '../../host/ports.ts';
import type { Identity } from '../../storage/codec.ts';
import { openDirectoryStorage } from '../../storage/directory-storage.ts';
import type { LevelStorage } from '../../storage/level-storage.ts';
import { corruptMessage, toStorageError } from '../../storage/storage-failure.ts';
import { makeFolder } from '../make-folder.ts';
import { FoundFiles } from './found-files.ts';
import { holderSentence, lockHolder } from './lock-holder.ts';
import { WriteWitness } from './write-witness.ts';

/** What LevelDB calls its files. */
const MANIFEST = /^MANIFEST-/;
const RECORDS = /^\d+\.(?:log|ldb|sst)$/;

/** What stands in a node's folder. */
const DATABASE = 'disk';
const WITNESS = 'witness';
const WITNESS_MISSING = 'the record of how far it was written is missing';

/**
 * A node's disk in a folder of its own, which is made if it is not there: a LevelDB database whose writes are synced, and a
 * witness of how far it was written. Only one process can have it open. Nothing that is damaged, missing or another node's is
 * ever repaired, begun anew or passed over.
 */
export class NodeDisk implements NodeStorage {
  readonly #storage: LevelStorage;
  readonly #witness: WriteWitness;
  /** What it held when it was opened. */
  readonly recovered: Recovered;
  #sequence: number;

  constructor(storage: LevelStorage, witness: WriteWitness, recovered: Recovered) {
    this.#storage = storage;
    this.#witness = witness;
    this.recovered = recovered;
    this.#sequence = recovered.atUs;
  }

  /** Rejects with a StorageError: `blocked` where another process has it, `corrupt`, `foreign`, `full` or `failed`. */
  static async open(folder: string, identity: Identity): Promise<NodeDisk> {
    const { node } = identity;
    try {
      await checkFolder(folder, node);
      const found = await FoundFiles.keep(folder, DATABASE);
      try {
        const disk = await openDisk(folder, identity);
        await found.drop();
        return disk;
      } catch (error) {
        if (toStorageError(node, 'open', error).reason === 'blocked') await found.letGo();
        else await found.putBack();
        throw error;
      }
    } catch (error) {
      const { reason, message } = toStorageError(node, 'open', error);
      const holder = reason === 'blocked' ? await lockHolder(join(folder, DATABASE, 'LOCK')) : undefined;
      const sentence = holder === undefined ? message : holderSentence(`${node}'s disk`, holder);
      throw new StorageError(reason, `${sentence} Its folder is ${folder}.`, { cause: error });
    }
  }

  load(): Recovered {
    return this.recovered;
  }

  async write(write: StorageWrite): Promise<void> {
    // Moments of a clock that was put back since the last life of the node would say that the newer write is the older.
    const sequence = Math.max(write.atUs, this.#sequence + 1);
    await this.#storage.write({ ...write, atUs: sequence });
    // Before anybody is told that it is durable: what was told has a witness.
    this.#witness.remember(sequence);
    this.#sequence = sequence;
  }

  async close(): Promise<void> {
    await this.#storage.close();
    await this.#witness.close();
  }
}

/** Opens the database and the witness, and holds the one against the other. */
async function openDisk(folder: string, identity: Identity): Promise<NodeDisk> {
  const { node } = identity;
  const storage = await openDirectoryStorage(join(folder, DATABASE), identity);
  let witness: WriteWitness | undefined;
  try {
    const found = await WriteWitness.open(join(folder, WITNESS));
    ({ witness } = found);
    const { sequence } = found;
    if (sequence === undefined) throw corrupt(node, 'the record of how far it was written is damaged');
    const recovered = await storage.load(sequence !== 'new' && sequence >= 0);
    if (sequence === 'new' && recovered.atUs >= 0) throw corrupt(node, WITNESS_MISSING);
    if (sequence !== 'new' && recovered.atUs < sequence) throw corrupt(node, 'its last writes are gone');
    if (sequence === 'new') await witness.begin();
    witness.remember(recovered.atUs);
    return new NodeDisk(storage, witness, recovered);
  } catch (error) {
    await witness?.close();
    await storage.close();
    throw error;
  }
}

/** Makes the folder where there is none. Rejects with a StorageError where something else stands in its place. */
async function makeOwnFolder(folder: string, node: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    const sentence = `${node} can have no folder there: something else has that name.`;
    throw new StorageError('foreign', sentence, { cause: error });
  }
}

/** Looks whether the folder is a node's, or none's yet, before LevelDB tidies it up. */
async function checkFolder(folder: string, node: string): Promise<void> {
  await makeOwnFolder(folder, node);
  const entries = await readdir(folder, { withFileTypes: true });
  const names = new Set(entries.map(({ name }) => name));
  for (const entry of entries) {
    const isWrong = entry.name === WITNESS ? !entry.isFile() : entry.name === DATABASE && !entry.isDirectory();
    if (isWrong) throw corrupt(node, `${entry.name} in its folder is something else`);
  }
  const files = names.has(DATABASE) ? await readdir(join(folder, DATABASE), { withFileTypes: true }) : [];
  const stranger = files.find((entry) => !entry.isFile());
  if (stranger !== undefined) throw corrupt(node, `${stranger.name} in its database is no file`);
  const database = files.map(({ name }) => name);
  if (names.size > 0 && !names.has(DATABASE) && !names.has(WITNESS)) {
    const sentence = `${node}'s folder holds what is none of this program's: give it an empty one, or one that is not there yet.`;
    throw new StorageError('foreign', sentence);
  }
  // A start that was cut short leaves a database in which nothing was ever written, and no witness yet.
  const hasBegun = names.has(WITNESS) || (await holdsRecords(join(folder, DATABASE), database));
  if (!hasBegun) return;
  if (!names.has(WITNESS)) throw corrupt(node, WITNESS_MISSING);
  // LevelDB would take it for a new one, and throw away what is there.
  if (database.some((name) => MANIFEST.test(name) || RECORDS.test(name)) && !database.includes('CURRENT')) {
    throw corrupt(node, 'the file CURRENT of its database is missing');
  }
  if (database.includes('CURRENT')) {
    const current = await readFile(join(folder, DATABASE, 'CURRENT'), 'latin1');
    if (!current.endsWith('\n') || !database.includes(current.slice(0, -1))) {
      throw corrupt(node, 'the file CURRENT of its database names none that is there');
    }
  }
}

async function holdsRecords(folder: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) if (RECORDS.test(name) && (await stat(join(folder, name))).size > 0) return true;
  return false;
}

function corrupt(node: string, problem: string): StorageError {
  return new StorageError('corrupt', corruptMessage(node, problem));
}
