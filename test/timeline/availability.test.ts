import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Action } from '../../src/timeline/action.ts';
import { inverseOf, wouldChange } from '../../src/timeline/availability.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { allLinks, changeWorld, initialWorld, qualityOf, type World } from '../../src/timeline/world.ts';
import { anyRun } from '../support/random-run.ts';
import { actions } from './samples.ts';

vi.setConfig({ testTimeout: 30_000 });

const fresh = initialWorld(defaultRunConfig);
const link = { from: 'n1', to: 'n2' } as const;

function after(...done: readonly Action[]): World {
  return done.reduce((world, action) => changeWorld(world, action, 1_000), fresh);
}

function reason(world: World, action: Action): string | undefined {
  const change = wouldChange(world, action);
  return change.possible ? undefined : change.reason;
}

describe('An action that would change nothing is refused with a sentence', () => {
  const killed = after({ type: 'kill', node: 'n2' });
  const paused = after({ type: 'pause', node: 'n2' });
  const cut = after({ type: 'cut', links: [link] });
  const groups = [
    ['n1', 'n2'],
    ['n3', 'n4', 'n5'],
  ];
  const latency = defaultRunConfig.disk;

  it.each<[World, Action, string]>([
    [killed, { type: 'kill', node: 'n2' }, 'n2 is down already.'],
    [fresh, { type: 'revive', node: 'n2' }, 'n2 is running already.'],
    [paused, { type: 'revive', node: 'n2' }, 'n2 is not down but paused: resume it.'],
    [killed, { type: 'restart', node: 'n2' }, 'n2 is down: revive it.'],
    [killed, { type: 'pause', node: 'n2' }, 'n2 is down.'],
    [paused, { type: 'pause', node: 'n2' }, 'n2 is paused already.'],
    [fresh, { type: 'resume', node: 'n2' }, 'n2 is not paused.'],
    [killed, { type: 'resume', node: 'n2' }, 'n2 is not paused but down: revive it.'],
    [killed, { type: 'time-out-now', node: 'n2' }, 'n2 is down.'],
    [paused, { type: 'time-out-now', node: 'n2' }, 'n2 is paused, and handles nothing until it is resumed.'],
    [cut, { type: 'cut', links: [link] }, 'n1→n2 is cut already.'],
    [fresh, { type: 'cut', links: [] }, 'No link is named.'],
    [fresh, { type: 'cut', links: [{ from: 'n1', to: 'n1' }] }, 'n1 has no link to itself.'],
    [fresh, { type: 'heal', links: undefined }, 'No link is cut.'],
    [fresh, { type: 'heal', links: [link, { from: 'n3', to: 'n1' }] }, 'n1→n2 and n3→n1 are not cut.'],
    [after({ type: 'isolate', node: 'n2' }), { type: 'isolate', node: 'n2' }, 'n2 is cut off already.'],
    [after({ type: 'split', groups }), { type: 'split', groups }, 'The cluster is split like this already.'],
    [
      fresh,
      { type: 'split', groups: [['n1', 'n2', 'n3', 'n4', 'n5']] },
      'All nodes would be in one group: nothing would be cut.',
    ],
    [fresh, { type: 'split', groups: [['n1'], ['n2', 'n1']] }, 'n1 stands twice in the groups.'],
    [fresh, { type: 'set-links', links: undefined, quality: {} }, 'It sets neither latency nor loss nor duplication.'],
    [fresh, { type: 'set-links', links: undefined, quality: { loss: 0 } }, 'All links are like that already.'],
    [fresh, { type: 'set-links', links: [link], quality: { loss: 0 } }, 'n1→n2 is like that already.'],
    [fresh, { type: 'set-disk', nodes: ['n1'], latency }, 'The disk is like that already.'],
    [killed, { type: 'power-failure', nodes: ['n2'], clients: false }, 'These nodes are down already.'],
    [fresh, { type: 'power-return', nodes: ['n2'] }, 'None of these nodes is down.'],
    [fresh, { type: 'kill', node: 'n9' }, 'n9 is not a node of this cluster: it has n1 to n5.'],
    [fresh, { type: 'split', groups: [['n1'], ['n7']] }, 'n7 is not a node of this cluster: it has n1 to n5.'],
    [
      fresh,
      { type: 'set-links', links: undefined, quality: { loss: 3 } },
      'quality.loss must be a number from 0 to 1, but is 3.',
    ],
    [
      fresh,
      { type: 'set-disk', nodes: undefined, latency: { meanMs: -1, spreadMs: 2 } },
      'latency.meanMs must be a number from 0 to 60000, but is -1.',
    ],
    [
      fresh,
      { type: 'explode' } as unknown as Action,
      'type must be the name of an action, such as kill or split, but is "explode".',
    ],
    [
      fresh,
      { type: 'request', client: 'c1', requestId: 'r1', operation: { type: 'get', key: '' } },
      'The key is empty; a key needs at least 1 byte.',
    ],
  ])('%#: %o', (world, action, sentence) => {
    expect(reason(world, action)).toBe(sentence);
  });

  it('and a leader is not timed out, as it has no election timer', () => {
    const led = fold(initialView(defaultRunConfig), [
      {
        atUs: 0,
        actor: 'n2',
        event: { type: 'became-leader', term: 1, lastIndex: 0, peers: ['n1'], rule: 'majority' },
      },
    ]);
    const action = { type: 'time-out-now', node: 'n2' } as const;
    expect(wouldChange(led.world, action, led)).toEqual({
      possible: false,
      reason: 'n2 leads, and a leader has no election timer.',
    });
    expect(wouldChange(led.world, action)).toEqual({ possible: true });
    expect(wouldChange(led.world, { ...action, node: 'n1' }, led)).toEqual({ possible: true });
  });
});

