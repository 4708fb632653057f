// `npm install` in a checkout, and `npm pack`: builds the command, and puts it where npx looks for it.
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { buildBundle, isBundleFresh } from './node-bundle.mjs';
import { root } from './root.mjs';

// Without development packages there is nothing to build with; the command says so when it is called.
if (existsSync(`${root}node_modules/vite`)) {
  if (!(await isBundleFresh())) await buildBundle();
  const link = `${root}node_modules/.bin/whitewater`;
  await mkdir(`${root}node_modules/.bin`, { recursive: true });
  await rm(link, { force: true });
  // Where links are not to be had, npx finds the command by the package's own name, only slower.
  await symlink('../../bin/whitewater.mjs', link).catch(() => undefined);
  await chmod(`${root}bin/whitewater.mjs`, 0o755);
}
