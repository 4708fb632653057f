import type { NodeId } from '../raft/entry.ts';
import type { Action, Delay, DirectedLink, DiskDamage, DiskWrites, LinkQuality } from './action.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import { linkKey } from './link-key.ts';
import { changedQuality, sameQuality } from './link-quality.ts';
import { withClogs, withFlaps, withoutTrouble, type LinkTroubles } from './link-trouble.ts';
import { clockAhead, clockWithDrift, trueClock, type NodeClock } from './node-clock.ts';
import { LATENCY_FLOOR_US, type RunConfig } from './run-config.ts';

export { linkKey };

/** What stands around the nodes and is changed only by actions: who runs, which links are cut, how links and disks behave. */
export interface World extends LinkTroubles {
  /** n1, n2, ... in order: every machine, whether it belongs to the cluster or not. */
  readonly nodes: readonly NodeId[];
  readonly machines: Readonly<Record<NodeId, Machine>>;
  /** What the disk of a new machine is like. */
  readonly newDisk: Delay;
  /** Directed links that are cut, by {@link linkKey}. */
  readonly cuts: ReadonlySet<string>;
  /** What every link is like, those of clients included, unless `linkQualities` says otherwise. */
  readonly network: LinkQuality;
  readonly linkQualities: Readonly<Record<string, LinkQuality>>;
}

/** A node's machine. `incarnation` counts its starts from 1; `startedUs` is the moment of the last one. */
export interface Machine {
  readonly status: 'up' | 'paused' | 'down';
  readonly incarnation: number;
  readonly startedUs: number;
  readonly disk: Delay;
  readonly writes: DiskWrites;
  /** How many of the last writes its disk has only said that it has done. */
  readonly unsynced: number;
  /** Whose disk it has: its own, unless disks were swapped. */
  readonly drive: NodeId;
  /** What has befallen its disk since it last ran. */
  readonly damage: readonly DiskDamage[];
  /** What had befallen its disk when a copy of it was put aside; undefined where there is no copy. */
  readonly copied: readonly DiskDamage[] | undefined;
  /** How long it takes over each message, one after the other: nothing, unless it is slow. */
  readonly handling: Delay;
  /** It goes on while the machine is down. */
  readonly clock: NodeClock;
  /** Why it is down, where the real machine failed it. */
  readonly failure: string | undefined;
}

export const noDelay: Delay = { meanMs: 0, spreadMs: 0 };

/** Whether it takes its time over messages. */
export function isSlow(machine: Machine | undefined): boolean {
  return machine !== undefined && (machine.handling.meanMs > 0 || machine.handling.spreadMs > 0);
}

/** Whether its disk is damaged, another's, full, about to fail, or lies. */
export function isDiskBad(node: NodeId, machine: Machine | undefined): boolean {
  if (machine === undefined) return false;
  return machine.damage.length > 0 || machine.writes !== 'kept' || machine.unsynced > 0 || machine.drive !== node;
}

/** Whether what arrives at that actor waits before it is handled. */
export function waitsAtDoor(world: World, actor: NodeId): boolean {
  const machine = world.machines[actor];
  return machine?.status === 'paused' || (machine?.status === 'up' && isSlow(machine));
}

/** n1 ... nN. */
export function nodeIds(count: number): readonly NodeId[] {
  return Array.from({ length: count }, (_, position) => `n${position + 1}`);
}

/** The world before the first action: every node up, in its first incarnation since moment 0. */
export function initialWorld(config: RunConfig): World {
  const nodes = nodeIds(config.nodes);
  return {
    nodes,
    machines: Object.fromEntries(nodes.map((node) => [node, newMachine(node, config.disk, 0)])),
    newDisk: config.disk,
    cuts: new Set(),
    clogs: {},
    flaps: {},
    network: changedQuality(config.network),
    linkQualities: {},
  };
}

function newMachine(node: NodeId, disk: Delay, startedUs: number): Machine {
  return {
    status: 'up',
    incarnation: 1,
    startedUs,
    disk,
    writes: 'kept',
    unsynced: 0,
    drive: node,
    damage: [],
    copied: undefined,
    handling: noDelay,
    clock: trueClock,
    failure: undefined,
  };
}

/** Every directed link between nodes. */
export function allLinks(world: World): readonly DirectedLink[] {
  return world.nodes.flatMap((from) => world.nodes.filter((to) => to !== from).map((to) => ({ from, to })));
}

/** How a link treats messages now, cuts aside. Clients' links are as the network is. */
export function qualityOf(world: World, from: NodeId, to: NodeId): LinkQuality {
  return world.linkQualities[linkKey(from, to)] ?? world.network;
}

/** No message on any link, clients' included, is faster than this, in virtual microseconds. */
export function smallestLatencyUs(world: World): number {
  const qualities = [world.network, ...Object.values(world.linkQualities)];
  const least = Math.min(...qualities.map(({ latency }) => Math.round((latency.meanMs - latency.spreadMs) * 1_000)));
  return Math.max(LATENCY_FLOOR_US, least);
}

