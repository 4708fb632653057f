import { leaderOf } from '../../cluster/cluster-status.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { Action, Delay, DirectedLink, LinkQuality } from '../../timeline/action.ts';
import { changedQuality, notLate, sameQuality } from '../../timeline/link-quality.ts';
import type { View } from '../../timeline/view.ts';
import type { ActionGroups, ActionItem, ActionSubmenu } from './action-item.ts';
import { actionItem } from './cluster-actions.ts';
import { clogSubmenu, flapSubmenu } from './link-trouble-actions.ts';
import { diskSubmenu, paceSubmenu } from './machine-actions.ts';
import { membershipActions } from './membership-actions.ts';
import { countOf, shownDelay, shownDrift } from '../../timeline/words.ts';
import { qualityOf } from '../../timeline/world.ts';

/** Everything that can be done to a node, in the order of a menu. */
export function nodeActions(view: View, node: NodeId): ActionGroups {
  const status = view.world.machines[node]?.status;
  const one = (label: string, action: Action, key?: string): ActionItem => actionItem(view, label, action, key);
  const down = status === 'down';
  const paused = status === 'paused';
  return [
    [
      down ? one('Revive', { type: 'revive', node }, 'K') : one('Kill', { type: 'kill', node }, 'K'),
      one('Restart', { type: 'restart', node }, 'R'),
      paused ? one('Resume', { type: 'resume', node }, 'P') : one('Pause', { type: 'pause', node }, 'P'),
      one('Time out now', { type: 'time-out-now', node }, 'T'),
      transferTo(view, node),
    ],
    [
      one('Isolate', { type: 'isolate', node }, 'I'),
      healLinksOf(view, node),
      ...(view.world.nodes.length > 1 ? [linkSubmenu(view, node)] : []),
    ],
    [
      { type: 'submenu', label: 'Membership', items: membershipActions(view, node) },
      one('Take a snapshot now', { type: 'snapshot', node }, 'S'),
      diskSubmenu(view, node),
      paceSubmenu(view, node),
      clockSubmenu(view, node),
    ],
  ];
}

/** It names the node already, so the reason need not name each of its links. */
function healLinksOf(view: View, node: NodeId): ActionItem {
  const one = actionItem(view, 'Heal its links', { type: 'heal', links: linksAt(view, node) }, 'H');
  return one.reason === undefined ? one : { ...one, reason: 'None of its links is cut.' };
}

function transferTo(view: View, node: NodeId): ActionItem {
  const leader = leaderOf(view);
  const one = actionItem(view, 'Make it the leader', { type: 'transfer', from: leader ?? node, to: node }, 'L');
  if (leader === undefined) return { ...one, reason: 'Nobody leads, so there is no lead to hand over.' };
  return leader === node ? { ...one, reason: `${node} leads already.` } : one;
}

/** Everything that can be done to the link between two nodes. */
export function linkActions(view: View, { from, to }: DirectedLink): ActionGroups {
  const there = { from, to };
  const back = { from: to, to: from };
  const both = [there, back];
  const one = (label: string, action: Action): ActionItem => actionItem(view, label, action);
  return [
    [
      one('Cut both ways', { type: 'cut', links: both }),
      one(`Cut ${from} → ${to}`, { type: 'cut', links: [there] }),
      one(`Cut ${to} → ${from}`, { type: 'cut', links: [back] }),
    ],
    [
      one('Heal both ways', { type: 'heal', links: both }),
      one(`Heal ${from} → ${to}`, { type: 'heal', links: [there] }),
      one(`Heal ${to} → ${from}`, { type: 'heal', links: [back] }),
    ],
    [
      qualitySubmenu(view, 'Latency', both, latencyChoices(view)),
      qualitySubmenu(view, 'Loss', both, shareChoices('loss')),
      qualitySubmenu(view, 'Duplication', both, shareChoices('duplication')),
      qualitySubmenu(view, 'Reordering', both, latenessChoices('reordering', { meanMs: 300, spreadMs: 200 })),
      qualitySubmenu(view, 'Replay', both, latenessChoices('replay', { meanMs: 2_000, spreadMs: 1_000 })),
    ],
    [clogSubmenu(view, both), flapSubmenu(view, both)],
  ];
}

