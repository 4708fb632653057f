import { leaderOf } from '../cluster/cluster-status.ts';
import type { Command } from '../cluster/command.ts';
import { parseCommandLine } from '../cluster/command-language.ts';
import { describeAction } from '../timeline/describe.ts';
import type { Action } from '../timeline/action.ts';
import { wouldChange } from '../timeline/availability.ts';
import type { View } from '../timeline/view.ts';
import { addNodeItems, leaveJointAction } from './actions/membership-actions.ts';
import type { ActionItem } from './actions/action-item.ts';
import { nodeActions } from './actions/action-list.ts';
import { clusterActions } from './actions/cluster-actions.ts';
import { withLimits } from './actions/real-limits.ts';
import type { ScreenRequest } from './hand.ts';
import type { Playground } from './store.ts';

/** What a line of the palette does. */
export type PaletteDeed =
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'action'; readonly action: Action }
  | { readonly type: 'show'; readonly request: ScreenRequest }
  | { readonly type: 'step-back' }
  | { readonly type: 'live' };

export interface PaletteItem {
  readonly label: string;
  /** What it belongs to: Clock, n1, Network, ... */
  readonly group: string;
  readonly deed: PaletteDeed;
  /** Why it would do nothing now. */
  readonly reason: string | undefined;
}

/** The most lines that are listed at once. */
export const MAX_LISTED = 60;

const speeds: readonly (readonly [label: string, timesRealTime: number])[] = [
  ['1/1000 of real time', 0.001],
  ['1/100 of real time', 0.01],
  ['1/10 of real time', 0.1],
  ['Real time', 1],
  ['10 times real time', 10],
  ['20 times real time', 20],
];

/** Everything that can be done now, by name, in the order of how often it is wanted. */
export function paletteItems(playground: Playground): readonly PaletteItem[] {
  const { view } = playground;
  const { real } = playground.clock;
  return [
    ...clockItems(playground),
    ...undoItem(playground),
    ...withLimits(clusterActions(view), real).map((item) => fromAction('Network', item)),
    ...leaveJointAction(view).map((item) => fromAction('Cluster', item)),
    ...addNodeItems(view).map(({ label, command, reason }): PaletteItem => ({
      label,
      group: 'Cluster',
      deed: { type: 'command', command },
      reason,
    })),
    ...screenItems,
    ...(real === undefined ? [] : [detachItem]),
    ...view.world.nodes.flatMap((node) =>
      withLimits(nodeActions(view, node).flat(), real).flatMap((one) => {
        if (one.type === 'item') return [fromAction(node, { ...one, label: `${one.label} ${node}` }, one.label)];
        return one.items.map((item) => fromAction(node, { ...item, label: `${node}: ${one.label}, ${item.label}` }));
      }),
    ),
    ...speeds.map(([label, timesRealTime]) => ({
      label: `Speed: ${label}`,
      group: 'Clock',
      deed: { type: 'command', command: { type: 'speed', timesRealTime } } as const,
      reason: playground.clock.speed === timesRealTime ? 'The clock runs at this speed.' : undefined,
    })),
  ];
}

function fromAction(group: string, { label, action, reason }: ActionItem, bare = label): PaletteItem {
  // "Heal its links n3" reads badly.
  const read = bare.includes(' its ') ? bare.replace(' its ', ` ${group}’s `) : label;
  return { label: read, group, deed: { type: 'action', action }, reason };
}

function clockItems({ clock, cursor, timeline }: Playground): readonly PaletteItem[] {
  const command = (label: string, wanted: Command, reason?: string): PaletteItem => ({
    label,
    group: 'Clock',
    deed: { type: 'command', command: wanted },
    reason,
  });
  return [
    clock.playing ? command('Pause', { type: 'pause' }) : command('Play', { type: 'play' }),
    command('Step to the next event', { type: 'step' }),
    {
      label: 'Step back one event',
      group: 'Clock',
      deed: { type: 'step-back' },
      reason: (cursor ?? timeline.length) <= timeline.first ? 'There is no earlier event.' : undefined,
    },
    {
      label: 'Back to live',
      group: 'Clock',
      deed: { type: 'live' },
      reason: cursor === undefined ? 'The screen shows the cluster live.' : undefined,
    },
  ];
}

function undoItem({ clock }: Playground): readonly PaletteItem[] {
  const { undoable } = clock;
  const label = undoable === undefined ? 'Undo' : `Undo: ${describeAction(undoable)}`;
  const reason = undoable === undefined ? 'There is nothing to undo.' : undefined;
  return [{ label, group: 'Run', deed: { type: 'command', command: { type: 'undo' } }, reason }];
}

const detachItem: PaletteItem = {
  label: 'Detach from the real cluster',
  group: 'Cluster',
  deed: { type: 'command', command: { type: 'detach' } },
  reason: undefined,
};

const screenItems: readonly PaletteItem[] = (
  [
    ['New cluster…', 'Run', 'new-cluster'],
    ['Network: latency, loss, duplication…', 'Network', 'network'],
    ['Slow disks…', 'Network', 'disk'],
    ['Save the run or the timeline…', 'Run', 'export'],
    ['Open a run file…', 'Run', 'open-run'],
    ['Hunt for a mistake…', 'Run', 'hunt'],
    ['Attach to a real cluster…', 'Cluster', 'attach'],
    ['Checks: is all as it should be?', 'Run', 'checks'],
  ] as const
).map(([label, group, request]) => ({ label, group, deed: { type: 'show', request } as const, reason: undefined }));

/**
 * What a text finds: the command that it is, if it is one, and every item whose name holds all its words, those that
 * begin with it first.
 */
export function findItems(text: string, items: readonly PaletteItem[], playground: Playground): readonly PaletteItem[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return items.slice(0, MAX_LISTED);
  const { view } = playground;
  const parsed = parseCommandLine(text, view.world.nodes, leaderOf(view));
  const typed = 'command' in parsed ? typedItem(text.trim(), parsed.command, view) : [];
  const found = items.filter((item) => {
    const name = `${item.label} ${item.group}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
  const start = words.join(' ');
  const first = found.filter((item) => item.label.toLowerCase().startsWith(start));
  return [...typed, ...first, ...found.filter((item) => !first.includes(item))].slice(0, MAX_LISTED);
}

/** The text itself as a line, where it is a command. */
function typedItem(text: string, command: Command, view: View): readonly PaletteItem[] {
  if (command.type === 'help' || command.type === 'hunt') return [];
  const change = command.type === 'action' ? wouldChange(view.world, command.action, view) : undefined;
  const reason = change?.possible === false ? change.reason : undefined;
  return [{ label: text, group: 'Run this command', deed: { type: 'command', command }, reason }];
}
