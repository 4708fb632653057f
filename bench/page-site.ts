import { chromium, type Browser } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';
import { findChromium } from '../.ci/chromium.mjs';

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

/** Builds the site, serves it, and has it measured in headless Chromium. */
export async function onBuiltSite(measure: (browser: Browser, url: string) => Promise<void>): Promise<void> {
  await build({ root: process.cwd(), logLevel: 'error' });
  const server = await preview({ root: process.cwd(), logLevel: 'error', preview: { host: '127.0.0.1', port: 0 } });
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('The page benchmarks need Chromium: install it, or set CHROMIUM.');
  const browser = await chromium.launch({ executablePath, args: [...args, '--enable-precise-memory-info'] });
  try {
    await measure(browser, addressOf(server));
  } finally {
    await browser.close();
    await server.close();
  }
}

function addressOf(server: PreviewServer): string {
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The site is served on no port.');
  return `http://127.0.0.1:${address.port}/`;
}
