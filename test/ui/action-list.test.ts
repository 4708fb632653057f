import { describe, expect, it } from 'vitest';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { View } from '../../src/timeline/view.ts';
import { changeWorld } from '../../src/timeline/world.ts';
import type { Action } from '../../src/timeline/action.ts';
import type { ActionGroups, ActionItem } from '../../src/ui/actions/action-item.ts';
import { linkActions, nodeActions } from '../../src/ui/actions/action-list.ts';
import { linkFacts } from '../../src/ui/stage/link-facts.ts';
import { machineFacts } from '../../src/ui/stage/machine-facts.ts';
import { NODE_KEYS } from '../../src/ui/stage/use-node-keys.ts';

const still = initialView(defaultRunConfig);
const led = fold(still, [
  {
    atUs: 0,
    actor: 'n2',
    event: { type: 'became-leader', term: 1, lastIndex: 0, peers: ['n1', 'n3', 'n4', 'n5'], rule: 'majority' },
  },
]);

function itemOf(view: View, node: string, label: string): ActionItem | undefined {
  const entries = nodeActions(view, node).flat();
  return entries.find((entry): entry is ActionItem => entry.type === 'item' && entry.label === label);
}
const makeLeader = (view: View, node: string) => itemOf(view, node, 'Make it the leader');

describe('The menu of a node', () => {
  it('lets the present leader hand its lead over to it', () => {
    expect(makeLeader(led, 'n4')).toMatchObject({
      action: { type: 'transfer', from: 'n2', to: 'n4' },
      reason: undefined,
    });
  });

  it('says why not, where nobody leads or it leads already', () => {
    expect(makeLeader(still, 'n4')?.reason).toBe('Nobody leads, so there is no lead to hand over.');
    expect(makeLeader(led, 'n2')?.reason).toBe('n2 leads already.');
  });

  it('says of all its links at once that none is cut', () => {
    expect(itemOf(led, 'n4', 'Heal its links')?.reason).toBe('None of its links is cut.');
    const cut: View = { ...led, world: changeWorld(led.world, { type: 'isolate', node: 'n4' }, 0) };
    expect(itemOf(cut, 'n4', 'Heal its links')?.reason).toBeUndefined();
    expect(itemOf(cut, 'n2', 'Heal its links')?.reason).toBeUndefined();
  });

  it('lets its clock run fast or slow and jump, and knows how it runs now', () => {
    const clockOf = (view: View) =>
      nodeActions(view, 'n4')
        .flat()
        .flatMap((entry) => (entry.type === 'submenu' && entry.label === 'Clock' ? entry.items : []));
    expect(clockOf(led).map(({ label, isPresent }) => (isPresent === true ? `(${label})` : label))).toEqual([
      '(Keeps time)',
      'Runs 1 % fast',
      'Runs 10 % fast',
      'Runs 10 % slow',
      'Runs 50 % slow',
      'Jumps 100 ms ahead',
      'Jumps 1,000 ms ahead',
    ]);
    const drift = { type: 'set-clock', nodes: ['n4'], driftPpm: -100_000 } as const;
    const slow: View = { ...led, world: changeWorld(led.world, drift, 0) };
    expect(clockOf(slow).map(({ isPresent }) => isPresent === true)).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(clockOf(slow)[3]?.action).toEqual(drift);
  });

  it('has a key of its own for each of its items', () => {
    const keys = nodeActions(led, 'n4')
      .flat()
      .flatMap((entry) => (entry.type === 'item' && entry.key !== undefined ? [entry.key] : []));
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(keys)).toEqual(NODE_KEYS);
  });
});

describe('The menus of faults', () => {
  const submenuOf = (groups: ActionGroups, label: string): readonly string[] =>
    groups
      .flat()
      .flatMap((entry) => (entry.type === 'submenu' && entry.label === label ? entry.items : []))
      .map(
        (item) =>
          `${item.isPresent === true ? '*' : ''}${item.label}${item.reason === undefined ? '' : ` (${item.reason})`}`,
      );
  const after = (...actions: readonly Action[]): View => ({
    ...led,
    world: actions.reduce((world, action) => changeWorld(world, action, 0), led.world),
  });

  it('let the disk of a node that runs be slow, fail or be full, and damage one of a node that is down', () => {
    expect(submenuOf(nodeActions(led, 'n4'), 'Disk').slice(4)).toEqual([
      '*Keeps what is written (The disk is like that already.)',
      'Fails the next write',
      'Is full',
      'Lies of its last 5 writes',
    ]);
    const down = after({ type: 'kill', node: 'n4' }, { type: 'kill', node: 'n5' });
    expect(submenuOf(nodeActions(down, 'n4'), 'Disk').slice(0, 6)).toEqual([
      "Flip a bit of the last entry (n4's disk holds no entries.)",
      'Flip a bit of term and vote',
      "Flip a bit of the snapshot (n4's disk holds no snapshot.)",
      "Lose an entry in the middle (n4's disk holds no entries.)",
      'Leave half a write at the end',
      'Swap it with n5’s',
    ]);
    expect(submenuOf(nodeActions(down, 'n4'), 'Disk').slice(6, 8)).toEqual([
      'Put a copy aside',
      "Put the copy back: an older disk (There is no copy of n4's disk.)",
    ]);
  });

  it('let a node be slow, and a link clog, flap, reorder and replay', () => {
    const slow = after({ type: 'set-handling', nodes: ['n4'], delay: { meanMs: 20, spreadMs: 10 } });
    expect(submenuOf(nodeActions(slow, 'n4'), 'Handles messages')).toEqual([
      'At once',
      '*20 ± 10 ms each (The nodes are as fast already.)',
      '100 ± 50 ms each',
    ]);
    const link = linkActions(led, { from: 'n1', to: 'n2' });
    expect(submenuOf(link, 'Clog')).toEqual(['For 0.5 s', 'For 2 s', 'Unclog (n1–n2 is not clogged.)']);
    expect(submenuOf(link, 'Flapping')[0]).toBe('*Steady (n1–n2 is steady already.)');
    expect(submenuOf(link, 'Replay')).toEqual([
      '*None (n1–n2 is like that already.)',
      '10 %, 2,000 ± 1,000 ms later',
      '50 %, 2,000 ± 1,000 ms later',
    ]);
  });

  it('are told of by the tooltip of a link and of a node', () => {
    const links = [{ from: 'n1', to: 'n2' }];
    const rough = after({ type: 'clog', links, forMs: 40 }, { type: 'set-disk', nodes: ['n1'], writes: 'full' });
    expect(linkFacts('n1', 'n2', rough, 10_000)[1]).toBe(
      'n1 → n2 is clogged for 30 ms more: what is sent arrives together then.',
    );
    const flapping = after({ type: 'flap', links, downMs: 20, upMs: 20 });
    expect(linkFacts('n1', 'n2', flapping, 10_000)[1]).toBe('n1 → n2 flaps, and is down at the moment.');
    expect(linkFacts('n1', 'n2', flapping, 30_000)[1]).toBe('n1 → n2 flaps, and is up at the moment.');
    expect(machineFacts('n1', rough.world.machines['n1'])).toEqual(['Its disk is full: the next write stops it.']);
  });
});