/** The world after an action. What would change nothing returns the very same world. */
export function changeWorld(world: World, action: Action, atUs: number): World {
  switch (action.type) {
    case 'kill':
      return withMachine(world, action.node, (machine) =>
        machine.status === 'down' ? machine : down(machine, undefined),
      );
    case 'crash':
      return withMachine(world, action.node, (machine) =>
        machine.status === 'down' && machine.failure === action.reason ? machine : crashed(machine, action.reason),
      );
    case 'revive':
      return withMachine(world, action.node, (machine) =>
        machine.status === 'down' ? started(machine, atUs) : machine,
      );
    case 'restart':
      return withMachine(world, action.node, (machine) =>
        machine.status === 'down' ? machine : started(machine, atUs),
      );
    case 'power-failure':
      return withMachines(world, action.nodes, (machine) =>
        machine.status === 'down' ? machine : down(machine, undefined),
      );
    case 'power-return':
      return withMachines(world, action.nodes, (machine) =>
        machine.status === 'down' ? started(machine, atUs) : machine,
      );
    case 'pause':
      return withMachine(world, action.node, (machine) =>
        machine.status === 'up' ? { ...machine, status: 'paused' } : machine,
      );
    case 'resume':
      return withMachine(world, action.node, (machine) =>
        machine.status === 'paused' ? { ...machine, status: 'up' } : machine,
      );
    case 'cut':
      return withCuts(world, new Set([...world.cuts, ...action.links.map(({ from, to }) => linkKey(from, to))]));
    case 'heal': {
      const steady = withoutTrouble(world, action.links, atUs);
      if (action.links === undefined) return withCuts(steady, new Set());
      const healed = new Set(action.links.map(({ from, to }) => linkKey(from, to)));
      return withCuts(steady, new Set([...world.cuts].filter((key) => !healed.has(key))));
    }
    case 'clog':
      return withClogs(world, action.links, action.forMs, atUs);
    case 'flap':
      return withFlaps(world, action.links, action, atUs);
    case 'isolate':
      return withCuts(
        world,
        new Set([
          ...world.cuts,
          ...allLinks(world)
            .filter(({ from, to }) => from === action.node || to === action.node)
            .map(({ from, to }) => linkKey(from, to)),
        ]),
      );
    case 'split': {
      const together = groupsWithRest(world, action.groups);
      const across = allLinks(world).filter(
        ({ from, to }) => !together.some((group) => group.includes(from) && group.includes(to)),
      );
      return withCuts(world, new Set(across.map(({ from, to }) => linkKey(from, to))));
    }
    case 'set-links':
      return withQuality(world, action.links, action.quality);
    case 'set-disk':
      return withMachines(world, action.nodes ?? world.nodes, (machine) => {
        const { latency: disk = machine.disk, writes = machine.writes, unsynced = machine.unsynced } = action;
        const same = sameDelay(machine.disk, disk) && machine.writes === writes && machine.unsynced === unsynced;
        return same ? machine : { ...machine, disk, writes, unsynced };
      });
    case 'swap-disks':
      return withSwappedDisks(world, action.node, action.with);
    case 'damage-disk':
    case 'copy-disk':
    case 'restore-copy':
      return withMachine(world, action.node, (machine) =>
        machine.status === 'down' ? withOtherDisk(machine, action) : machine,
      );
    case 'set-handling':
      return withMachines(world, action.nodes ?? world.nodes, (machine) =>
        sameDelay(machine.handling, action.delay) ? machine : { ...machine, handling: action.delay },
      );
    case 'set-clock':
      return withClocks(world, action.nodes, (clock) => clockWithDrift(clock, action.driftPpm, atUs));
    case 'jump-clock':
      return withClocks(world, action.nodes, (clock) => clockAhead(clock, Math.round(action.byMs * 1_000), atUs));
    case 'start-node':
      return withNewMachine(world, action.node, atUs);
    case 'time-out-now':
    case 'transfer':
    case 'snapshot':
    case 'change-membership':
    case 'request':
      return world;
    default:
      return assertUnreachable(action);
  }
}

export function sameDelay(one: Delay, other: Delay): boolean {
  return one.meanMs === other.meanMs && one.spreadMs === other.spreadMs;
}

function withNewMachine(world: World, node: NodeId, atUs: number): World {
  if (world.machines[node] !== undefined) return world;
  const machine = newMachine(node, world.newDisk, atUs);
  const nodes = [...world.nodes, node].sort((one, other) => numberOf(one) - numberOf(other));
  return { ...world, nodes, machines: { ...world.machines, [node]: machine } };
}

