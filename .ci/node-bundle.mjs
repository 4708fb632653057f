import { mkdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { root } from './root.mjs';

const folder = `${root}dist-node`;
const bundle = `${folder}/whitewater.mjs`;
/** What the bundle was made of, as a list of paths. */
const list = `${folder}/sources.json`;

/** What can change the bundle without being part of it. */
const besides = ['.ci/node-bundle.mjs', 'package-lock.json', 'package.json'];

/** @param {string} path */
async function changedMs(path) {
  const found = await stat(path).catch(() => undefined);
  return found?.mtimeMs;
}

/** Whether the command is built, from what its sources are now. */
export async function isBundleFresh() {
  const builtMs = await changedMs(bundle);
  const text = await readFile(list, 'utf8').catch(() => undefined);
  if (builtMs === undefined || text === undefined) return false;
  const sources = /** @type {string[]} */ (JSON.parse(text));
  const changes = await Promise.all(sources.map((path) => changedMs(root + path)));
  return changes.every((ms) => ms !== undefined && ms <= builtMs);
}

/** What cannot be part of a bundle: it loads machine code that it finds beside itself. It is found among the dependencies. */
const external = ['classic-level'];

/**
 * One plain JavaScript module of that file and all that it needs.
 * @param {string} entry
 */
export async function bundleOf(entry) {
  const { build } = await import('vite');
  const results = await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external, target: 'node' },
    build: { ssr: entry, target: 'node20', write: false, minify: false },
  });
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (results);
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error(`${entry} must become one file.`);
  return chunk;
}

/**
 * Makes one plain JavaScript module of the command and all that it needs, so that it starts at once and runs wherever Node.js
 * does. It appears under its name when it is whole: two that build at once do not disturb each other.
 */
export async function buildBundle() {
  const begun = new Date();
  const chunk = await bundleOf('src/adapter/main.ts');
  const sources = chunk.moduleIds.filter((id) => id.startsWith(root) && !id.includes('/node_modules/'));
  await mkdir(folder, { recursive: true });
  const part = `${bundle}.${process.pid}.part`;
  await writeFile(part, chunk.code);
  // What changes while it is being built is newer than it.
  await utimes(part, begun, begun);
  await writeFile(
    `${list}.${process.pid}.part`,
    JSON.stringify([...sources.map((id) => relative(root, id)), ...besides]),
  );
  await rename(`${list}.${process.pid}.part`, list);
  await rename(part, bundle);
}
