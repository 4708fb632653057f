import { describe, expect, it } from 'vitest';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { View } from '../../src/timeline/view.ts';
import { changeWorld } from '../../src/timeline/world.ts';
import type { ActionItem } from '../../src/ui/actions/action-item.ts';
import { nodeActions } from '../../src/ui/actions/action-list.ts';
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
