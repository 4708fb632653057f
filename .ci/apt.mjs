import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from './run-program.mjs';

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} name */
export function onPath(name) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * Installs a package of Debian where that is possible: as root, or with sudo without a password. Gives what was said of what went
 * wrong.
 *
 * @param {string} title
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function aptInstall(title, name) {
  if (onPath('apt-get') === undefined) return '';
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !(await runProgram('sudo', ['-n', 'true'], { capture: true })).ok) return '';
  const prefix = isRoot ? [] : ['sudo', '-n'];
  console.log(`Installing ${title} (apt-get)`);
  const updated = await aptGet(prefix, ['update']);
  return updated + (await aptGet(prefix, ['install', '-y', '--no-install-recommends', name]));
}

/**
 * @param {readonly string[]} prefix
 * @param {readonly string[]} args
 * @returns {Promise<string>}
 */
async function aptGet(prefix, args) {
  const [command = 'apt-get', ...rest] = [...prefix, 'apt-get', '-q', ...args];
  const { ok, output } = await runProgram(command, rest, {
    capture: true,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return ok ? '' : output.trimEnd();
}
