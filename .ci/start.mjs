// `npm start`: from a fresh clone to the running playground, with nothing but Node.js and npm.
import './node-version.mjs';
import { createServer } from 'node:net';
import { changedMs } from './changed-ms.mjs';
import { ensureInstalled } from './install.mjs';
import { root } from './root.mjs';
import { runInstalled } from './run-program.mjs';
import { onStop } from './stop.mjs';

const host = '127.0.0.1';

/** What the built site is made of. */
const sources = ['index.html', 'package-lock.json', 'public', 'src', 'vite.config.ts', 'workers'];

async function ensureBuilt() {
  const [builtMs, ...changes] = await Promise.all([
    changedMs(`${root}dist/index.html`),
    ...sources.map((path) => changedMs(root + path)),
  ]);
  if (builtMs > Math.max(...changes)) return;
  console.log('Building the site (vite build)');
  const { ok, output } = await runInstalled('vite/bin/vite.js', ['build'], { capture: true });
  if (ok) return;
  console.error(`${output.trimEnd()}\nThe site could not be built: see above.`);
  process.exit(1);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(false))
      .once('listening', () => probe.close(() => resolve(true)))
      .listen(port, host);
  });
}

/** @returns {number} */
function chosenPort() {
  const text = process.env['PORT'] ?? '5173';
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  console.error(`PORT must be a number from 1 to 65535; it is "${text}".`);
  process.exit(1);
}

const port = chosenPort();
if (!(await isFree(port))) {
  console.error(`Port ${port} is in use: stop what runs there, or choose another, as in PORT=${port + 1} npm start.`);
  process.exit(1);
}
await ensureInstalled();
await ensureBuilt();
const { preview } = await import('vite');
const server = await preview({ root, logLevel: 'error', preview: { host, port, strictPort: true, open: false } });
console.log(`Whitewater runs at http://localhost:${port}/`);

onStop(async () => {
  await server.close();
  process.exit(0);
});
