import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
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
 * Plain JavaScript modules of those files and all that they need.
 *
 * @param {Record<string, string>} input
 */
async function chunksOf(input) {
  const { build } = await import('vite');
  const results = await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external, target: 'node' },
    build: {
      ssr: true,
      target: 'node20',
      write: false,
      minify: false,
      rolldownOptions: {
        input,
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (results);
  return output.filter((one) => one.type === 'chunk');
}

/**
 * One plain JavaScript module of that file and all that it needs.
 *
 * @param {string} entry
 */
export async function bundleOf(entry) {
  const [chunk, ...others] = await chunksOf({ entry: root + entry });
  if (chunk === undefined || others.length > 0) throw new Error(`${entry} must become one file.`);
  return chunk;
}

/** The modules that programs see the types of. Each names nothing in its public signatures that is not in one of them. */
const declared = ['raft-store', 'raft-store-types'];

/**
 * The declarations of such a module.
 *
 * @param {string} name
 */
async function declarationsOf(name) {
  const { default: ts } = await import('typescript');
  const source = await readFile(`${root}src/adapter/embed/${name}.ts`, 'utf8');
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, {
    fileName: `${name}.ts`,
    compilerOptions: { isolatedDeclarations: true, target: ts.ScriptTarget.ES2022 },
  });
  const [problem] = diagnostics;
  if (problem !== undefined) throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
  return outputText.replaceAll(/from '(\.\/[\w-]+)\.ts'/g, "from '$1.mjs'");
}

/**
 * Makes plain JavaScript of the command and of what programs import, so that it starts at once and runs wherever Node.js does.
 * The modules that others start from appear under their names when all the rest is there: two that build at once do not
 * disturb each other.
 */
export async function buildBundle() {
  const begun = new Date();
  const chunks = await chunksOf({
    whitewater: `${root}src/adapter/main.ts`,
    'raft-store': `${root}src/adapter/embed/raft-store.ts`,
  });
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  const sources = modules.filter((id) => id.startsWith(root) && !id.includes('/node_modules/'));
  sources.push(...declared.map((name) => `${root}src/adapter/embed/${name}.ts`));
  await mkdir(folder, { recursive: true });
  const write = async (/** @type {string} */ name, /** @type {string} */ text) => {
    const part = `${folder}/${name}.${process.pid}.part`;
    await writeFile(part, text);
    // What changes while it is being built is newer than it.
    await utimes(part, begun, begun);
    await rename(part, `${folder}/${name}`);
  };
  for (const name of declared) await write(`${name}.d.mts`, await declarationsOf(name));
  for (const { fileName, code, isEntry } of chunks) if (!isEntry) await write(fileName, code);
  await write('sources.json', JSON.stringify([...sources.map((id) => relative(root, id)), ...besides]));
  for (const { fileName, code, isEntry } of chunks) if (isEntry) await write(fileName, code);
  const names = new Set(chunks.map(({ fileName }) => fileName));
  for (const name of await readdir(folder)) {
    // Declarations end otherwise.
    if (!names.has(name) && name.endsWith('.mjs')) await rm(`${folder}/${name}`, { force: true });
  }
}
