import { below, chance, type Random } from '../../raft/random.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { DirectedLink, LinkQuality, TimedAction } from '../../timeline/action.ts';
import { dealt, pick, someOf, whole } from './draw.ts';
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
export const bridge: DrawFault = (random, site, atMs) => {
  if (site.nodes.length < 3) return [];
  const middle = pick(random, site.nodes);
  const [near = []] = dealt(
    random,
    site.nodes.filter((node) => node !== middle),
    2,
  );
  const sideOf = (node: NodeId): number => (near.includes(node) ? 1 : 2);
  const across = ({ from, to }: DirectedLink): boolean =>
    from !== middle && to !== middle && sideOf(from) !== sideOf(to);
  return cutFor(linksOf(site).filter(across), atMs, endOf(random, atMs));
};

/** Everyone hears the two beside it alone. */
export const ring: DrawFault = (random, site, atMs) => {
  const { nodes } = site;
  if (nodes.length < 4) return [];
  const far = ({ from, to }: DirectedLink): boolean => {
    const steps = Math.abs(nodes.indexOf(from) - nodes.indexOf(to));
    return steps > 1 && steps < nodes.length - 1;
  };
  return cutFor(linksOf(site).filter(far), atMs, endOf(random, atMs));
};

/** All links at once lose and double messages, and take their time. */
export const roughWater: DrawFault = (random, { config }, atMs) => [
  at(atMs, { type: 'set-links', links: undefined, quality: roughQuality(random) }),
  at(endOf(random, atMs), { type: 'set-links', links: undefined, quality: config.network }),
];

/** Some links do so. */
export const roughLinks: DrawFault = (random, site, atMs) => {
  if (site.nodes.length < 2) return [];
  const links = someOf(random, linksOf(site), 1, site.nodes.length);
  return [
    at(atMs, { type: 'set-links', links, quality: roughQuality(random) }),
    at(endOf(random, atMs), { type: 'set-links', links, quality: site.config.network }),
  ];
};

function roughQuality(random: Random): Partial<LinkQuality> {
  const meanMs = whole(random, 2, 100);
  const latency = { meanMs, spreadMs: whole(random, 0, meanMs) };
  return {
    ...(chance(random, 0.6) && { latency }),
    loss: chance(random, 0.6) ? whole(random, 1, 30) / 100 : 0,
    ...(chance(random, 0.5) && { duplication: whole(random, 1, 50) / 100 }),
  };
}

function cutFor(links: readonly DirectedLink[], atMs: number, endMs: number): TimedAction[] {
  if (links.length === 0) return [];
  return [at(atMs, { type: 'cut', links }), at(endMs, { type: 'heal', links })];
}
