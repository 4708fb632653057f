/** @type {Set<() => unknown>} */
const callbacks = new Set();
let isStopping = false;

/** How long an orderly end may take. */
const patienceMs = 3000;

/**
 * What to do, and to wait for, when this process is told to end.
 *
 * @param {() => unknown} callback
 */
export function onStop(callback) {
  callbacks.add(callback);
}

/** @param {number} code */
async function stop(code) {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => process.exit(code), patienceMs);
  await Promise.allSettled([...callbacks].map((callback) => callback()));
  process.exit(code);
}

process.on('SIGINT', () => void stop(130));
process.on('SIGTERM', () => void stop(143));
process.on('SIGHUP', () => void stop(129));

// Where npm itself is told to end, it ends the shell between itself and this process, which then has another parent.
if (process.env['npm_lifecycle_event'] !== undefined) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void stop(143);
  }, 500).unref();
}
