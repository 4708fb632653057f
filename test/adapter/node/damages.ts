import { cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The largest file of the database whose name is of that form. */
async function fileOf(folder: string, form: RegExp): Promise<string> {
  const names = (await readdir(join(folder, 'disk'))).filter((name) => form.test(name));
  const paths = names.map((name) => join(folder, 'disk', name));
  const sizes = await Promise.all(paths.map(async (path) => ({ path, size: (await stat(path)).size })));
  const [largest] = sizes.sort((one, other) => other.size - one.size);
  if (largest === undefined) throw new Error(`There is no ${String(form)} in ${folder}.`);
  return largest.path;
}

async function alter(path: string, change: (bytes: Buffer) => void): Promise<void> {
  const bytes = await readFile(path);
  change(bytes);
  await writeFile(path, bytes);
}

const LOG = /^\d+\.log$/;
const TABLE = /^\d+\.ldb$/;

/** What is done to the folder of a node that was killed. Each must keep it from starting. */
export const damages: Readonly<Record<string, (folder: string, other: string) => Promise<void>>> = {
  'the end of its log cut off by 4 bytes': async (folder) => {
    const path = await fileOf(folder, LOG);
    await truncate(path, (await stat(path)).size - 4);
  },
  'its log cut off in the middle': async (folder) => {
    const path = await fileOf(folder, LOG);
    await truncate(path, Math.floor((await stat(path)).size / 2));
  },
  'its log empty': async (folder) => truncate(await fileOf(folder, LOG), 0),
  'its log gone': async (folder) => rm(await fileOf(folder, LOG)),
  '512 zero bytes in the middle of its log': async (folder) => {
    await alter(await fileOf(folder, LOG), (bytes) => bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 512));
  },
  'its last 512 bytes zero': async (folder) => {
    await alter(await fileOf(folder, LOG), (bytes) => bytes.fill(0, bytes.length - 512));
  },
  'a flipped bit in the middle of its log': async (folder) => {
    await alter(await fileOf(folder, LOG), (bytes) => {
      const at = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
    });
  },
  'a flipped bit in its last record': async (folder) => {
    await alter(await fileOf(folder, LOG), (bytes) => {
      const at = bytes.length - 10;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    });
  },
  'a length in its log that points past the end': async (folder) => {
    // A record of LevelDB's log: four bytes of checksum, two of length, one of type.
    await alter(await fileOf(folder, LOG), (bytes) => bytes.writeUInt16LE(0xffff, 4));
  },
  'a flipped bit in a checksum of its log': async (folder) => {
    await alter(await fileOf(folder, LOG), (bytes) => bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0));
  },
  'a record of its log that is of another type': async (folder) => {
    await alter(await fileOf(folder, LOG), (bytes) => bytes.writeUInt8(bytes.readUInt8(6) ^ 1, 6));
  },
  'the middle of its log missing': async (folder) => {
    const path = await fileOf(folder, LOG);
    const bytes = await readFile(path);
    const third = Math.floor(bytes.length / 3);
    await writeFile(path, Buffer.concat([bytes.subarray(0, third), bytes.subarray(2 * third)]));
  },
  'a flipped bit in a table': async (folder) => {
    await alter(await fileOf(folder, TABLE), (bytes) => {
      const at = bytes.length >> 2;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    });
  },
  'a table gone': async (folder) => rm(await fileOf(folder, TABLE)),
  'no manifest': async (folder) => rm(await fileOf(folder, /^MANIFEST-/)),
  'no CURRENT': async (folder) => rm(join(folder, 'disk', 'CURRENT')),
  'a CURRENT that names nothing': async (folder) => writeFile(join(folder, 'disk', 'CURRENT'), 'MANIFEST-999999\n'),
  'a CURRENT of two lines': async (folder) => {
    const path = join(folder, 'disk', 'CURRENT');
    await writeFile(path, (await readFile(path, 'latin1')).repeat(2));
  },
  'a table that ends too early': async (folder) => {
    const path = await fileOf(folder, TABLE);
    await truncate(path, (await stat(path)).size >> 1);
  },
  'a folder in the place of its log': async (folder) => {
    const path = await fileOf(folder, LOG);
    await rm(path);
    await mkdir(path);
  },
  'a folder in the place of its witness': async (folder) => {
    await rm(join(folder, 'witness'));
    await mkdir(join(folder, 'witness'));
  },
  'a file in the place of its folder': async (folder) => {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'of somebody else');
  },
  'half a witness': async (folder) => truncate(join(folder, 'witness'), 600),
  'its manifest cut off': async (folder) => truncate(await fileOf(folder, /^MANIFEST-/), 8),
  'no database': async (folder) => rm(join(folder, 'disk'), { recursive: true }),
  'an empty database': async (folder) => {
    for (const name of await readdir(join(folder, 'disk'))) await rm(join(folder, 'disk', name));
  },
  'no witness': async (folder) => rm(join(folder, 'witness')),
  'a witness of nonsense': async (folder) => writeFile(join(folder, 'witness'), 'x'.repeat(1_024)),
  'the folder of another node': async (folder, other) => {
    await rm(folder, { recursive: true });
    await cp(other, folder, { recursive: true });
  },
  'files of somebody else': async (folder) => {
    await rm(folder, { recursive: true });
    await cp(join(import.meta.dirname), folder, { recursive: true });
  },
};
