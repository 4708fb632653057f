import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { knownAdvisories } from './advisories.mjs';
import { root } from './root.mjs';
import { runInstalled } from './run-program.mjs';

const rooms = ['src', 'workers', 'test', 'bench'].filter((folder) => existsSync(root + folder));

/** The longest first: they run two at a time. */
const checks = [
  { name: 'types', program: '@typescript/native/bin/tsc', args: ['-b'] },
  { name: 'lint', program: 'oxlint/bin/oxlint', args: [] },
  { name: 'dead code', program: 'knip/bin/knip.js', args: ['--no-progress', '--no-config-hints'] },
  { name: 'format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'layering',
    program: 'dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['--output-type', 'err-long', ...rooms],
  },
];

/**
 * Runs all the checks and prints a line for each, with what a tool says only where it fails.
 *
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks() {
  const waiting = [...checks];
  let passed = 0;
  const lane = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const startedMs = Date.now();
      const { ok, output } = await runInstalled(check.program, check.args, { capture: true });
      if (ok) passed += 1;
      const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
      console.log(`${check.name.padEnd(10)} ${ok ? 'passed' : 'FAILED'}  ${seconds} s`);
      if (!ok) console.log(output.trimEnd());
    }
  };
  const asked = knownAdvisories();
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
  const failed = checks.length - passed;
  const audit = await asked;
  if (!audit.answered) {
    console.log('advisories not looked for: the registry does not answer.');
    return { passed, failed };
  }
  console.log(`advisories ${audit.advisories.length === 0 ? 'passed' : 'FAILED'}`);
  if (audit.advisories.length === 0) return { passed: passed + 1, failed };
  console.log(audit.advisories.join('\n'));
  return { passed, failed: failed + 1 };
}
