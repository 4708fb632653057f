import { below, chance } from '../../raft/random.ts';
import type { TimedAction } from '../../timeline/action.ts';
import { pick, someOf, whole } from './draw.ts';
import { at, type DrawFault } from './site.ts';

/** How long a node is out, at least and at most, virtual milliseconds. */
const OUTAGE_MS = { least: 10, most: 2_500 };

export const crash: DrawFault = (random, { nodes }, atMs) => {
  const node = pick(random, nodes);
  const backMs = atMs + whole(random, OUTAGE_MS.least, OUTAGE_MS.most);
  return [at(atMs, { type: 'kill', node }), at(backMs, { type: 'revive', node })];
};

export const restart: DrawFault = (random, { nodes }, atMs) => [
  at(atMs, { type: 'restart', node: pick(random, nodes) }),
];

export const pause: DrawFault = (random, { nodes }, atMs) => {
  const node = pick(random, nodes);
  const backMs = atMs + whole(random, OUTAGE_MS.least, OUTAGE_MS.most);
  return [at(atMs, { type: 'pause', node }), at(backMs, { type: 'resume', node })];
};

/** Several nodes at once, all of them included, and sometimes the clients. */
export const powerFailure: DrawFault = (random, { nodes }, atMs) => {
  const struck = someOf(random, nodes, 1, nodes.length);
  const backMs = atMs + whole(random, OUTAGE_MS.least, OUTAGE_MS.most / 2);
  return [
    at(atMs, { type: 'power-failure', nodes: struck, clients: chance(random, 0.3) }),
    at(backMs, { type: 'power-return', nodes: struck }),
  ];
};

/** Nodes that take their time over each message. */
export const slowNode: DrawFault = (random, { nodes }, atMs) => {
  const slow = someOf(random, nodes, 1, nodes.length);
  const meanMs = whole(random, 1, 40);
  const delay = { meanMs, spreadMs: whole(random, 0, meanMs) };
  const endMs = atMs + whole(random, 100, 2_000);
  return [
    at(atMs, { type: 'set-handling', nodes: slow, delay }),
    at(endMs, { type: 'set-handling', nodes: slow, delay: { meanMs: 0, spreadMs: 0 } }),
  ];
};

/** Where there are leases, clocks keep to what those allow, and often go as far: past that, a stale read is lawful. */
export const clockDrift: DrawFault = (random, { nodes, config }, atMs) => {
  const most = config.leases?.driftPpm ?? 300_000;
  const driftPpm = chance(random, 0.5) ? pick(random, [0 - most, most]) : whole(random, -most, most);
  return [at(atMs, { type: 'set-clock', nodes: someOf(random, nodes, 1, nodes.length), driftPpm })];
};

export const clockJump: DrawFault = (random, { nodes, config }, atMs) => {
  if (config.leases !== undefined) return [];
  return [at(atMs, { type: 'jump-clock', nodes: someOf(random, nodes, 1, 2), byMs: whole(random, 1, 600) })];
};

/** One or two nodes that stand for election at once: two share the votes of a term. */
export const timeOut: DrawFault = (random, { nodes }, atMs) =>
  someOf(random, nodes, 1, 2).map((node) => at(atMs + below(random, 3), { type: 'time-out-now', node }));

export const takeSnapshot: DrawFault = (random, { nodes }, atMs) => [
  at(atMs, { type: 'snapshot', node: pick(random, nodes) }),
];

/** Only the run itself can tell who leads, so everyone is asked. */
export const transfer: DrawFault = (random, { nodes }, atMs) => {
  const to = pick(random, nodes);
  return nodes.flatMap((from): TimedAction[] => (from === to ? [] : [at(atMs, { type: 'transfer', from, to })]));
};
