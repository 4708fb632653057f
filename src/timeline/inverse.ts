import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Action, DirectedLink, LinkQuality } from './action.ts';
import { linksOfKeys } from './link-key.ts';
import { replacedBy, sameQuality } from './link-quality.ts';
import { allLinks, changeWorld, noDelay, qualityOf, type World } from './world.ts';

/**
 * The actions that heal an action done to `world` at that moment, to be done one after the other. Empty where nothing
 * changed, or where there is nothing to heal: a restart, a forced timeout, a jump of a clock, a damaged disk, a copy of one, a request, a power failure. Time does not run
 * back: what was lost stays lost.
 */
export function inverseOf(world: World, action: Action, atUs: number): readonly Action[] {
  if (action.type === 'change-membership') return unchange(action);
  const after = changeWorld(world, action, atUs);
  if (after === world) return [];
  switch (action.type) {
    case 'kill':
    case 'crash':
      // A crash of a node that was down changes only why.
      if (world.machines[action.node]?.status === 'down') return [];
      return [{ type: 'revive', node: action.node }, ...pauseAgain(world, action.node)];
    case 'revive':
      return [{ type: 'kill', node: action.node }];
    case 'restart':
      return pauseAgain(world, action.node);
    case 'pause':
      return [{ type: 'resume', node: action.node }];
    case 'resume':
      return [{ type: 'pause', node: action.node }];
    case 'cut':
    case 'heal':
    case 'isolate':
    case 'split':
    case 'clog':
    case 'flap':
      return relink(world, after, atUs);
    case 'set-links':
      return resetLinks(world, after, action);
    case 'set-disk':
      return resetDisks(world, after, action);
    case 'set-handling':
      return resetHandling(world, after);
    case 'set-clock':
      return resetClocks(world, after);
    case 'jump-clock':
    case 'time-out-now':
    case 'transfer':
    case 'snapshot':
    case 'request':
    case 'power-failure':
    case 'power-return':
    case 'damage-disk':
    case 'copy-disk':
    case 'restore-copy':
      return [];
    case 'swap-disks':
      return [action];
    case 'start-node':
      // A machine that was there cannot be as if it had never been, but it need not run.
      return [{ type: 'kill', node: action.node }];
    default:
      return assertUnreachable(action);
  }
}

/**
 * What brings back who belonged to the cluster. Nothing where the change does not tell what was before it: then only going
 * back undoes it. Who leads by then is to be asked; here it is who was asked before.
 */
function unchange({ from, change }: Extract<Action, { readonly type: 'change-membership' }>): readonly Action[] {
  switch (change.type) {
    case 'add-learner':
    case 'add-voter':
      return [{ type: 'change-membership', from, change: { type: 'remove', node: change.node } }];
    case 'promote':
      return [{ type: 'change-membership', from, change: { type: 'demote', node: change.node } }];
    case 'demote':
      return [{ type: 'change-membership', from, change: { type: 'promote', node: change.node } }];
    case 'remove':
    case 'set-voters':
    case 'leave-joint':
      return [];
    default:
      return assertUnreachable(change);
  }
}

/** A paused node that was killed or restarted comes back running. */
function pauseAgain(world: World, node: NodeId): readonly Action[] {
  return world.machines[node]?.status === 'paused' ? [{ type: 'pause', node }] : [];
}

/** Heals just what was cut, and cuts again just what was healed; then lets flap and clogs what did before. */
function relink(before: World, after: World, atUs: number): readonly Action[] {
  const cut = linksOfKeys([...after.cuts].filter((key) => !before.cuts.has(key)));
  const healed = linksOfKeys([...before.cuts].filter((key) => !after.cuts.has(key)));
  const recut: Action[] = [];
  if (cut.length > 0) recut.push({ type: 'heal', links: cut });
  if (healed.length > 0) recut.push({ type: 'cut', links: healed });
  // To heal a link ends its other troubles, too.
  const now = recut.reduce((world, action) => changeWorld(world, action, atUs), after);
  return [...recut, ...reflap(before, now), ...reclog(before, now, atUs)];
}

