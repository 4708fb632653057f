import { fileURLToPath } from 'node:url';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from './browser.ts';
import type { CaseOutcome } from './storage-page.ts';

declare global {
  // The suite, in the page.
  var runStorageSuite: () => Promise<readonly CaseOutcome[]>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

describe("A node's disk in the browser's own IndexedDB", () => {
  let server: ViteDevServer;
  beforeAll(async () => {
    server = await createServer({ root, logLevel: 'error', server: { host: '127.0.0.1', port: 0, hmr: false } });
    await server.listen();
  });
  afterAll(() => server.close());

  it('passes the acceptance suite that LevelDB and memory pass', async () => {
    const address = server.httpServer?.address();
    if (address === null || typeof address !== 'object') throw new Error('The suite is served on no port.');
    const { page } = await openPage({ path: `http://127.0.0.1:${address.port}/test/e2e/storage-page.html` });
    await page.waitForFunction(() => 'runStorageSuite' in globalThis);
    const outcomes = await page.evaluate(() => runStorageSuite());
    expect(outcomes.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(15);
  });
});
