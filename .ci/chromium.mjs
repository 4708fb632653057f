import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from './run-program.mjs';

const wellKnown = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} name */
function onPath(name) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * The browser that the end-to-end tests use: $CHROMIUM, or the system's own.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  const chosen = process.env['CHROMIUM'];
  if (chosen !== undefined && chosen !== '') return chosen;
  return wellKnown.find(isExecutable) ?? names.map(onPath).find((path) => path !== undefined);
}

/**
 * Finds the browser, or installs Debian's where that is possible. Ends the process with one sentence where not.
 *
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) {
    if (isExecutable(found)) return found;
    console.error(`CHROMIUM names ${found}, which is not a program.`);
    process.exit(1);
  }
  if (onPath('apt-get') !== undefined) {
    const isRoot = process.getuid?.() === 0;
    const prefix = isRoot ? [] : ['sudo', '-n'];
    if (isRoot || (await runProgram('sudo', ['-n', 'true'], { capture: true })).ok) {
      console.log('Installing Chromium (apt-get)');
      await aptGet(prefix, ['update']);
      await aptGet(prefix, ['install', '-y', '--no-install-recommends', 'chromium']);
      const installed = findChromium();
      if (installed !== undefined) return installed;
    }
  }
  console.error('The end-to-end tests need Chromium: install your system’s chromium, or set CHROMIUM to its path.');
  process.exit(1);
}

/**
 * @param {readonly string[]} prefix
 * @param {readonly string[]} args
 */
async function aptGet(prefix, args) {
  const [command = 'apt-get', ...rest] = [...prefix, 'apt-get', '-q', ...args];
  const { ok, output } = await runProgram(command, rest, {
    capture: true,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (!ok) console.error(output.trimEnd());
}
