// `npm run fuzz -- [options]`: plays random runs on all cores and looks for one in which the cluster is wrong.
import './node-version.mjs';
import { pathToFileURL } from 'node:url';
import { rm } from 'node:fs/promises';
import { build } from 'vite';
import { root } from './root.mjs';
import { onStop } from './stop.mjs';

// A folder of its own, so that two that run at once do not disturb each other.
const outDir = `${root}node_modules/.cache/fuzz/${process.pid}`;

/** Makes plain JavaScript of the command and of what its threads run, so that no loader stands between the code and the engine. */
await build({
  root,
  configFile: false,
  logLevel: 'error',
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: true,
    target: 'node20',
    outDir,
    minify: false,
    rolldownOptions: {
      input: { fuzz: 'src/adapter/fuzz/fuzz-command.ts', worker: 'src/adapter/fuzz/fuzz-worker.ts' },
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
    },
  },
});

/** @param {string} name */
const moduleOf = (name) => pathToFileURL(`${outDir}/${name}.mjs`);

/** @typedef {typeof import('../src/adapter/fuzz/fuzz-command.ts')} FuzzCommand */
const { fuzz } = /** @type {FuzzCommand} */ (await import(moduleOf('fuzz').href));
const controller = new AbortController();
const desk = {
  out: (/** @type {string} */ text) => process.stdout.write(text),
  note: (/** @type {string} */ text) => process.stderr.write(text),
  inPlace: process.stderr.isTTY,
};
async function run() {
  try {
    return await fuzz(process.argv.slice(2), moduleOf('worker'), desk, controller.signal);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

const ended = run();
onStop(() => {
  controller.abort();
  return ended;
});
process.exitCode = await ended;
