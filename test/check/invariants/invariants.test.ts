import { describe, expect, it } from 'vitest';
import { invariantBook, invariantNames, type InvariantName } from '../../../src/check/invariants/invariant-book.ts';
import { configurationOf } from '../../../src/raft/configuration.ts';
import type { Entry } from '../../../src/raft/entry.ts';
import type { NodePicture } from '../../../src/timeline/picture.ts';
import { changeWorld, initialWorld } from '../../../src/timeline/world.ts';
import { noOp, put } from '../../timeline/samples.ts';
import { Told } from './told.ts';

const three = ['n1', 'n2', 'n3'];

/** Three nodes, of which n1 leads term 1 by the vote of n2, with its no-op on both disks. */
function led(): Told {
  return new Told().born(three).elects('n1', 1, ['n2']).replicates('n1', ['n2'], noOp(1, 1));
}

/** And it has committed that. */
function settled(): Told {
  return led().commits('n1', 0, 1, 'commit-majority');
}

/** And it has committed and applied that and a write. */
function written(): Told {
  return led()
    .replicates('n1', ['n2'], put(2, 1))
    .commits('n1', 0, 2, 'commit-majority')
    .applies('n1', noOp(1, 1))
    .applies('n1', put(2, 1));
}

function taken(told: Told, node: string, index: number): Told {
  return told.tell(node, { type: 'snapshot-taken', index, term: 1, bytes: 9, rule: 'snapshot' });
}

const leases = { leases: { durationMs: 100, driftPpm: 0 } };

/** n1 holds a lease until 1,000 ms. */
function leased(): Told {
  const told = new Told(leases).born(three).elects('n1', 1, ['n2']).replicates('n1', ['n2'], noOp(1, 1));
  return told.tell('n1', { type: 'lease-extended', untilUs: 1_000_000, round: 1, rule: 'lease' });
}

/** n2 leads term 2 by the vote of n3, with an entry on both disks. */
function succeeded(told: Told): Told {
  return told.elects('n2', 2, ['n3']).appends('n3', 'n2', noOp(1, 1)).replicates('n2', ['n3'], noOp(2, 2));
}

function answersByLease(told: Told, node: string): Told {
  return told.tell(node, { type: 'reads-ready', reads: 1, index: 1, via: 'lease', waiting: 0, rule: 'lease' });
}

/** n1 and n2 commit what each of them alone holds at index 2. */
function twoCommitted(): Told {
  const told = succeeded(led().appends('n1', undefined, put(2, 1)));
  return told.commits('n1', 0, 2, 'commit-from-leader').commits('n2', 0, 2, 'commit-from-leader');
}

type Case = readonly [what: string, told: () => Told];

function pictureOf(voters: readonly string[]): NodePicture {
  return {
    role: 'follower',
    term: 1,
    votedFor: 'n1',
    leader: 'n1',
    votes: {},
    configuration: configurationOf(voters),
    base: { index: 0, term: 0 },
    entries: [],
    snapshot: undefined,
    receiving: undefined,
    durableIndex: 0,
    disk: { term: 1, votedFor: 'n1' },
    commitIndex: 0,
    lastApplied: 0,
    progress: {},
    deadlineUs: 0,
    transferTo: undefined,
    waitingReads: 0,
    lease: { heldUntilUs: undefined, promisedUntilUs: undefined, waitUntilUs: undefined },
    store: [],
    halted: undefined,
    untold: { entries: 0, keys: 0 },
  };
}