function linksAt(view: View, node: NodeId): readonly DirectedLink[] {
  return view.world.nodes
    .filter((other) => other !== node)
    .flatMap((other) => [
      { from: node, to: other },
      { from: other, to: node },
    ]);
}

function linkSubmenu(view: View, node: NodeId): ActionSubmenu {
  const items = view.world.nodes
    .filter((other) => other !== node)
    .map((other): ActionItem => {
      const links = [
        { from: node, to: other },
        { from: other, to: node },
      ];
      const isCut = links.every(({ from, to }) => view.world.cuts.has(`${from}>${to}`));
      return isCut
        ? actionItem(view, `Heal the link to ${other}`, { type: 'heal', links })
        : actionItem(view, `Cut the link to ${other}`, { type: 'cut', links });
    });
  return { type: 'submenu', label: 'Links', items };
}

/** Rates inside and outside of the hundredth that leases allow for, in millionths. */
const DRIFTS_PPM = [0, 10_000, 100_000, -100_000, -500_000];
const JUMPS_MS = [100, 1_000];

/** The node's own clock: how fast it runs, and jumps. */
function clockSubmenu(view: View, node: NodeId): ActionSubmenu {
  const present = view.world.machines[node]?.clock.driftPpm;
  const rates = DRIFTS_PPM.map((driftPpm) => ({
    ...actionItem(view, driftPpm === 0 ? 'Keeps time' : `Runs ${shownDrift(driftPpm)}`, {
      type: 'set-clock',
      nodes: [node],
      driftPpm,
    }),
    isPresent: present === driftPpm,
  }));
  const jumps = JUMPS_MS.map((byMs) =>
    actionItem(view, `Jumps ${countOf(byMs)} ms ahead`, { type: 'jump-clock', nodes: [node], byMs }),
  );
  return { type: 'submenu', label: 'Clock', items: [...rates, ...jumps] };
}

interface QualityChoice {
  readonly label: string;
  readonly quality: Partial<LinkQuality>;
}

function latencyChoices({ world }: View): readonly QualityChoice[] {
  const normal = world.network.latency;
  const others = [1, 100, 400].map((meanMs) => ({ meanMs, spreadMs: Math.floor(meanMs / 4) }));
  return [
    { label: `Normal (${shownDelay(normal)})`, quality: { latency: normal } },
    ...others.map((latency) => ({ label: shownDelay(latency), quality: { latency } })),
  ];
}

function shareChoices(kind: 'loss' | 'duplication'): readonly QualityChoice[] {
  return [0, 0.1, 0.5].map((share) => ({
    label: share === 0 ? 'None' : `${share * 100} %`,
    quality: { [kind]: share },
  }));
}

function latenessChoices(kind: 'reordering' | 'replay', delay: Delay): readonly QualityChoice[] {
  const some = [0.1, 0.5].map((chance) => ({
    label: `${chance * 100} %, ${shownDelay(delay)} later`,
    quality: { [kind]: { chance, delay } },
  }));
  return [{ label: 'None', quality: { [kind]: notLate } }, ...some];
}

function qualitySubmenu(
  view: View,
  label: string,
  links: readonly DirectedLink[],
  choices: readonly QualityChoice[],
): ActionSubmenu {
  return {
    type: 'submenu',
    label,
    items: choices.map((choice) => ({
      ...actionItem(view, choice.label, { type: 'set-links', links, quality: choice.quality }),
      isPresent: links.every(({ from, to }) => hasQuality(qualityOf(view.world, from, to), choice.quality)),
    })),
  };
}

function hasQuality(quality: LinkQuality, wanted: Partial<LinkQuality>): boolean {
  return sameQuality(quality, changedQuality(quality, wanted));
}
