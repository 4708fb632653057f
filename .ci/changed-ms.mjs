import { readdir, stat } from 'node:fs/promises';

/**
 * @param {string} path
 * @returns {Promise<number>} when it, or the newest file in it, was last changed; 0 where it does not exist
 */
export async function changedMs(path) {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await readdir(path);
  // The folder's own time tells of removed files.
  return Math.max(found.mtimeMs, ...(await Promise.all(names.map((name) => changedMs(`${path}/${name}`)))));
}