/** What each invariant must refuse: exactly that one, at the last event. */
const bad: Readonly<Record<InvariantName, readonly Case[]>> = {
  'election-safety': [
    ['two leaders of one term', () => led().stands('n3', 1).written('n3').wins('n3', 1)],
    ['one leader that is elected twice in a term', () => led().wins('n1', 1)],
    ['two leaders of one term, long after one another', () => succeeded(led()).wins('n1', 1)],
  ],
  'one-vote': [
    ['two votes in one life', () => new Told().born(three).votes('n3', 'n1', 1).votes('n3', 'n2', 1)],
    ['a vote for another after it stood itself', () => new Told().born(three).stands('n3', 1).votes('n3', 'n2', 1)],
    [
      'a vote that left, and another one after a restart',
      () =>
        new Told()
          .born(three)
          .votes('n3', 'n1', 1)
          .written('n3')
          .sendsVote('n3', 'n1', 1)
          .started('n3')
          .sendsVote('n3', 'n2', 1),
    ],
    [
      'a vote for another after its request for votes had left',
      () =>
        new Told()
          .born(three)
          .stands('n3', 1)
          .written('n3')
          .asksForVotes('n3', 'n1')
          .started('n3')
          .sendsVote('n3', 'n1', 1),
    ],
  ],
  'leader-append-only': [
    ['a leader that removes an entry', () => led().truncates('n1', 1, 'n2')],
    ['a leader that takes entries from another', () => led().appends('n1', 'n3', noOp(2, 1))],
    [
      'a leader whose log gives way to a snapshot',
      () =>
        led().tell('n1', {
          type: 'snapshot-installed',
          from: 'n2',
          index: 1,
          term: 1,
          bytes: 9,
          keepsLog: false,
          rule: 'snapshot-replaces-log',
        }),
    ],
  ],
  'log-matching': [
    [
      'another command of the same index and term',
      () =>
        led()
          .appends('n1', undefined, put(2, 1))
          .appends('n2', 'n1', put(2, 1, 'x', 'other')),
    ],
    [
      'the same entry behind one of another term',
      () =>
        succeeded(led())
          .appends('n1', undefined, put(2, 1))
          .elects('n1', 3, ['n2'])
          .appends('n1', undefined, noOp(3, 3))
          .appends('n3', 'n1', noOp(3, 3)),
    ],
    ['a log with a gap', () => led().appends('n2', 'n1', put(3, 1))],
    ['an entry where there is one already', () => led().appends('n2', 'n1', noOp(1, 1))],
    ['terms that go down', () => succeeded(led()).appends('n2', undefined, put(3, 1))],
  ],
  'leader-completeness': [
    ['a leader whose log is too short', () => written().elects('n3', 2, ['n2'])],
    [
      'a leader that holds another entry there',
      () =>
        new Told()
          .born(three)
          .elects('n3', 1, ['n1'])
          .replicates('n3', [], noOp(1, 1))
          .elects('n1', 2, ['n2'])
          .replicates('n1', ['n2'], noOp(1, 2))
          .commits('n1', 0, 1, 'commit-majority')
          .elects('n3', 3, ['n2']),
    ],
  ],
  'session-exactly-once': [
    [
      'a command that stands in the log twice and is applied twice',
      () => {
        const again: Entry = { ...put(2, 1), index: 3 };
        return written().replicates('n1', ['n2'], again).commits('n1', 2, 3, 'commit-majority').applies('n1', again);
      },
    ],
    [
      'a command that is applied again by a node that has forgotten the session',
      () => {
        const again: Entry = { ...put(2, 1), index: 3 };
        const told = written()
          .replicates('n1', ['n2'], again)
          .commits('n1', 2, 3, 'commit-majority')
          .applies('n1', again, true);
        return told
          .commits('n2', 0, 3, 'commit-from-leader')
          .applies('n2', noOp(1, 1))
          .applies('n2', put(2, 1))
          .applies('n2', again);
      },
    ],
  ],
  'state-machine-safety': [
    ['two entries committed at one index', () => twoCommitted()],
    [
      'an entry applied where another was committed',
      () =>
        led().commits('n1', 0, 1, 'commit-majority').commits('n2', 0, 1, 'commit-from-leader').applies('n2', put(1, 1)),
    ],
    [
      'an entry that does something else on another node',
      () =>
        written()
          .commits('n2', 0, 2, 'commit-from-leader')
          .applies('n2', noOp(1, 1))
          .tell('n2', {
            type: 'applied',
            entry: put(2, 1),
            result: { type: 'ok', value: '2' },
            change: { key: 'x', value: '3' },
            repeat: false,
          }),
    ],
    ['a commit past the end of the log', () => led().commits('n2', 0, 2, 'commit-from-leader')],
  ],
  'snapshot-equals-log': [
    ['another value', () => written().tell('n3', { type: 'store-restored', index: 2, entries: [['x', '3']] })],
    [
      'a key too many',
      () =>
        written().tell('n3', {
          type: 'store-restored',
          index: 2,
          entries: [
            ['x', '2'],
            ['y', '2'],
          ],
        }),
    ],
    ['a key too few', () => written().tell('n3', { type: 'store-restored', index: 2, entries: [] })],
    [
      'what nobody has applied',
      () => written().tell('n3', { type: 'store-restored', index: 3, entries: [['x', '2']] }),
    ],
    ['a snapshot of what is not applied', () => taken(written(), 'n1', 3)],
    [
      'a log that is forgotten further than its snapshot',
      () => taken(written(), 'n1', 1).tell('n1', { type: 'log-compacted', index: 2, term: 1, rule: 'snapshot' }),
    ],
    [
      'a snapshot that ends with an entry which was not the one committed',
      () =>
        written().tell('n3', {
          type: 'snapshot-installed',
          from: 'n1',
          index: 2,
          term: 2,
          bytes: 9,
          keepsLog: false,
          rule: 'snapshot-replaces-log',
        }),
    ],
  ],
  monotonic: [
    [
      'a term that goes back',
      () => led().tell('n1', { type: 'term-advanced', term: 1, from: 'n3', rule: 'higher-term' }),
    ],
    ['a candidate in the term that it had', () => led().takesOn('n3', 1, 'n1').stands('n3', 1)],
    [
      'a follower of an earlier term',
      () => succeeded(led()).tell('n2', { type: 'became-follower', term: 1, leader: undefined, rule: 'higher-term' }),
    ],
    ['a commitIndex that goes back', () => written().commits('n1', 2, 1, 'commit-from-leader')],
    ['a commitIndex that begins elsewhere', () => written().commits('n1', 1, 2, 'commit-from-leader')],
    [
      'an entry that is left out',
      () => led().replicates('n1', ['n2'], put(2, 1)).commits('n1', 0, 2, 'commit-majority').applies('n1', put(2, 1)),
    ],
    ['an entry that is applied twice', () => written().applies('n1', put(2, 1))],
    ['an entry that is applied and not committed', () => led().applies('n2', noOp(1, 1))],
  ],
  'configuration-safety': [
    ['a leader without a majority', () => new Told().born(three).stands('n1', 1).written('n1').wins('n1', 1)],
    [
      'a leader by a vote that was given in another term',
      () =>
        new Told()
          .born(three)
          .votes('n2', 'n1', 1)
          .written('n2')
          .sendsVote('n2', 'n1', 1)
          .stands('n1', 2)
          .written('n1')
          .wins('n1', 2),
    ],
    [
      'a commit of what no majority has on disk',
      () =>
        led()
          .appends('n1', undefined, put(2, 1))
          .written('n1')
          .appends('n2', 'n1', put(2, 1))
          .commits('n1', 0, 2, 'commit-majority'),
    ],
    [
      "a commit that counts the leader's disk before it has written",
      () =>
        led()
          .appends('n1', undefined, put(2, 1))
          .appends('n2', 'n1', put(2, 1))
          .written('n2')
          .commits('n1', 0, 2, 'commit-majority'),
    ],
    [
      'a voter that comes before the leader has committed anything in its term',
      () =>
        led().tell('n1', {
          type: 'configuration-changed',
          index: 2,
          configuration: configurationOf(['n1', 'n2', 'n3', 'n4']),
          rule: 'configuration-on-append',
        }),
    ],
    [
      'two voters that come at once',
      () =>
        settled().tell('n1', {
          type: 'configuration-changed',
          index: 2,
          configuration: configurationOf(['n1', 'n2', 'n3', 'n4', 'n5']),
          rule: 'configuration-on-append',
        }),
    ],
    [
      'a leader elected apart from those who hold what is committed',
      () =>
        new Told({ nodes: 5 })
          .born(['n1', 'n2', 'n3'], configurationOf(three))
          .started('n4', { configuration: configurationOf(['n4']) })
          .elects('n1', 1, ['n2'])
          .replicates('n1', ['n2'], noOp(1, 1))
          .commits('n1', 0, 1, 'commit-majority')
          // Its own log holds that entry, so that nothing else is amiss.
          .appends('n4', 'n1', noOp(1, 1))
          .elects('n4', 2, []),
    ],
  ],
  'lease-exclusivity': [
    ['a commit while another holds a lease', () => succeeded(leased()).commits('n2', 0, 2, 'commit-majority')],
    [
      'reads answered by a lease that has run out',
      () => {
        const told = leased();
        told.nowUs = 1_000_003;
        return answersByLease(told, 'n1');
      },
    ],
    [
      'reads answered by a lease that was given up',
      () => answersByLease(leased().tell('n1', { type: 'lease-given-up', to: 'n2', rule: 'lease-transfer' }), 'n1'),
    ],
    [
      'reads answered by the lease of an earlier term',
      () => answersByLease(leased().elects('n2', 2, ['n1']).elects('n1', 3, ['n2']), 'n1'),
    ],
  ],
  'on-disk-first': [
    ['a vote that is not on disk', () => new Told().born(three).votes('n2', 'n1', 1).sendsVote('n2', 'n1', 1)],
    [
      'a vote of which the disk holds the term alone',
      () => new Told().born(three).takesOn('n2', 1, 'n1').written('n2').votes('n2', 'n1', 1).sendsVote('n2', 'n1', 1),
    ],
    [
      'a request for votes before its own is on disk',
      () => new Told().born(three).stands('n1', 1).asksForVotes('n1', 'n2'),
    ],
    ['an acknowledgement of what is not on disk', () => acknowledged(led().appends('n2', 'n1', put(2, 1)), 2)],
    ['a disk that brings back an earlier term', () => led().started('n2', { term: 0, votedFor: undefined })],
    ['a disk that has lost a vote', () => led().started('n2', { votedFor: undefined })],
    ['a disk that has lost the end of the log', () => led().started('n2', { lastIndex: 0 })],
  ],
  'no-halt': [
    [
      'a node that halted',
      () => led().tell('n2', { type: 'halted', reason: 'Two leaders in term 1: n1, and now n3 (§5.2).' }),
    ],
  ],
};

