import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built site is served, with a slash at its end. */
    readonly siteUrl: string;
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Serves dist on a free port for as long as the end-to-end tests run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(`${root}dist/index.html`)) throw new Error('There is no built site to test: run `npm run build`.');
  const server = await preview({ root, logLevel: 'error', preview: { host: '127.0.0.1', port: 0, open: false } });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The site is served on no port.');
  project.provide('siteUrl', `http://127.0.0.1:${address.port}/`);
  return () => server.close();
}
