import type { NodeId } from '../raft/entry.ts';
import type { Action, Delay, DirectedLink, LinkQuality } from './action.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import { clockAhead, clockWithDrift, trueClock, type NodeClock } from './node-clock.ts';
import { LATENCY_FLOOR_US, type RunConfig } from './run-config.ts';

/** What stands around the nodes and is changed only by actions: who runs, which links are cut, how links and disks behave. */
export interface World {
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
  /** It goes on while the machine is down. */
  readonly clock: NodeClock;
  /** Why it is down, where the real machine failed it. */
  readonly failure: string | undefined;
}

/** The name of a directed link in {@link World}. */
export function linkKey(from: NodeId, to: NodeId): string {
  return `${from}>${to}`;
}

/** n1 ... nN. */
export function nodeIds(count: number): readonly NodeId[] {
  return Array.from({ length: count }, (_, position) => `n${position + 1}`);
}

/** The world before the first action: every node up, in its first incarnation since moment 0. */
export function initialWorld(config: RunConfig): World {
  const nodes = nodeIds(config.nodes);
  const machine: Machine = {
    status: 'up',
    incarnation: 1,
    startedUs: 0,
    disk: config.disk,
    clock: trueClock,
    failure: undefined,
  };
  return {
    nodes,
    machines: Object.fromEntries(nodes.map((node) => [node, machine])),
    newDisk: config.disk,
    cuts: new Set(),
    network: config.network,
    linkQualities: {},
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
        machine.status === 'down' && machine.failure === action.reason ? machine : down(machine, action.reason),
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
      if (action.links === undefined) return withCuts(world, new Set());
      const healed = new Set(action.links.map(({ from, to }) => linkKey(from, to)));
      return withCuts(world, new Set([...world.cuts].filter((key) => !healed.has(key))));
    }
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
      const groupOf = (node: NodeId): number => action.groups.findIndex((group) => group.includes(node));
      const across = allLinks(world).filter(({ from, to }) => groupOf(from) !== groupOf(to));
      return withCuts(world, new Set(across.map(({ from, to }) => linkKey(from, to))));
    }
    case 'set-links': {
      if (action.links === undefined) {
        const network = { ...world.network, ...action.quality };
        const linkQualities = Object.fromEntries(
          Object.entries(world.linkQualities).map(([key, quality]) => [key, { ...quality, ...action.quality }]),
        );
        const next = { ...world, network, linkQualities };
        return JSON.stringify(next.network) === JSON.stringify(world.network) &&
          JSON.stringify(next.linkQualities) === JSON.stringify(world.linkQualities)
          ? world
          : next;
      }
      const linkQualities = { ...world.linkQualities };
      for (const { from, to } of action.links) {
        linkQualities[linkKey(from, to)] = { ...qualityOf(world, from, to), ...action.quality };
      }
      const changed = action.links.some(
        ({ from, to }) =>
          JSON.stringify(linkQualities[linkKey(from, to)]) !== JSON.stringify(qualityOf(world, from, to)),
      );
      return changed ? { ...world, linkQualities } : world;
    }
    case 'set-disk':
      return withMachines(world, action.nodes ?? world.nodes, (machine) =>
        machine.disk.meanMs === action.latency.meanMs && machine.disk.spreadMs === action.latency.spreadMs
          ? machine
          : { ...machine, disk: action.latency },
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

function withNewMachine(world: World, node: NodeId, atUs: number): World {
  if (world.machines[node] !== undefined) return world;
  const machine: Machine = {
    status: 'up',
    incarnation: 1,
    startedUs: atUs,
    disk: world.newDisk,
    clock: trueClock,
    failure: undefined,
  };
  const nodes = [...world.nodes, node].sort((one, other) => numberOf(one) - numberOf(other));
  return { ...world, nodes, machines: { ...world.machines, [node]: machine } };
}

function numberOf(node: NodeId): number {
  return Number(node.slice(1));
}

/** The first name behind all that are taken. */
export function nextNode({ nodes }: World): NodeId {
  return `n${1 + Math.max(0, ...nodes.map(numberOf))}`;
}

function down(machine: Machine, failure: string | undefined): Machine {
  return { ...machine, status: 'down', failure };
}

function started(machine: Machine, atUs: number): Machine {
  return { ...machine, status: 'up', incarnation: machine.incarnation + 1, startedUs: atUs, failure: undefined };
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

function withCuts(world: World, cuts: ReadonlySet<string>): World {
  const same = cuts.size === world.cuts.size && [...cuts].every((key) => world.cuts.has(key));
  return same ? world : { ...world, cuts };
}
