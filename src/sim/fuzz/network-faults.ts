import { below, chance, type Random } from '../../raft/random.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { DirectedLink, Lateness, LinkQuality, TimedAction } from '../../timeline/action.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { notLate } from '../../timeline/link-quality.ts';
import { splitShapes } from '../../timeline/split-shapes.ts';
import { dealt, pick, shuffled, someOf, whole } from './draw.ts';
import { at, type DrawFault, type Site } from './site.ts';

/** How long links are cut or rough, at least and at most, virtual milliseconds. */
const SPELL_MS = { least: 20, most: 2_500 };

function endOf(random: Random, atMs: number): number {
  return atMs + whole(random, SPELL_MS.least, SPELL_MS.most);
}

function linksOf({ nodes }: Site): DirectedLink[] {
  return nodes.flatMap((from) => nodes.flatMap((to) => (from === to ? [] : [{ from, to }])));
}

function healAll(atMs: number): TimedAction {
  return at(atMs, { type: 'heal', links: undefined });
}

/** Two groups or more, of any size. */
export const partition: DrawFault = (random, { nodes }, atMs) => {
  if (nodes.length < 2) return [];
  const groups = dealt(random, nodes, chance(random, 0.7) ? 2 : whole(random, 2, Math.min(4, nodes.length)));
  return [at(atMs, { type: 'split', groups }), healAll(endOf(random, atMs))];
};

export const isolate: DrawFault = (random, site, atMs) => {
  if (site.nodes.length < 2) return [];
  const node = pick(random, site.nodes);
  const own = linksOf(site).filter(({ from, to }) => from === node || to === node);
  return [at(atMs, { type: 'isolate', node }), at(endOf(random, atMs), { type: 'heal', links: own })];
};

/** Some links, each in one direction; or all that one node hears, or all that it says. */
export const oneWayCut: DrawFault = (random, site, atMs) => {
  if (site.nodes.length < 2) return [];
  const all = linksOf(site);
  const node = pick(random, site.nodes);
  const kind = below(random, 3);
  const links =
    kind === 0 ? someOf(random, all, 1, 4) : all.filter((link) => node === (kind === 1 ? link.from : link.to));
  return cutFor(links, atMs, endOf(random, atMs));
};

/** Two halves that one node alone sees both of. */
export const bridge: DrawFault = (random, { nodes }, atMs) => splitFor(random, nodes, 3, splitShapes.bridge, atMs);

/** Everyone has a majority within reach, and no two the same one. */
export const ring: DrawFault = (random, { nodes }, atMs) => splitFor(random, nodes, 4, splitShapes.ring, atMs);

/** Links that are down and up again and again: some, or all of one node. */
export const flapping: DrawFault = (random, site, atMs) => {
  if (site.nodes.length < 2) return [];
  const node = pick(random, site.nodes);
  const all = linksOf(site);
  const links = chance(random, 0.5)
    ? all.filter(({ from, to }) => from === node || to === node)
    : someOf(random, all, 1, site.nodes.length);
  const [downMs, upMs] = [whole(random, 5, 300), whole(random, 5, 300)];
  return [at(atMs, { type: 'flap', links, downMs, upMs }), at(endOf(random, atMs), { type: 'heal', links })];
};

/** What is sent over some links waits, and comes all at once. */
export const clogged: DrawFault = (random, site, atMs) => {
  if (site.nodes.length < 2) return [];
  const links = someOf(random, linksOf(site), 1, site.nodes.length * 2);
  return [at(atMs, { type: 'clog', links, forMs: whole(random, 20, 1_500) })];
};

/** All links at once lose and double messages, and take their time. */
export const roughWater: DrawFault = (random, { config }, atMs) => [
  at(atMs, { type: 'set-links', links: undefined, quality: roughQuality(random) }),
  at(endOf(random, atMs), { type: 'set-links', links: undefined, quality: plainQuality(config) }),
];

/** Some links do so. */
export const roughLinks: DrawFault = (random, site, atMs) => {
  if (site.nodes.length < 2) return [];
  const links = someOf(random, linksOf(site), 1, site.nodes.length);
  return [
    at(atMs, { type: 'set-links', links, quality: roughQuality(random) }),
    at(endOf(random, atMs), { type: 'set-links', links, quality: plainQuality(site.config) }),
  ];
};

function roughQuality(random: Random): Partial<LinkQuality> {
  const meanMs = whole(random, 2, 100);
  const latency = { meanMs, spreadMs: whole(random, 0, meanMs) };
  return {
    ...(chance(random, 0.6) && { latency }),
    loss: chance(random, 0.6) ? whole(random, 1, 30) / 100 : 0,
    ...(chance(random, 0.5) && { duplication: whole(random, 1, 50) / 100 }),
    ...(chance(random, 0.3) && { reordering: drawLateness(random, 400) }),
    ...(chance(random, 0.4) && { replay: drawLateness(random, 2_000) }),
  };
}

/** Messages that come late: as many as half of them, on average at most so late. */
export function drawLateness(random: Random, mostMs: number): Lateness {
  const meanMs = whole(random, 5, mostMs);
  return { chance: whole(random, 1, 50) / 100, delay: { meanMs, spreadMs: meanMs } };
}

/** As the links were at first, in every respect. */
function plainQuality({ network }: RunConfig): LinkQuality {
  return { reordering: notLate, replay: notLate, ...network };
}

/** Drawn over nodes in any order: names say nothing of places. */
function splitFor(
  random: Random,
  nodes: readonly NodeId[],
  least: number,
  shape: (nodes: readonly NodeId[]) => readonly (readonly NodeId[])[],
  atMs: number,
): TimedAction[] {
  if (nodes.length < least) return [];
  return [at(atMs, { type: 'split', groups: shape(shuffled(random, nodes)) }), healAll(endOf(random, atMs))];
}

function cutFor(links: readonly DirectedLink[], atMs: number, endMs: number): TimedAction[] {
  if (links.length === 0) return [];
  return [at(atMs, { type: 'cut', links }), at(endMs, { type: 'heal', links })];
}