describe('A transfer of the lead', () => {
  const led = fold(initialView(defaultRunConfig), [
    {
      atUs: 0,
      actor: 'n2',
      event: { type: 'became-leader', term: 1, lastIndex: 0, peers: ['n1', 'n3'], rule: 'majority' },
    },
  ]);
  const transfer = { type: 'transfer', from: 'n2', to: 'n3' } as const;

  it('is possible to a node that is down, since a leader cannot know that', () => {
    expect(wouldChange(led.world, transfer, led)).toEqual({ possible: true });
    const down = changeWorld(led.world, { type: 'kill', node: 'n3' }, 0);
    expect(wouldChange(down, transfer, { ...led, world: down })).toEqual({ possible: true });
  });

  it('is impossible, in one sentence, where nobody could hand over', () => {
    const why = (action: Action, view = led): string => {
      const change = wouldChange(view.world, action, view);
      return change.possible ? 'possible' : change.reason;
    };
    expect(why({ ...transfer, from: 'n1' })).toBe('n1 does not lead.');
    expect(why({ ...transfer, to: 'n2' })).toBe('n2 cannot hand its lead to itself.');
    expect(why({ ...transfer, to: 'n9' })).toBe('n9 is not a node of this cluster: it has n1 to n5.');
    const down = changeWorld(led.world, { type: 'kill', node: 'n2' }, 0);
    expect(why(transfer, { ...led, world: down })).toBe('n2 is down.');
    const busy = fold(led, [
      { atUs: 0, actor: 'n2', event: { type: 'transfer-started', to: 'n1', untilUs: 300_000, rule: 'transfer' } },
    ]);
    expect(why(transfer, busy)).toBe('n2 is handing its lead over to n1 already.');
    const givenUp = fold(busy, [
      { atUs: 0, actor: 'n2', event: { type: 'transfer-given-up', to: 'n1', rule: 'transfer-timeout' } },
    ]);
    expect(why(transfer, givenUp)).toBe('possible');
  });
});

