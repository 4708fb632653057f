#!/usr/bin/env node
// The command `whitewater`. In a checkout it is built when it is missing or older than its sources; an installed package brings it.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** @param {string} sentence */
function giveUp(sentence) {
  console.error(sentence);
  process.exit(2);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  giveUp(`Whitewater needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
}

if (existsSync(`${root}.ci/node-bundle.mjs`)) {
  if (!existsSync(`${root}node_modules/vite`)) {
    giveUp(`The command is not built yet: run npm install in ${root} first.`);
  }
  const { buildBundle, isBundleFresh } = await import('../.ci/node-bundle.mjs');
  if (!(await isBundleFresh())) await buildBundle();
}

const { version } = /** @type {{ version: string }} */ (JSON.parse(readFileSync(`${root}package.json`, 'utf8')));
const { main } = /** @type {{ main: (version: string) => Promise<void> }} */ (
  await import(new URL('../dist-node/whitewater.mjs', import.meta.url).href)
);
await main(version);