function acknowledged(told: Told, matchIndex: number): Told {
  return told.sent('n2', 'n1', {
    type: 'append-entries-reply',
    term: 1,
    success: true,
    matchIndex,
    prevLogIndex: 1,
    conflictIndex: 0,
    conflictTerm: undefined,
  });
}

/** What is near the border, and right. */
const good: readonly Case[] = [
  ['an election, a write, a commit and what it does', written],
  ['leaders of two terms', () => succeeded(led())],
  ['a vote for another in the next term', () => led().votes('n3', 'n1', 1).votes('n3', 'n2', 2)],
  [
    'a vote that had not left, forgotten in a crash, and another in its place',
    () =>
      new Told()
        .born(three)
        .votes('n3', 'n1', 1)
        .started('n3', { term: 0, votedFor: undefined })
        .votes('n3', 'n2', 1)
        .written('n3')
        .sendsVote('n3', 'n2', 1),
  ],
  [
    'the same vote, said again',
    () => new Told().born(three).votes('n3', 'n1', 1).written('n3').sendsVote('n3', 'n1', 1).sendsVote('n3', 'n1', 1),
  ],
  [
    'a former leader that removes what was never committed',
    () =>
      succeeded(led().appends('n1', undefined, put(2, 1)))
        .tell('n1', { type: 'term-advanced', term: 2, from: 'n2', rule: 'higher-term' })
        .tell('n1', { type: 'became-follower', term: 2, leader: undefined, rule: 'higher-term' })
        .truncates('n1', 2, 'n2')
        .appends('n1', 'n2', noOp(2, 2)),
  ],
  [
    'a leader of an earlier term that is elected late, without what has been committed since',
    () =>
      new Told({ nodes: 5 })
        .born(['n1', 'n2', 'n3', 'n4', 'n5'], configurationOf(['n1', 'n2', 'n3', 'n4', 'n5']))
        .stands('n5', 1)
        .written('n5')
        .votes('n4', 'n5', 1)
        .written('n4')
        .sendsVote('n4', 'n5', 1)
        .votes('n3', 'n5', 1)
        .written('n3')
        .sendsVote('n3', 'n5', 1)
        .elects('n1', 2, ['n2', 'n3'])
        .replicates('n1', ['n2', 'n3'], noOp(1, 2))
        .commits('n1', 0, 1, 'commit-majority')
        .wins('n5', 1),
  ],
  [
    'a command that stands in the log twice and is applied once',
    () => {
      const again: Entry = { ...put(2, 1), index: 3 };
      return written()
        .replicates('n1', ['n2'], again)
        .commits('n1', 2, 3, 'commit-majority')
        .applies('n1', again, true);
    },
  ],
  [
    'a log that is applied anew after a crash',
    () =>
      written()
        .started('n1')
        .commits('n1', 0, 2, 'commit-from-leader')
        .applies('n1', noOp(1, 1))
        .applies('n1', put(2, 1)),
  ],
  [
    'a snapshot that holds what the log has brought about',
    () => written().tell('n3', { type: 'store-restored', index: 2, entries: [['x', '2']] }),
  ],
  ['a snapshot of an earlier index', () => written().tell('n3', { type: 'store-restored', index: 1, entries: [] })],
  [
    'one voter that comes',
    () =>
      settled().tell('n1', {
        type: 'configuration-changed',
        index: 2,
        configuration: configurationOf(['n1', 'n2', 'n3', 'n4']),
        rule: 'configuration-on-append',
      }),
  ],
  [
    'two voters that come by way of a joint configuration',
    () =>
      settled().tell('n1', {
        type: 'configuration-changed',
        index: 2,
        configuration: { ...configurationOf(['n1', 'n2', 'n3', 'n4', 'n5']), outgoing: three },
        rule: 'joint-consensus',
      }),
  ],
  [
    'a follower that takes over a configuration far from its own',
    () =>
      led().tell('n2', {
        type: 'configuration-changed',
        index: 2,
        configuration: configurationOf(['n7', 'n8', 'n9']),
        rule: 'configuration-from-snapshot',
      }),
  ],
  [
    'a commit when the lease has run out',
    () => {
      const told = succeeded(leased());
      told.nowUs = 1_000_000;
      return told.commits('n2', 0, 2, 'commit-majority');
    },
  ],
  [
    'a commit while the lease runs of one that has died',
    () => succeeded(leased().act({ type: 'kill', node: 'n1' })).commits('n2', 0, 2, 'commit-majority'),
  ],
  [
    'a commit while another holds a lease by a clock that is off',
    () =>
      succeeded(leased().act({ type: 'set-clock', nodes: ['n1'], driftPpm: 5 })).commits('n2', 0, 2, 'commit-majority'),
  ],
  ['reads answered by a lease that holds', () => answersByLease(leased(), 'n1')],
  ['an acknowledgement of what is on disk', () => acknowledged(led(), 1)],
  [
    'an acknowledgement of an earlier term, whose entries a later one has removed',
    () => acknowledged(led().votes('n2', 'n3', 2).written('n2').truncates('n2', 1, 'n3').written('n2'), 1),
  ],
  [
    'a crash that loses what was not written',
    () => led().appends('n2', 'n1', put(2, 1)).started('n2', { lastIndex: 1 }),
  ],
];

