import type { DirectedLink } from './action.ts';
import { linkKey, linksOfKeys } from './link-key.ts';

/** A link that goes down and comes up by itself: down for `downMs` from `sinceUs` on, then up for `upMs`, and so on. */
export interface Flap {
  readonly sinceUs: number;
  readonly downMs: number;
  readonly upMs: number;
}

/** What befalls links by itself, for a while or again and again. */
export interface LinkTroubles {
  /** Until when directed links are clogged, microseconds, by {@link linkKey}; some of it may be past. */
  readonly clogs: Readonly<Record<string, number>>;
  /** Directed links that go down and come up by themselves, by {@link linkKey}. */
  readonly flaps: Readonly<Record<string, Flap>>;
}

/** Whether the link of that {@link linkKey}, flapping, is down at that moment. A cut is another thing. */
export function isFlappedDown(world: LinkTroubles, link: string, atUs: number): boolean {
  const flap = world.flaps[link];
  if (flap === undefined || atUs < flap.sinceUs) return false;
  const downUs = microseconds(flap.downMs);
  return (atUs - flap.sinceUs) % (downUs + microseconds(flap.upMs)) < downUs;
}

/** Until when what is sent over the link of that {@link linkKey} at that moment is held back; that moment itself where it is not. */
export function heldUntilUs(world: LinkTroubles, link: string, atUs: number): number {
  return Math.max(atUs, world.clogs[link] ?? atUs);
}

/** The links are clogged for so long; at 0 they are free. */
export function withClogs<World extends LinkTroubles>(
  world: World,
  links: readonly DirectedLink[],
  forMs: number,
  atUs: number,
): World {
  const named =
    forMs === 0 ? links.filter(({ from, to }) => heldUntilUs(world, linkKey(from, to), atUs) > atUs) : links;
  const clogs = withValues(world.clogs, named, forMs === 0 ? undefined : atUs + microseconds(forMs));
  return clogs === world.clogs ? world : { ...world, clogs };
}

/** The links flap like that from now on; at a `downMs` of 0 they do not. One that flaps like that already goes on as it did. */
export function withFlaps<World extends LinkTroubles>(
  world: World,
  links: readonly DirectedLink[],
  { downMs, upMs }: Pick<Flap, 'downMs' | 'upMs'>,
  atUs: number,
): World {
  const others = links.filter(({ from, to }) => {
    const flap = world.flaps[linkKey(from, to)];
    return flap?.downMs !== downMs || flap.upMs !== upMs;
  });
  const flaps = withValues(world.flaps, others, downMs === 0 ? undefined : { sinceUs: atUs, downMs, upMs });
  return flaps === world.flaps ? world : { ...world, flaps };
}

/** The links, or all of them, neither flap nor are clogged. */
export function withoutTrouble<World extends LinkTroubles>(
  world: World,
  links: readonly DirectedLink[] | undefined,
  atUs: number,
): World {
  const free = withClogs(world, links ?? linksOfKeys(Object.keys(world.clogs)), 0, atUs);
  return withFlaps(free, links ?? linksOfKeys(Object.keys(world.flaps)), { downMs: 0, upMs: 1 }, atUs);
}

/** The value under each of the links, or none; the very same record where that changes nothing. */
function withValues<Value>(
  record: Readonly<Record<string, Value>>,
  links: readonly DirectedLink[],
  value: Value | undefined,
): Readonly<Record<string, Value>> {
  const keys = links.map(({ from, to }) => linkKey(from, to)).filter((key) => record[key] !== value);
  if (keys.length === 0) return record;
  const named = new Set(keys);
  const others = Object.entries(record).filter(([key]) => !named.has(key));
  const added = value === undefined ? [] : [...named].map((key) => [key, value] as const);
  return Object.fromEntries([...others, ...added]);
}

function microseconds(ms: number): number {
  return Math.round(ms * 1_000);
}
