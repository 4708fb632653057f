// `npm test`: everything that must hold, from a fresh clone, with a sum on the last line.
import './node-version.mjs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { runChecks } from './checks.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureFaketime } from './faketime.mjs';
import { ensureInstalled } from './install.mjs';
import { root } from './root.mjs';
import { runInstalled, runProgram } from './run-program.mjs';

/** How many seeds are fuzzed, from 1 on: two minutes of processor time, on all cores at once. */
const fuzzSeeds = 15_000;

const total = { passed: 0, failed: 0, skipped: 0 };

/** @param {{ passed: number, failed: number, skipped?: number }} counted */
function add({ passed, failed, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

/**
 * Runs one project of vitest and counts its tests from its report. A file that cannot be loaded and a runner
 * that crashes are failures too.
 *
 * @param {string} project
 * @param {NodeJS.ProcessEnv} [env]
 */
async function runTests(project, env) {
  const report = `test-results/${project}.json`;
  await rm(root + report, { force: true });
  const { ok } = await runInstalled(
    'vitest/vitest.mjs',
    ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { env: { ...process.env, ...env } },
  );
  const counted = await readReport(root + report);
  if (!ok && counted.failed === 0) {
    console.log(`The ${project} tests did not end well, though no test of them failed: see above.`);
    counted.failed = 1;
  }
  add(counted);
}

/**
 * @typedef {{ status: string, assertionResults: { status: string }[] }} FileReport
 * @param {string} path
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
async function readReport(path) {
  const counted = { passed: 0, failed: 0, skipped: 0 };
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return counted;
  const { testResults } = /** @type {{ testResults: FileReport[] }} */ (JSON.parse(text));
  for (const file of testResults) {
    let failedHere = 0;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') counted.passed += 1;
      else if (status === 'failed') failedHere += 1;
      else counted.skipped += 1;
    }
    counted.failed += file.status === 'failed' ? Math.max(1, failedHere) : failedHere;
  }
  return counted;
}

/** @param {string} title */
function announce(title) {
  console.log(`\n== ${title}`);
}

await ensureInstalled();
const chromium = await ensureChromium();
await ensureFaketime();
await mkdir(`${root}test-results`, { recursive: true });

announce('Checks');
add(await runChecks());

announce('Unit and property tests');
await runTests('unit');

announce('Fuzz');
const fuzzed = await runProgram(process.execPath, ['.ci/fuzz.mjs', '--seeds', String(fuzzSeeds)]);
add(fuzzed.ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

announce('Build');
const build = await runInstalled('vite/bin/vite.js', ['build'], { capture: true });
console.log(build.ok ? 'site       passed' : `site       FAILED\n${build.output.trimEnd()}`);
add(build.ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

if (build.ok) {
  announce('End-to-end tests');
  await runTests('e2e', { CHROMIUM: chromium });
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exit(total.failed > 0 ? 1 : 0);
