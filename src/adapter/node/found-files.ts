import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Beside the database, while it is being opened: its files as they were found, and what became of them. */
const AS_FOUND = 'as-found-';
const AS_OPENED = 'as-opened-';

/**
 * The files of a database as they were before it was opened. To open one, LevelDB reads its log into tables, throws the log
 * away, and with it all that could not be read. Where it turns out that the database must not be believed, it is put back: who looks
 * for what is left of it finds what was there. What is held on to are second names of the same files, for LevelDB writes
 * into none that it finds.
 */
export class FoundFiles {
  readonly #folder: string;
  readonly #database: string;
  readonly #own = randomUUID();
  /** Undefined where nothing could be held on to. */
  readonly #names: readonly string[] | undefined;

  private constructor(folder: string, database: string, names: readonly string[] | undefined) {
    this.#folder = folder;
    this.#database = database;
    this.#names = names;
  }

  /** Holds on to the files of that database in that folder. Where that is not possible the database can be opened all the same. */
  static async keep(folder: string, database: string): Promise<FoundFiles> {
    const found = new FoundFiles(folder, database, await namesIn(join(folder, database)));
    return (await found.#linkAll()) ? found : new FoundFiles(folder, database, undefined);
  }

  /** The database is believed. What an earlier attempt may have left goes, too. */
  async drop(): Promise<void> {
    const names = (await namesIn(this.#folder)) ?? [];
    const left = names.filter((name) => name.startsWith(AS_FOUND) || name.startsWith(AS_OPENED));
    for (const name of left) await this.#remove(name);
  }

  /** Another process has the database: it is not touched. */
  async letGo(): Promise<void> {
    await this.#remove(AS_FOUND + this.#own);
  }

  /** The database is closed, and not believed: it is as it was found, unless the files themselves are gone. */
  async putBack(): Promise<void> {
    const kept = await namesIn(join(this.#folder, AS_FOUND + this.#own));
    if (this.#names === undefined || kept === undefined || kept.length !== this.#names.length) return this.letGo();
    try {
      await rename(join(this.#folder, this.#database), join(this.#folder, AS_OPENED + this.#own));
      await rename(join(this.#folder, AS_FOUND + this.#own), join(this.#folder, this.#database));
      await this.#remove(AS_OPENED + this.#own);
    } catch {
      // Why the database is not believed is what is to be told.
    }
  }

  async #linkAll(): Promise<boolean> {
    if (this.#names === undefined) return false;
    const place = join(this.#folder, AS_FOUND + this.#own);
    try {
      await mkdir(place);
      for (const name of this.#names) await link(join(this.#folder, this.#database, name), join(place, name));
      return true;
    } catch {
      await this.letGo();
      return false;
    }
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function namesIn(path: string): Promise<readonly string[] | undefined> {
  return readdir(path).catch(() => undefined);
}
