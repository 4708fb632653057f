import type { NodeId } from '../../raft/entry.ts';
import type { Delay, DiskDamage, DiskWrites } from '../../timeline/action.ts';
import type { View } from '../../timeline/view.ts';
import { shownDelay } from '../../timeline/words.ts';
import { noDelay, sameDelay } from '../../timeline/world.ts';
import type { ActionItem, ActionSubmenu } from './action-item.ts';
import { actionItem } from './cluster-actions.ts';

/** What can befall a node's disk: while it runs, how writes go; while it is down, what lies on it. */
export function diskSubmenu(view: View, node: NodeId): ActionSubmenu {
  const isDown = view.world.machines[node]?.status === 'down';
  const items = isDown
    ? [...damages(view, node), ...writes(view, node)]
    : [...speeds(view, node), ...writes(view, node)];
  return { type: 'submenu', label: 'Disk', items };
}

function speeds(view: View, node: NodeId): readonly ActionItem[] {
  const present = view.world.machines[node]?.disk;
  const choices = [20, 100, 400].map((meanMs) => ({ meanMs, spreadMs: meanMs / 4 }));
  const normal = normalDisk(view, node);
  return [normal, ...choices].map((latency) => {
    const label = latency === normal ? `Normal (${shownDelay(latency)})` : shownDelay(latency);
    return {
      ...actionItem(view, label, { type: 'set-disk', nodes: [node], latency }),
      isPresent: present !== undefined && sameDelay(present, latency),
    };
  });
}

const WRITES: readonly (readonly [DiskWrites, string])[] = [
  ['kept', 'Keeps what is written'],
  ['fail-next', 'Fails the next write'],
  ['full', 'Is full'],
];

/** What becomes of writes, from the next one on. */
function writes(view: View, node: NodeId): readonly ActionItem[] {
  const { writes: present, unsynced = 0 } = view.world.machines[node] ?? {};
  const kinds = WRITES.map(([kind, label]) => ({
    ...actionItem(view, label, { type: 'set-disk', nodes: [node], writes: kind }),
    isPresent: present === kind,
  }));
  const lie =
    unsynced > 0
      ? actionItem(view, 'Tells the truth', { type: 'set-disk', nodes: [node], unsynced: 0 })
      : actionItem(view, 'Lies of its last 5 writes', { type: 'set-disk', nodes: [node], unsynced: 5 });
  return [...kinds, lie];
}

/** What lies on a disk that nobody uses, and may be damaged there. */
function damages(view: View, node: NodeId): readonly ActionItem[] {
  const one = (label: string, damage: DiskDamage): ActionItem =>
    actionItem(view, label, { type: 'damage-disk', node, damage });
  const swaps = view.world.nodes
    .filter((other) => other !== node && view.world.machines[other]?.status === 'down')
    .map((other) => actionItem(view, `Swap it with ${other}’s`, { type: 'swap-disks', node, with: other }));
  return [
    one('Flip a bit of the last entry', { type: 'flip-byte', record: 'entry' }),
    one('Flip a bit of term and vote', { type: 'flip-byte', record: 'state' }),
    one('Flip a bit of the snapshot', { type: 'flip-byte', record: 'snapshot' }),
    one('Lose an entry in the middle', middleOf(view, node)),
    one('Leave half a write at the end', { type: 'torn-write' }),
    ...swaps,
    actionItem(view, 'Put a copy aside', { type: 'copy-disk', node }),
    actionItem(view, 'Put the copy back: an older disk', { type: 'restore-copy', node }),
  ];
}

function middleOf(view: View, node: NodeId): DiskDamage {
  const disk = view.nodes[node]?.disk;
  const index = disk === undefined ? 1 : disk.base.index + Math.max(1, Math.ceil(disk.log.size / 2));
  return { type: 'lose-entries', from: index, to: index };
}

/** What most of the other nodes' disks are like is normal for this one. */
function normalDisk(view: View, node: NodeId): Delay {
  const others = view.world.nodes.filter((other) => other !== node).map((other) => view.world.machines[other]?.disk);
  const fastest = others.reduce<Delay | undefined>(
    (best, disk) => (disk !== undefined && (best === undefined || disk.meanMs < best.meanMs) ? disk : best),
    undefined,
  );
  return fastest ?? { meanMs: 3, spreadMs: 1 };
}

/** How long the node takes over each message. */
export function paceSubmenu(view: View, node: NodeId): ActionSubmenu {
  const present = view.world.machines[node]?.handling ?? noDelay;
  const items = [noDelay, { meanMs: 20, spreadMs: 10 }, { meanMs: 100, spreadMs: 50 }].map((delay) => ({
    ...actionItem(view, delay === noDelay ? 'At once' : `${shownDelay(delay)} each`, {
      type: 'set-handling',
      nodes: [node],
      delay,
    }),
    isPresent: sameDelay(present, delay),
  }));
  return { type: 'submenu', label: 'Handles messages', items };
}