describe.each(
  invariantNames.map((name) => [`${invariantBook[name].title} (${invariantBook[name].section})`, name] as const),
)('%s is broken by', (_, name) => {
  it.each(bad[name])('%s', (_what, told) => {
    const timeline = told();
    const breach = timeline.breach();
    expect(breach?.invariant, breach?.sentence).toBe(name);
    expect(breach?.section).toBe(invariantBook[name].section);
    expect(breach?.sentence).toMatch(/^[a-zA-Z].*\.$/s);
    expect(breach?.events.at(-1)).toEqual({ index: timeline.events.length - 1, event: timeline.events.at(-1) });
    expect(breach?.nodes.length).toBeGreaterThan(0);
  });
});

describe('The invariants accept', () => {
  it.each(good)('%s', (_, told) => {
    expect(told().breach()).toBeUndefined();
  });

  it('nodes that are seen from the middle on, by a picture of each', () => {
    const told = new Told();
    const picture = {
      ...pictureOf(three),
      entries: [noOp(1, 1), put(2, 1)],
      durableIndex: 2,
      commitIndex: 1,
      lastApplied: 1,
    };
    told.tell('n1', { type: 'picture', picture: { ...picture, role: 'leader' } });
    told.tell('n2', { type: 'picture', picture });
    told.commits('n1', 1, 2, 'commit-majority').applies('n1', put(2, 1));
    told.tell('n3', { type: 'store-restored', index: 2, entries: [['x', '2']] });
    expect(told.breach()).toBeUndefined();
    expect(told.commits('n2', 1, 3, 'commit-from-leader').breach()?.invariant).toBe('state-machine-safety');
  });

  it('whatever follows on events that are missing', () => {
    const told = written().tell('n3', { type: 'store-restored', index: 2, entries: [['x', '2']] });
    for (let from = 1; from < told.events.length; from += 1) {
      const rest = new Told();
      rest.events.push(...told.events.slice(from));
      expect(rest.breach({ dropped: from })).toBeUndefined();
    }
  });

  it('what follows on a clock that was off before the first event that is held', () => {
    const told = leased();
    told.nowUs = 500_000;
    succeeded(told).commits('n2', 0, 2, 'commit-majority');
    const right = initialWorld(told.config);
    const off = changeWorld(right, { type: 'set-clock', nodes: ['n1'], driftPpm: 5 }, 0);
    expect(told.breach({ dropped: 1, world: off })).toBeUndefined();
    expect(told.breach({ dropped: 1, world: right })?.invariant).toBe('lease-exclusivity');
  });
});

describe('A breach', () => {
  it('names both events by their places, both nodes and both entries', () => {
    const timeline = twoCommitted();
    const breach = timeline.breach();
    const first = timeline.events.findIndex(({ event }) => event.type === 'commit-advanced');
    expect(breach).toEqual({
      invariant: 'state-machine-safety',
      section: '§5.4.3',
      sentence: 'n2 commits the entry of term 2 at index 2, where n1 committed the one of term 1.',
      events: [
        { index: first, event: timeline.events[first] },
        { index: timeline.events.length - 1, event: timeline.events.at(-1) },
      ],
      nodes: ['n1', 'n2'],
      entries: [put(2, 1), noOp(2, 2)],
    });
  });

  it('is told once, and nothing is looked at after it', () => {
    const watch = led().wins('n1', 1).wins('n1', 1).watched();
    expect(watch.breach?.invariant).toBe('election-safety');
    expect(watch.exercised('election-safety')).toBe(2);
    expect(watch.events).toBe(led().events.length + 1);
  });
});
