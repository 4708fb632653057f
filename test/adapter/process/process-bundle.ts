import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOf } from '../../../.ci/node-bundle.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const made = new Map<string, Promise<string>>();

/** The program of a process with a node in it, or another of this folder, as plain JavaScript: the path of it. Made once for each file of tests. */
export function processBundle(entry = 'node-process-entry'): Promise<string> {
  const making = made.get(entry) ?? make(entry);
  made.set(entry, making);
  return making;
}

async function make(entry: string): Promise<string> {
  const { code } = await bundleOf(`test/adapter/process/${entry}.ts`);
  // Beside the packages, so that what is not bundled is found.
  const folder = join(root, 'node_modules', '.cache', 'whitewater-processes');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${entry}-${process.pid}.mjs`);
  await writeFile(path, code);
  return path;
}
