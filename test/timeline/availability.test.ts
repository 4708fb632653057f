import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { configurationOf } from '../../src/raft/configuration.ts';
import type { MembershipChange } from '../../src/raft/membership-change.ts';
import type { Action } from '../../src/timeline/action.ts';
import { inverseOf, wouldChange } from '../../src/timeline/availability.ts';
import type { EventBody } from '../../src/timeline/event.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { MAX_NODES } from '../../src/timeline/run-schema.ts';
import { heldUntilUs } from '../../src/timeline/link-trouble.ts';
import { allLinks, changeWorld, initialWorld, linkKey, qualityOf, type World } from '../../src/timeline/world.ts';
import type { View } from '../../src/timeline/view.ts';
import { anyRun } from '../support/random-run.ts';
import { actions } from './samples.ts';

vi.setConfig({ testTimeout: 30_000 });

const fresh = initialWorld(defaultRunConfig);
const link = { from: 'n1', to: 'n2' } as const;
const flap: Action = { type: 'flap', links: [link], downMs: 300, upMs: 700 };

function after(...done: readonly Action[]): World {
  return done.reduce((world, action) => changeWorld(world, action, 1_000), fresh);
}

function reason(world: World, action: Action): string | undefined {
  const change = wouldChange(world, action);
  return change.possible ? undefined : change.reason;
}

const change = (wanted: MembershipChange, from = 'n1'): Action => ({ type: 'change-membership', from, change: wanted });
const voters = (...named: readonly string[]): MembershipChange => ({
  type: 'set-voters',
  voters: named,
  leavesByItself: true,
});

