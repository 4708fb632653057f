// `npm run bench -- [name] [--json]`: runs bench/<name>.bench.ts, or all of them, each in a process of its own.
import './node-version.mjs';
import { fork } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { root } from './root.mjs';

const suffix = '.bench.ts';
const outDir = `${root}node_modules/.cache/bench`;

/** @typedef {{ bench: string, case: string, value: number, unit: string }} Figure */

/**
 * Makes one plain JavaScript module of a benchmark and all that it imports from this repository, so that no
 * loader stands between the code and the engine.
 *
 * @param {string} name
 */
async function bundle(name) {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: `bench/${name}${suffix}`,
      target: 'node20',
      outDir: `${outDir}/${name}`,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'bench.mjs' } },
    },
  });
  return `${outDir}/${name}/bench.mjs`;
}

/**
 * @param {string} name
 * @param {(figure: Figure) => void} onFigure
 * @returns {Promise<boolean>} whether the benchmark ended well
 */
async function runBench(name, onFigure) {
  const file = await bundle(name);
  return new Promise((resolve) => {
    const child = fork(`${root}.ci/bench-process.mjs`, [file], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, NODE_ENV: 'production' },
      // What a benchmark prints on its own must not mix with the figures.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (message) => {
      onFigure({ bench: name, .../** @type {Omit<Figure, 'bench'>} */ (message) });
    });
    child.on('close', (code) => resolve(code === 0));
  });
}

/** @param {number} value */
function readable(value) {
  const digits = Math.abs(value) >= 100 ? 0 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/**
 * @param {string} name
 * @param {readonly Figure[]} figures
 */
function printTable(name, figures) {
  const width = Math.max(20, ...figures.map((figure) => figure.case.length));
  const valueWidth = Math.max(12, ...figures.map((figure) => readable(figure.value).length));
  console.log(`\n${name}`);
  for (const figure of figures) {
    console.log(`  ${figure.case.padEnd(width)}  ${readable(figure.value).padStart(valueWidth)} ${figure.unit}`);
  }
}

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const present = (await readdir(`${root}bench`).catch(() => []))
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))
  .sort();
const unknown = positionals.filter((name) => !present.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${present.join(', ')}.`);
  process.exit(1);
}

for (const name of positionals.length > 0 ? positionals : present) {
  /** @type {Figure[]} */
  const figures = [];
  const ok = await runBench(name, (figure) => {
    figures.push(figure);
    if (values.json === true) console.log(JSON.stringify(figure));
  });
  if (values.json !== true) printTable(name, figures);
  if (!ok) {
    console.error(`The benchmark ${name} failed: see above.`);
    process.exitCode = 1;
  }
}
await rm(outDir, { recursive: true, force: true });