/** What flapped flaps again from now on. */
function reflap({ flaps: before }: World, { flaps: now }: World): readonly Action[] {
  const changed = changedKeys(before, now);
  return grouped(changed, (key) => ({ downMs: before[key]?.downMs ?? 0, upMs: before[key]?.upMs ?? 1 })).map(
    ([{ downMs, upMs }, keys]) => ({ type: 'flap', links: linksOfKeys(keys), downMs, upMs }),
  );
}

/** What was clogged is clogged until it would have been. */
function reclog(before: World, now: World, atUs: number): readonly Action[] {
  const leftMs = ({ clogs }: World, key: string): number => Math.max(0, (clogs[key] ?? 0) - atUs) / 1_000;
  const changed = changedKeys(before.clogs, now.clogs).filter((key) => leftMs(before, key) !== leftMs(now, key));
  const groups = grouped(changed, (key) => leftMs(before, key));
  return groups.map(([forMs, keys]) => ({ type: 'clog', links: linksOfKeys(keys), forMs }));
}

function changedKeys(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): string[] {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].filter((key) => one[key] !== other[key]);
}

/** The keys by the value that each is to have, in order of the first of each. */
function grouped<Value>(keys: readonly string[], valueOf: (key: string) => Value): [Value, string[]][] {
  const groups = new Map<string, [Value, string[]]>();
  for (const key of keys) {
    const value = valueOf(key);
    const name = JSON.stringify(value);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value, [key]]);
    else group[1].push(key);
  }
  return [...groups.values()];
}

function resetLinks(
  before: World,
  after: World,
  action: Extract<Action, { readonly type: 'set-links' }>,
): readonly Action[] {
  const was = (quality: LinkQuality): Partial<LinkQuality> => replacedBy(quality, action.quality);
  const network = was(before.network);
  const groups = new Map<string, { quality: Partial<LinkQuality>; links: DirectedLink[] }>();
  for (const link of action.links ?? allLinks(before)) {
    const old = qualityOf(before, link.from, link.to);
    if (action.links !== undefined && sameQuality(old, qualityOf(after, link.from, link.to))) continue;
    const quality = was(old);
    const key = JSON.stringify(quality);
    // For all links: what is set for all needs no mention of its own.
    if (action.links === undefined && key === JSON.stringify(network)) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { quality, links: [link] });
    else group.links.push(link);
  }
  const perLink = [...groups.values()].map(({ quality, links }) => ({ type: 'set-links', links, quality }) as const);
  const networkChanged = JSON.stringify(was(after.network)) !== JSON.stringify(network);
  return networkChanged ? [{ type: 'set-links', links: undefined, quality: network }, ...perLink] : perLink;
}

/** The rates that the clocks had; what they have gained stays. */
function resetClocks(before: World, after: World): readonly Action[] {
  const rateOf = ({ machines }: World, node: NodeId): number => machines[node]?.clock.driftPpm ?? 0;
  const changed = before.nodes.filter((node) => rateOf(before, node) !== rateOf(after, node));
  const groups = grouped(changed, (node) => rateOf(before, node));
  return groups.map(([driftPpm, nodes]) => ({ type: 'set-clock', nodes, driftPpm }));
}

function resetDisks(
  before: World,
  after: World,
  action: Extract<Action, { readonly type: 'set-disk' }>,
): readonly Action[] {
  const groups = grouped(changedMachines(before, after), (node) => {
    const { disk: latency = noDelay, writes = 'kept', unsynced = 0 } = before.machines[node] ?? {};
    return {
      ...(action.latency !== undefined && { latency }),
      ...(action.writes !== undefined && { writes }),
      ...(action.unsynced !== undefined && { unsynced }),
    };
  });
  return groups.map(([was, nodes]) => ({ type: 'set-disk', nodes, ...was }));
}

function resetHandling(before: World, after: World): readonly Action[] {
  const groups = grouped(changedMachines(before, after), (node) => before.machines[node]?.handling ?? noDelay);
  return groups.map(([delay, nodes]) => ({ type: 'set-handling', nodes, delay }));
}

function changedMachines(before: World, after: World): readonly NodeId[] {
  return before.nodes.filter((node) => before.machines[node] !== after.machines[node]);
}
