import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, inject } from 'vitest';
import { findChromium } from '../../.ci/chromium.mjs';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface OpenPageOptions {
  /** CSS pixels; 1280 x 800 if not given. */
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  /** Relative to the site, without a slash at its start: '#run=...' or 'index.html?x=1'. */
  readonly path?: string;
  /** Opens a further page beside an earlier one, with its storage; the options of the viewport and so on are then its. */
  readonly context?: BrowserContext;
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page and its workers wrote with console.error, from its opening on. Grows. */
  readonly consoleErrors: readonly string[];
  /** Uncaught errors and unhandled rejections, from its opening on. Grows. */
  readonly pageErrors: readonly string[];
}

let launched: Promise<Browser> | undefined;

/** One browser a test file, started by the first page. */
function browser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('The end-to-end tests need Chromium: install it, or set CHROMIUM to its path.');
  }
  launched ??= chromium.launch({ executablePath, args, headless: true });
  return launched;
}

afterAll(async () => {
  const last = launched;
  launched = undefined;
  await (await last)?.close();
});

/** Opens the built site, in a fresh profile if no context is given. */
export async function openPage(options: OpenPageOptions = {}): Promise<OpenedPage> {
  const { viewport = { width: 1280, height: 800 }, colorScheme = 'light', reducedMotion = 'no-preference' } = options;
  const context =
    options.context ?? (await (await browser()).newContext({ viewport, colorScheme, reducedMotion, locale: 'en-US' }));
  const page = await context.newPage();
  const consoleErrors: string[] = [];
  const pageErrors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => {
    pageErrors.push(error.stack ?? error.message);
  });
  await page.goto(new URL(options.path ?? '', inject('siteUrl')).href);
  return { page, context, consoleErrors, pageErrors };
}
