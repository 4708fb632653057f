import { array, parse, string } from 'valibot';

/**
 * Fetches all that this page may need later from the node that serves it, once, a little at a time, for the browser's cache: the
 * names of these files hold a hash of what is in them, so they are not asked for again, and the page goes on when its node
 * is killed. Settles when all is there; rejects where a file cannot be had, and then those parts have to be
 * fetched when they are wanted.
 */
export async function keepParts(): Promise<void> {
  const list = await fetched('parts.json');
  const parts = parse(array(string()), await list.json());
  for (const part of parts) await (await fetched(part)).arrayBuffer();
}

async function fetched(path: string): Promise<Response> {
  const response = await fetch(new URL(path, document.baseURI), { priority: 'low' });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}
