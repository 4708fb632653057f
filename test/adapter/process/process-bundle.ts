import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOf } from '../../../.ci/node-bundle.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let made: Promise<string> | undefined;

/** The program of a process with a node in it, as plain JavaScript: the path of it. Made once for each file of tests. */
export function processBundle(): Promise<string> {
  made ??= make();
  return made;
}

async function make(): Promise<string> {
  const { code } = await bundleOf('test/adapter/process/node-process-entry.ts');
  // Beside the packages, so that what is not bundled is found.
  const folder = join(root, 'node_modules', '.cache', 'whitewater-processes');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `node-${process.pid}.mjs`);
  await writeFile(path, code);
  return path;
}
