import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_UNDO, UndoStack } from '../../src/cluster/undo-stack.ts';
import type { Action } from '../../src/timeline/action.ts';
import { wouldChange } from '../../src/timeline/availability.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { changeWorld, initialWorld, type World } from '../../src/timeline/world.ts';
import { anyRun } from '../support/random-run.ts';

const kill = (node: string): Action => ({ type: 'kill', node });
const revive = (node: string): Action => ({ type: 'revive', node });

function told(...actions: readonly Action[]): UndoStack {
  const stack = new UndoStack(defaultRunConfig);
  for (const [position, action] of actions.entries()) stack.record({ atUs: position, action }, position);
  return stack;
}

/** The world but for what no undoing brings back: how often nodes have started, and since when they run. */
function standing(world: World): unknown {
  const machines = Object.entries(world.machines).map(([node, { status, disk }]) => [node, status, disk]);
  const { cuts, network, nodes } = world;
  const links = nodes.flatMap((from) => nodes.map((to) => world.linkQualities[`${from}>${to}`] ?? network));
  return { machines, cuts: [...cuts].sort(), network, links };
}

describe('What can be undone', () => {
  it('is the last action first, each with what heals it', () => {
    const stack = told(kill('n1'), { type: 'cut', links: [{ from: 'n2', to: 'n3' }] });
    expect(stack.pop()).toMatchObject({ position: 1, inverse: [{ type: 'heal', links: [{ from: 'n2', to: 'n3' }] }] });
    expect(stack.pop()).toMatchObject({ position: 0, inverse: [revive('n1')] });
    expect(stack.pop()).toBeUndefined();
  });

  it('is not what undo did, nor what it undid', () => {
    const stack = told(kill('n1'), kill('n2'));
    stack.record({ atUs: 9, action: revive('n2') }, 2, 1);
    expect(stack.top).toEqual(kill('n1'));
    stack.record({ atUs: 9, action: revive('n1') }, 3, 0);
    expect(stack.top).toBeUndefined();
  });

  it('is what a person heals by hand', () => {
    expect(told(kill('n1'), revive('n1')).top).toEqual(revive('n1'));
  });

  it('is not a request, nor what the real machine did, nor what changed nothing', () => {
    const stack = told(
      { type: 'request', client: 'c1', requestId: 'r1', operation: { type: 'get', key: 'x' } },
      { type: 'crash', node: 'n1', reason: 'Its disk is full.' },
      { type: 'power-failure', nodes: ['n2'], clients: true },
      { type: 'power-return', nodes: ['n2'] },
      revive('n3'),
    );
    expect(stack.top).toBeUndefined();
  });

  it('is a forced timeout, although it leaves nothing to heal', () => {
    expect(told({ type: 'time-out-now', node: 'n1' }).pop()?.inverse).toEqual([]);
  });

  it('is remembered for the last actions only', () => {
    const stack = told(
      ...Array.from({ length: MAX_UNDO + 1 }, (_, count) => (count % 2 === 0 ? kill('n1') : revive('n1'))),
    );
    const positions: number[] = [];
    for (let last = stack.pop(); last !== undefined; last = stack.pop()) positions.push(last.position);
    expect(positions).toHaveLength(MAX_UNDO);
    expect(positions.at(-1)).toBe(1);
  });

  it('brings the world back to what it was, whatever was done', () => {
    fc.assert(
      fc.property(anyRun(12), (run) => {
        const stack = new UndoStack(run.config);
        const worlds = new Map<number, World>();
        let world = initialWorld(run.config);
        for (const [position, timed] of run.actions.entries()) {
          worlds.set(position, world);
          world = changeWorld(world, timed.action, timed.atUs);
          stack.record(timed, position);
        }
        const last = stack.pop();
        // What comes after the last undoable action is nothing that it heals.
        if (last === undefined || last.position !== run.actions.length - 1 || last.inverse.length === 0) return;
        // A machine that was started stays, and who belongs to the cluster is no matter of the world.
        if (last.action.type === 'start-node' || last.action.type === 'change-membership') return;
        for (const action of last.inverse) {
          expect(wouldChange(world, action).possible).toBe(true);
          world = changeWorld(world, action, run.untilUs);
        }
        expect(standing(world)).toEqual(standing(worlds.get(last.position) ?? world));
      }),
      { numRuns: 500 },
    );
  });
});
