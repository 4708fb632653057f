import { existsSync, readdirSync } from 'node:fs';
import { aptInstall } from './apt.mjs';

/**
 * Debian's libfaketime, with which tests give a process a clock of its own. Undefined where it is not installed.
 *
 * @returns {string | undefined}
 */
export function findFaketime() {
  const libraries = '/usr/lib';
  if (process.platform !== 'linux' || !existsSync(libraries)) return undefined;
  return readdirSync(libraries)
    .map((folder) => `${libraries}/${folder}/faketime/libfaketimeMT.so.1`)
    .find((path) => existsSync(path));
}

/** Installs it where that is possible. Without it the tests that need it are skipped, with a sentence. */
export async function ensureFaketime() {
  if (process.platform === 'linux' && findFaketime() === undefined) await aptInstall('libfaketime', 'libfaketime');
}
