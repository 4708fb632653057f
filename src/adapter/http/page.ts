import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';

const headers: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // The page has a policy of its own; that nobody may frame it can stand only here.
  'content-security-policy': "frame-ancestors 'none'",
};

/** Answers with a file of the playground; false where it has none for this path. */
export type ServePage = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Serves the built playground. `mark` changes its page before it is sent, so that it knows whose node it came from.
 * Undefined where nothing is built there.
 */
export function pageServer(folder: string, mark: (html: string) => string): ServePage | undefined {
  if (!existsSync(`${folder}/index.html`)) return undefined;
  const html = Buffer.from(mark(readFileSync(`${folder}/index.html`, 'utf8')));
  const serveFile = sirv(folder, {
    etag: true,
    // Looked for each time: the page may be built anew while the node runs, and a file that has gone must not end the node.
    dev: true,
    setHeaders: (response, path) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      // The names of what is under assets hold a hash of what is in it.
      const isHashed = path.startsWith('/assets/');
      response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    if (path !== '/' && path !== '/index.html') {
      let found = true;
      serveFile(request, response, () => {
        found = false;
      });
      return found;
    }
    const own = { ...headers, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' };
    response.writeHead(200, { ...own, 'content-length': html.length });
    response.end(request.method === 'HEAD' ? undefined : html);
    return true;
  };
}
