import { runProgram } from './run-program.mjs';

/** How long the registry may take, milliseconds. */
const patienceMs = 8_000;

/**
 * Asks the registry whether an advisory is known of a package that is installed.
 *
 * @returns {Promise<{ answered: false } | { answered: true, advisories: readonly string[] }>} a line an advisory
 */
export async function knownAdvisories() {
  const npm = process.env['npm_execpath'];
  const args = ['audit', '--json', '--fetch-retries=0', `--fetch-timeout=${patienceMs}`];
  const { output } =
    npm === undefined
      ? await runProgram('npm', args, { capture: true, shell: process.platform === 'win32' })
      : await runProgram(process.execPath, [npm, ...args], { capture: true });
  return readAudit(output);
}

/**
 * @typedef {{ name: string, severity: string, range: string }} Vulnerability
 * @param {string} output what `npm audit --json` printed
 * @returns {{ answered: false } | { answered: true, advisories: readonly string[] }}
 */
export function readAudit(output) {
  const begin = output.indexOf('{');
  const end = output.lastIndexOf('}');
  /** @type {{ vulnerabilities?: Record<string, Vulnerability> }} */
  let report;
  try {
    report = /** @type {typeof report} */ (JSON.parse(output.slice(begin, end + 1)));
  } catch {
    return { answered: false };
  }
  // A registry that knows of no such question answers with an error in place of a report.
  if (report.vulnerabilities === undefined) return { answered: false };
  const advisories = Object.values(report.vulnerabilities).map(
    ({ name, severity, range }) => `${name} ${range}: ${severity}`,
  );
  return { answered: true, advisories };
}
