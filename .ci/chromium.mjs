import { aptInstall, isExecutable, onPath } from './apt.mjs';

const wellKnown = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const names = ['chromium', 'chromium-browser', 'google-chrome'];

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
  const said = await aptInstall('Chromium', 'chromium');
  const installed = findChromium();
  if (installed !== undefined) return installed;
  if (said !== '') console.error(said);
  console.error('The end-to-end tests need Chromium: install your system’s chromium, or set CHROMIUM to its path.');
  process.exit(1);
}