describe('An action that would change nothing is refused with a sentence', () => {
  const killed = after({ type: 'kill', node: 'n2' });
  const paused = after({ type: 'pause', node: 'n2' });
  const cut = after({ type: 'cut', links: [link] });
  const groups = [
    ['n1', 'n2'],
    ['n3', 'n4', 'n5'],
  ];
  const crowded = Array.from({ length: MAX_NODES }, (_, place) => `n${place + 6}`).reduce(
    (world, node) => (world.nodes.length < MAX_NODES ? changeWorld(world, { type: 'start-node', node }, 0) : world),
    fresh,
  );
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
    [fresh, { type: 'split', groups: [['n1', 'n1']] }, 'n1 stands twice in one group.'],
    [fresh, { type: 'clog', links: [link], forMs: 0 }, 'n1→n2 is not clogged.'],
    [fresh, { type: 'clog', links: [], forMs: 5 }, 'No link is named.'],
    [fresh, { type: 'flap', links: [link], downMs: 0, upMs: 1 }, 'n1→n2 is steady already.'],
    [after(flap), flap, 'n1→n2 is flapping already.'],
    [
      fresh,
      { type: 'set-links', links: undefined, quality: {} },
      'It sets nothing: neither latency nor loss, duplication, reordering or replay.',
    ],
    [fresh, { type: 'set-links', links: undefined, quality: { loss: 0 } }, 'All links are like that already.'],
    [fresh, { type: 'set-links', links: [link], quality: { loss: 0 } }, 'n1→n2 is like that already.'],
    [
      fresh,
      { type: 'set-handling', nodes: ['n1'], delay: { meanMs: 0, spreadMs: 0 } },
      'The nodes are as fast already.',
    ],
    [fresh, { type: 'damage-disk', node: 'n1', damage: { type: 'torn-write' } }, 'n1 is not down: kill it first.'],
    [
      after({ type: 'kill', node: 'n1' }),
      { type: 'damage-disk', node: 'n1', damage: { type: 'lose-entries', from: 3, to: 2 } },
      'There are no entries from 3 to 2.',
    ],
    [
      after({ type: 'kill', node: 'n1' }),
      { type: 'swap-disks', node: 'n1', with: 'n2' },
      'n2 is not down: kill it first.',
    ],
    [fresh, { type: 'swap-disks', node: 'n1', with: 'n1' }, 'n1 has its own disk.'],
    [fresh, { type: 'copy-disk', node: 'n1' }, 'n1 is not down: kill it first.'],
    [fresh, { type: 'restore-copy', node: 'n1' }, 'n1 is not down: kill it first.'],
    [after({ type: 'kill', node: 'n1' }), { type: 'restore-copy', node: 'n1' }, "There is no copy of n1's disk."],
    [fresh, { type: 'set-disk', nodes: ['n1'] }, 'It sets nothing of the disk.'],
    [fresh, { type: 'set-disk', nodes: ['n1'], writes: 'kept' }, 'The disk is like that already.'],
    [fresh, { type: 'set-disk', nodes: ['n1'], latency }, 'The disk is like that already.'],
    [killed, { type: 'power-failure', nodes: ['n2'], clients: false }, 'These nodes are down already.'],
    [fresh, { type: 'power-return', nodes: ['n2'] }, 'None of these nodes is down.'],
    [fresh, { type: 'start-node', node: 'n5' }, 'There is a node n5 already.'],
    [crowded, { type: 'start-node', node: 'n99' }, 'There are 64 nodes, which is the most.'],
    [killed, change({ type: 'remove', node: 'n3' }, 'n2'), 'n2 is down.'],
    [paused, change({ type: 'remove', node: 'n3' }, 'n2'), 'n2 is paused, and handles nothing until it is resumed.'],
    [fresh, change({ type: 'add-voter', node: 'n6' }), 'n6 is not a node of this cluster: it has n1 to n5.'],
    [
      after({ type: 'start-node', node: 'n9' }),
      change({ type: 'add-voter', node: 'n6' }),
      'n6 is not a node of this cluster: it has n1, n2, n3, n4, n5 and n9.',
    ],
    [fresh, change(voters('n1', 'n1')), 'n1 stands twice among the voters.'],
    [fresh, change(voters()), 'Nobody would be left to vote.'],
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
      'latency.meanMs must be a number from 0 to 60,000, but is -1.',
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

describe('A change of the membership', () => {
  const leads: EventBody = { type: 'became-leader', term: 1, lastIndex: 0, peers: ['n1', 'n3'], rule: 'majority' };
  const configuration = configurationOf(['n1', 'n2', 'n3']);
  const said = (...events: readonly EventBody[]): View =>
    fold(
      initialView(defaultRunConfig),
      events.map((event) => ({ atUs: 0, actor: 'n2', event })),
    );
  const born: EventBody = { type: 'configuration-changed', index: 0, configuration, rule: 'configuration-undone' };
  const noOp: EventBody = {
    type: 'entries-appended',
    entries: [{ type: 'no-op', index: 1, term: 1 }],
    from: undefined,
  };
  const commit = (commitIndex: number): EventBody => ({
    type: 'commit-advanced',
    commitIndex,
    from: commitIndex - 1,
    rule: 'commit-majority',
  });
  const appended: readonly EventBody[] = [
    {
      type: 'entries-appended',
      entries: [{ type: 'configuration', index: 2, term: 1, configuration: { ...configuration, learners: ['n4'] } }],
      from: undefined,
    },
    {
      type: 'configuration-changed',
      index: 2,
      configuration: { ...configuration, learners: ['n4'] },
      rule: 'configuration-on-append',
    },
  ];
  const why = (view: View, wanted: MembershipChange, from = 'n2'): string => {
    const answer = wouldChange(view.world, change(wanted, from), view);
    return answer.possible ? 'possible' : answer.reason;
  };
  const settled = said(born, leads, noOp, commit(1));

  it('is possible on a leader that has committed in its term', () => {
    expect(why(settled, { type: 'remove', node: 'n3' })).toBe('possible');
    expect(why(said(born, leads, noOp), { type: 'remove', node: 'n3' })).toBe(
      'n2 has not committed anything in its term yet.',
    );
    expect(why(settled, { type: 'remove', node: 'n3' }, 'n1')).toBe('n1 does not lead.');
  });

  it('is not possible while another is pending, for who is no member, and for who lacks committed entries', () => {
    const pending = said(born, leads, noOp, commit(1), ...appended);
    expect(why(pending, { type: 'remove', node: 'n3' })).toBe('The change before it is not committed yet.');
    expect(why(settled, { type: 'promote', node: 'n4' })).toBe('n4 is no member.');
    expect(why(settled, { type: 'leave-joint' })).toBe('No two configurations hold jointly.');
    const behind = said(born, leads, noOp, commit(1), ...appended, commit(2));
    expect(why(behind, { type: 'promote', node: 'n4' })).toBe('n4 lacks committed entries, or is silent.');
    const caughtUp = fold(behind, [
      {
        atUs: 0,
        actor: 'n2',
        event: {
          type: 'progress-changed',
          peer: 'n4',
          nextIndex: 3,
          matchIndex: 2,
          state: 'replicate',
          inFlight: { messages: 0, bytes: 0 },
          rule: 'match-index',
        },
      },
    ]);
    expect(why(caughtUp, { type: 'promote', node: 'n4' })).toBe('possible');
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
    types.add('swap-disks');
    types.add('restore-copy');
    expect([...types, 'power-return'].sort()).toEqual(Object.keys(actions).sort());
    expect(wouldChange(broken, { type: 'power-return', nodes: ['n3'] })).toEqual({ possible: true });
    const bothDown = after({ type: 'kill', node: 'n3' }, { type: 'kill', node: 'n4' });
    expect(wouldChange(bothDown, { type: 'swap-disks', node: 'n3', with: 'n4' })).toEqual({ possible: true });
    const copied = changeWorld(bothDown, { type: 'copy-disk', node: 'n3' }, 0);
    expect(wouldChange(copied, { type: 'restore-copy', node: 'n3' })).toEqual({ possible: true });
    const swapped = changeWorld(copied, { type: 'swap-disks', node: 'n3', with: 'n4' }, 0);
    expect(wouldChange(swapped, { type: 'restore-copy', node: 'n4' })).toEqual({ possible: true });
    expect(wouldChange(swapped, { type: 'restore-copy', node: 'n3' }).possible).toBe(false);
  });
});

/** What an inverse must bring back: who of these runs, what is cut, how links and disks behave. */
function condition(world: World, nodes: readonly string[], atUs: number): unknown {
  const links = allLinks({ ...world, nodes });
  return {
    machines: nodes.map((node) => {
      const { status, disk, writes, unsynced, handling, clock } = world.machines[node] ?? {};
      return { status, disk, writes, unsynced, handling, driftPpm: clock?.driftPpm };
    }),
    cuts: [...world.cuts].sort(),
    clogs: links.map(({ from, to }) => heldUntilUs(world, linkKey(from, to), atUs)),
    flaps: links.map(({ from, to }) => ({ ...world.flaps[linkKey(from, to)], sinceUs: 0 })),
    network: world.network,
    links: links.map(({ from, to }) => qualityOf(world, from, to)),
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
            expect(condition(healed, world.nodes, atUs)).toEqual(condition(world, world.nodes, atUs));
            // A machine that was started stays, but does not run.
            if (action.type === 'start-node') expect(healed.machines[action.node]?.status).toBe('down');
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
    { type: 'change-membership', from: 'n1', change: { type: 'remove', node: 'n2' } },
    { type: 'request', client: 'c1', requestId: 'r1', operation: { type: 'get', key: 'x' } },
    { type: 'power-failure', nodes: ['n1'], clients: true },
    { type: 'revive', node: 'n2' },
  ])('of $type is nothing where there is nothing to heal', (action) => {
    expect(inverseOf(fresh, action, 0)).toEqual([]);
  });

  it('of a new machine is to kill it, and of a change of the membership is its contrary, where it says what was before', () => {
    expect(inverseOf(fresh, { type: 'start-node', node: 'n6' }, 0)).toEqual([{ type: 'kill', node: 'n6' }]);
    expect(inverseOf(fresh, { type: 'start-node', node: 'n5' }, 0)).toEqual([]);
    const back = (wanted: MembershipChange): readonly Action[] => inverseOf(fresh, change(wanted), 0);
    expect(back({ type: 'add-voter', node: 'n6' })).toEqual([change({ type: 'remove', node: 'n6' })]);
    expect(back({ type: 'add-learner', node: 'n6' })).toEqual([change({ type: 'remove', node: 'n6' })]);
    expect(back({ type: 'promote', node: 'n6' })).toEqual([change({ type: 'demote', node: 'n6' })]);
    expect(back({ type: 'demote', node: 'n2' })).toEqual([change({ type: 'promote', node: 'n2' })]);
    expect(back({ type: 'remove', node: 'n2' })).toEqual([]);
    expect(back(voters('n1', 'n2'))).toEqual([]);
    expect(back({ type: 'leave-joint' })).toEqual([]);
  });

  it('of a kill revives, of a paused node also pauses again', () => {
    expect(inverseOf(fresh, { type: 'kill', node: 'n2' }, 0)).toEqual([{ type: 'revive', node: 'n2' }]);
    expect(inverseOf(after({ type: 'pause', node: 'n2' }), { type: 'kill', node: 'n2' }, 0)).toEqual([
      { type: 'revive', node: 'n2' },
      { type: 'pause', node: 'n2' },
    ]);
  });
});
