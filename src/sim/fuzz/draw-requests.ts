import { chance, type Random } from '../../raft/random.ts';
import type { Operation } from '../../kv/command.ts';
import type { TimedAction } from '../../timeline/action.ts';
import { pick, whole } from './draw.ts';
import { at, type Site } from './site.ts';

/** The most that the clients of one run ask for: what a checker has to order grows with it. */
const MAX_REQUESTS = 100;

/** A few clients ask for reads and writes of a few keys, at a pace of their own, until `endMs`. Every value is a new one. */
export function drawRequests(random: Random, site: Site, endMs: number): TimedAction[] {
  const clients = whole(random, 1, 4);
  const keys = ['x', 'y', 'z'].slice(0, whole(random, 1, 3));
  const reads = whole(random, 2, 8) / 10;
  const meanMs = whole(random, 15, 250);
  const actions: TimedAction[] = [];
  let atMs = whole(random, 0, 500);
  while (atMs < endMs && actions.length < MAX_REQUESTS) {
    const place = actions.length + 1;
    const key = pick(random, keys);
    const operation = chance(random, reads) ? drawRead(random, site, key) : drawWrite(random, key, String(place));
    actions.push(
      at(atMs, { type: 'request', client: `c${whole(random, 1, clients)}`, requestId: `r${place}`, operation }),
    );
    atMs += whole(random, 0, 2 * meanMs);
  }
  return actions;
}

function drawRead(random: Random, { nodes }: Site, key: string): Operation {
  const kind = whole(random, 1, 10);
  if (kind <= 6) return { type: 'get', key };
  if (kind === 7) return { type: 'get', key, mode: 'follower', node: pick(random, nodes) };
  return { type: 'get', key, mode: pick(random, ['log', 'read-index', 'lease', 'follower'] as const) };
}

function drawWrite(random: Random, key: string, value: string): Operation {
  const kind = whole(random, 1, 10);
  if (kind <= 5) return { type: 'set', key, value };
  if (kind <= 7) return { type: 'append', key, value: `.${value}` };
  if (kind === 8) return { type: 'delete', key };
  // It expects what may well be there: nothing, or what one of the writes before would have left.
  const before = whole(random, 0, Number(value) - 1);
  return { type: 'compare-and-set', key, expected: before === 0 ? undefined : String(before), value };
}
