import { readFile } from 'node:fs/promises';
import { root } from './root.mjs';
import { runProgram } from './run-program.mjs';

/** @typedef {{ packages: Record<string, { version?: string, integrity?: string, optional?: boolean }> }} LockFile */

/**
 * @param {string} path
 * @returns {Promise<LockFile | undefined>} undefined where it is missing or unreadable
 */
async function readLock(path) {
  try {
    return /** @type {LockFile} */ (JSON.parse(await readFile(root + path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whether node_modules holds what package-lock.json asks for. Optional packages depend on the machine. */
async function isInstalled() {
  const [wanted, present] = await Promise.all([
    readLock('package-lock.json'),
    readLock('node_modules/.package-lock.json'),
  ]);
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted.packages).every(
    ([path, { version, integrity, optional }]) =>
      path === '' ||
      optional === true ||
      (present.packages[path]?.version === version && present.packages[path]?.integrity === integrity),
  );
}

/** Installs the packages where they are missing or of other versions. Ends the process where that fails. */
export async function ensureInstalled() {
  if (await isInstalled()) return;
  console.log('Installing packages (npm ci)');
  // npm's own path, where npm started us, works on every system; development packages are needed in any mode.
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const { ok } =
    npm === undefined
      ? await runProgram('npm', args, { shell: process.platform === 'win32' })
      : await runProgram(process.execPath, [npm, ...args]);
  if (ok) return;
  console.error('The packages could not be installed: see what npm says above.');
  process.exit(1);
}