/** The world without that machine and its links. */
export function withoutMachine(world: World, gone: NodeId): World {
  const isOther = (key: string): boolean => !key.split('>').includes(gone);
  const others = <Kept>(all: Readonly<Record<string, Kept>>): Readonly<Record<string, Kept>> =>
    Object.fromEntries(Object.entries(all).filter(([key]) => isOther(key)));
  return {
    ...world,
    nodes: world.nodes.filter((node) => node !== gone),
    machines: others(world.machines),
    cuts: new Set([...world.cuts].filter(isOther)),
    linkQualities: others(world.linkQualities),
    clogs: others(world.clogs),
    flaps: others(world.flaps),
  };
}

function numberOf(node: NodeId): number {
  return Number(node.slice(1));
}

/** The first name behind all that are taken. */
export function nextNode({ nodes }: World): NodeId {
  return `n${1 + Math.max(0, ...nodes.map(numberOf))}`;
}

/** What lies on the disk of a machine that is down is not what it was, or a copy of it is put aside. */
function withOtherDisk(
  machine: Machine,
  action: Extract<Action, { readonly type: 'damage-disk' | 'copy-disk' | 'restore-copy' }>,
): Machine {
  switch (action.type) {
    case 'damage-disk':
      return { ...machine, damage: [...machine.damage, action.damage] };
    case 'copy-disk':
      return { ...machine, copied: machine.damage };
    case 'restore-copy':
      return machine.copied === undefined ? machine : { ...machine, damage: machine.copied };
    default:
      return assertUnreachable(action);
  }
}

function withSwappedDisks(world: World, one: NodeId, other: NodeId): World {
  const [here, there] = [world.machines[one], world.machines[other]];
  if (here?.status !== 'down' || there?.status !== 'down' || one === other) return world;
  const machines = {
    ...world.machines,
    [one]: { ...here, drive: there.drive, damage: there.damage, copied: there.copied },
    [other]: { ...there, drive: here.drive, damage: here.damage, copied: here.copied },
  };
  return { ...world, machines };
}

function down(machine: Machine, failure: string | undefined): Machine {
  return { ...machine, status: 'down', failure };
}

/** The one write that was to fail has, should that be why. */
function crashed(machine: Machine, failure: string): Machine {
  return { ...down(machine, failure), writes: machine.writes === 'fail-next' ? 'kept' : machine.writes };
}

function started(machine: Machine, atUs: number): Machine {
  const { incarnation } = machine;
  // What it started from was whole after all.
  return { ...machine, status: 'up', incarnation: incarnation + 1, startedUs: atUs, damage: [], failure: undefined };
}

function withMachine(world: World, node: NodeId, change: (machine: Machine) => Machine): World {
  const machine = world.machines[node];
  if (machine === undefined) return world;
  const next = change(machine);
  return next === machine ? world : { ...world, machines: { ...world.machines, [node]: next } };
}

function withMachines(world: World, nodes: readonly NodeId[], change: (machine: Machine) => Machine): World {
  return nodes.reduce((next, node) => withMachine(next, node, change), world);
}

function withClocks(
  world: World,
  nodes: readonly NodeId[] | undefined,
  change: (clock: NodeClock) => NodeClock,
): World {
  return withMachines(world, nodes ?? world.nodes, (machine) => {
    const clock = change(machine.clock);
    return clock === machine.clock ? machine : { ...machine, clock };
  });
}

/** The groups, and one of all who are in none. */
function groupsWithRest({ nodes }: World, groups: readonly (readonly NodeId[])[]): readonly (readonly NodeId[])[] {
  return [...groups, nodes.filter((node) => !groups.some((group) => group.includes(node)))];
}

function withQuality(world: World, links: readonly DirectedLink[] | undefined, change: Partial<LinkQuality>): World {
  const qualities = Object.entries(world.linkQualities);
  if (links === undefined) {
    const network = changedQuality(world.network, change);
    const linkQualities = qualities.map(([key, quality]) => [key, changedQuality(quality, change)] as const);
    const same = linkQualities.every(([, quality], place) => sameQuality(quality, qualities[place]?.[1] ?? quality));
    if (same && sameQuality(network, world.network)) return world;
    return { ...world, network, linkQualities: Object.fromEntries(linkQualities) };
  }
  const changed = links
    .map(({ from, to }) => ({ key: linkKey(from, to), was: qualityOf(world, from, to) }))
    .map(({ key, was }) => ({ key, was, is: changedQuality(was, change) }));
  if (changed.every(({ was, is }) => sameQuality(was, is))) return world;
  const named = changed.map(({ key, is }) => [key, is] as const);
  return { ...world, linkQualities: { ...world.linkQualities, ...Object.fromEntries(named) } };
}

function withCuts(world: World, cuts: ReadonlySet<string>): World {
  const same = cuts.size === world.cuts.size && [...cuts].every((key) => world.cuts.has(key));
  return same ? world : { ...world, cuts };
}