describe('An action', () => {
  it('that is sound and would change something is possible, every type of it', () => {
    const broken = after({ type: 'kill', node: 'n3' }, { type: 'cut', links: [link, { from: 'n2', to: 'n1' }] });
    const possibleIn = (world: World): string[] =>
      Object.values(actions)
        .flat()
        .filter((action) => wouldChange(world, action).possible)
        .map(({ type }) => type);
    const paused = after({ type: 'pause', node: 'n3' });
    const types = new Set([...possibleIn(fresh), ...possibleIn(broken), ...possibleIn(paused)]);
    types.delete('power-return');
    expect([...types, 'power-return'].sort()).toEqual(Object.keys(actions).sort());
    expect(wouldChange(broken, { type: 'power-return', nodes: ['n3'] })).toEqual({ possible: true });
  });
});

/** What an inverse must bring back: who runs, what is cut, how links and disks behave. */
function condition(world: World): unknown {
  return {
    machines: world.nodes.map((node) => [world.machines[node]?.status, world.machines[node]?.disk]),
    cuts: [...world.cuts].sort(),
    network: world.network,
    links: allLinks(world).map(({ from, to }) => qualityOf(world, from, to)),
  };
}

describe('The inverse of an action', () => {
  it('brings back statuses, cuts, links and disks, from wherever it is done', () => {
    let undone = 0;
    fc.assert(
      fc.property(anyRun(12), ({ config, actions: steps }) => {
        let world = initialWorld(config);
        for (const { atUs, action } of steps) {
          const next = changeWorld(world, action, atUs);
          // Power is not given back by undoing: that is a going back in time.
          const isPower = action.type === 'power-failure' || action.type === 'power-return';
          if (!wouldChange(world, action).possible) continue;
          if (!isPower) {
            const inverse = inverseOf(world, action, atUs);
            const healed = inverse.reduce((one, step) => changeWorld(one, step, atUs), next);
            expect(condition(healed)).toEqual(condition(world));
            if (inverse.length === 1) expect(inverse.map((step) => wouldChange(next, step).possible)).toEqual([true]);
            if (inverse.length > 0) undone += 1;
          }
          world = next;
        }
      }),
      { numRuns: 300 },
    );
    expect(undone).toBeGreaterThan(300);
  });

  it('heals just what it cut, and cuts again just what it healed', () => {
    const cut = after({ type: 'cut', links: [link, { from: 'n1', to: 'n3' }] });
    const split = { type: 'split', groups: [['n1', 'n2'], ['n3']] } as const;
    const inverse = inverseOf(cut, split, 0);
    const [heal, recut] = inverse;
    expect(recut).toEqual({ type: 'cut', links: [link] });
    expect(heal?.type === 'heal' && heal.links?.some(({ from, to }) => from === 'n1' && to === 'n3')).toBe(false);
    expect(inverseOf(cut, { type: 'heal', links: undefined }, 0)).toEqual([
      { type: 'cut', links: [link, { from: 'n1', to: 'n3' }] },
    ]);
  });

  it.each<Action>([
    { type: 'restart', node: 'n2' },
    { type: 'time-out-now', node: 'n2' },
    { type: 'transfer', from: 'n1', to: 'n2' },
    { type: 'request', client: 'c1', requestId: 'r1', operation: { type: 'get', key: 'x' } },
    { type: 'power-failure', nodes: ['n1'], clients: true },
    { type: 'revive', node: 'n2' },
  ])('of $type is nothing where there is nothing to heal', (action) => {
    expect(inverseOf(fresh, action, 0)).toEqual([]);
  });

  it('of a kill revives, of a paused node also pauses again', () => {
    expect(inverseOf(fresh, { type: 'kill', node: 'n2' }, 0)).toEqual([{ type: 'revive', node: 'n2' }]);
    expect(inverseOf(after({ type: 'pause', node: 'n2' }), { type: 'kill', node: 'n2' }, 0)).toEqual([
      { type: 'revive', node: 'n2' },
      { type: 'pause', node: 'n2' },
    ]);
  });
});
