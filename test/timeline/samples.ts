import type { AnyMessage, EventBody, TimelineEvent } from '../../src/timeline/event.ts';
import type { Action } from '../../src/timeline/action.ts';
import { configurationOf } from '../../src/raft/configuration.ts';
import type { Entry } from '../../src/raft/entry.ts';
import type { MembershipChange } from '../../src/raft/membership-change.ts';

type Each<Union extends { readonly type: string }> = {
  readonly [Type in Union['type']]: readonly [
    Extract<Union, { readonly type: Type }>,
    ...Extract<Union, { readonly type: Type }>[],
  ];
};

/** The members n1, n2 and n3, as the nodes of a cluster of three are born with. */
export const plain = configurationOf(['n1', 'n2', 'n3']);
const joint = { voters: ['n1', 'n4'], outgoing: plain.voters, learners: ['n5'], leavesByItself: true };

export function noOp(index: number, term: number): Entry {
  return { type: 'no-op', index, term };
}

export function put(index: number, term: number, key = 'x', value = String(index)): Entry {
  const operation = { type: 'set', key, value } as const;
  return {
    type: 'command',
    index,
    term,
    command: { client: 'c1.1', sequence: index, firstUnanswered: index, operation },
  };
}

const command = {
  client: 'c1.1',
  sequence: 1,
  firstUnanswered: 1,
  operation: { type: 'set', key: 'x', value: '5' },
} as const;

/** One of each message at least; the compiler refuses a new type without one. */
export const messages: Each<AnyMessage> = {
  'request-vote': [
    { type: 'request-vote', term: 3, lastLogIndex: 5, lastLogTerm: 2 },
    { type: 'request-vote', term: 1, lastLogIndex: 0, lastLogTerm: 0 },
    { type: 'request-vote', term: 3, lastLogIndex: 5, lastLogTerm: 2, transfer: true },
  ],
  'request-vote-reply': [
    { type: 'request-vote-reply', term: 3, granted: true },
    { type: 'request-vote-reply', term: 3, granted: false },
    { type: 'request-vote-reply', term: 3, granted: true, leaseRemainingUs: 0 },
    { type: 'request-vote-reply', term: 3, granted: true, leaseRemainingUs: 120_000 },
  ],
  'pre-vote': [
    { type: 'pre-vote', term: 3, lastLogIndex: 5, lastLogTerm: 2 },
    { type: 'pre-vote', term: 1, lastLogIndex: 0, lastLogTerm: 0 },
  ],
  'pre-vote-reply': [
    { type: 'pre-vote-reply', term: 2, forTerm: 3, granted: true },
    { type: 'pre-vote-reply', term: 4, forTerm: 3, granted: false },
  ],
  'timeout-now': [{ type: 'timeout-now', term: 3 }],
  'append-entries': [
    { type: 'append-entries', term: 3, prevLogIndex: 5, prevLogTerm: 2, entries: [], leaderCommit: 4 },
    {
      type: 'append-entries',
      term: 3,
      prevLogIndex: 5,
      prevLogTerm: 2,
      entries: [noOp(6, 3), put(7, 3)],
      leaderCommit: 4,
    },
    {
      type: 'append-entries',
      term: 3,
      prevLogIndex: 5,
      prevLogTerm: 2,
      entries: [],
      leaderCommit: 4,
      round: 4,
      leaseUs: 300_000,
    },
  ],
  'read-index': [{ type: 'read-index', term: 3, token: 7 }],
  'read-index-reply': [
    { type: 'read-index-reply', term: 3, token: 7, index: 12 },
    { type: 'read-index-reply', term: 3, token: 7, index: undefined },
  ],
  'append-entries-reply': [
    {
      type: 'append-entries-reply',
      term: 3,
      success: true,
      matchIndex: 7,
      prevLogIndex: 5,
      conflictIndex: 0,
      conflictTerm: undefined,
    },
    {
      type: 'append-entries-reply',
      term: 3,
      success: true,
      matchIndex: 5,
      prevLogIndex: 5,
      conflictIndex: 0,
      conflictTerm: undefined,
    },
    {
      type: 'append-entries-reply',
      term: 3,
      success: false,
      matchIndex: 0,
      prevLogIndex: 5,
      conflictIndex: 4,
      conflictTerm: 2,
    },
    {
      type: 'append-entries-reply',
      term: 3,
      success: true,
      matchIndex: 5,
      prevLogIndex: 5,
      conflictIndex: 0,
      conflictTerm: undefined,
      round: 4,
    },
  ],
  'install-snapshot': [
    {
      type: 'install-snapshot',
      term: 3,
      lastIndex: 40,
      lastTerm: 2,
      configuration: plain,
      totalBytes: 2_048,
      offset: 512,
      bytes: 512,
      done: false,
    },
    {
      type: 'install-snapshot',
      term: 3,
      lastIndex: 40,
      lastTerm: 2,
      configuration: plain,
      totalBytes: 300,
      offset: 0,
      bytes: 300,
      done: true,
    },
  ],
  'install-snapshot-reply': [
    {
      type: 'install-snapshot-reply',
      term: 3,
      lastIndex: 40,
      lastTerm: 2,
      offset: 512,
      nextOffset: 1_024,
      matchIndex: 0,
    },
    {
      type: 'install-snapshot-reply',
      term: 3,
      lastIndex: 40,
      lastTerm: 2,
      offset: 1_536,
      nextOffset: 2_048,
      matchIndex: 40,
    },
  ],
  'client-request': [
    { type: 'client-request', requestId: 'r1', command },
    { type: 'client-request', requestId: 'r1', command, forwardedFor: 'c1' },
  ],
  'client-read': (['read-index', 'lease', 'follower', 'stale'] as const).map((mode, position) => ({
    type: 'client-read' as const,
    requestId: 'r2',
    key: 'x',
    mode,
    notBefore: position,
  })) as unknown as Each<AnyMessage>['client-read'],
  'client-reply': [
    {
      type: 'client-reply',
      requestId: 'r1',
      outcome: { type: 'applied', index: 6, result: { type: 'ok', value: '5' } },
    },
    { type: 'client-reply', requestId: 'r1', outcome: { type: 'not-leader', leader: 'n2' } },
    { type: 'client-reply', requestId: 'r1', outcome: { type: 'busy' } },
    { type: 'client-reply', requestId: 'r1', outcome: { type: 'busy', limit: { unit: 'bytes', most: 1_000 } } },
    { type: 'client-reply', requestId: 'r1', outcome: { type: 'transferring' }, forwardedFor: 'c1' },
    { type: 'client-reply', requestId: 'r1', outcome: { type: 'transferring' }, answeredBy: 'n3' },
    { type: 'client-reply', requestId: 'r1', outcome: { type: 'transferring' } },
    { type: 'client-reply', requestId: 'r1', outcome: { type: 'leadership-lost', leader: undefined } },
    {
      type: 'client-reply',
      requestId: 'r2',
      outcome: { type: 'read', index: 6, result: { type: 'ok', value: '5' }, via: 'lease' },
    },
    { type: 'client-reply', requestId: 'r2', outcome: { type: 'behind', index: 6 } },
  ],
};

const link = { from: 'n1', to: 'n2' } as const;

/** One of each change of the membership at least. */
const changes: readonly MembershipChange[] = [
  { type: 'add-learner', node: 'n4' },
  { type: 'add-voter', node: 'n4' },
  { type: 'promote', node: 'n4' },
  { type: 'demote', node: 'n3' },
  { type: 'remove', node: 'n3' },
  { type: 'set-voters', voters: ['n1', 'n4', 'n5'], leavesByItself: true },
  { type: 'set-voters', voters: ['n1', 'n4', 'n5'], leavesByItself: false },
  { type: 'leave-joint' },
];

/** One of each action at least. */
export const actions: Each<Action> = {
  kill: [{ type: 'kill', node: 'n3' }],
  revive: [{ type: 'revive', node: 'n3' }],
  restart: [{ type: 'restart', node: 'n3' }],
  pause: [{ type: 'pause', node: 'n3' }],
  resume: [{ type: 'resume', node: 'n3' }],
  'time-out-now': [{ type: 'time-out-now', node: 'n3' }],
  snapshot: [{ type: 'snapshot', node: 'n3' }],
  transfer: [{ type: 'transfer', from: 'n1', to: 'n3' }],
  'start-node': [{ type: 'start-node', node: 'n6' }],
  'change-membership': changes.map((change) => ({
    type: 'change-membership' as const,
    from: 'n1',
    change,
  })) as unknown as Each<Action>['change-membership'],
  cut: [{ type: 'cut', links: [link] }],
  heal: [
    { type: 'heal', links: undefined },
    { type: 'heal', links: [link, { from: 'n2', to: 'n1' }] },
  ],
  isolate: [{ type: 'isolate', node: 'n3' }],
  split: [
    {
      type: 'split',
      groups: [
        ['n1', 'n2'],
        ['n3', 'n4', 'n5'],
      ],
    },
  ],
  'set-links': [
    {
      type: 'set-links',
      links: undefined,
      quality: { latency: { meanMs: 30, spreadMs: 5 }, loss: 0.1, duplication: 0.005 },
    },
    {
      type: 'set-links',
      links: [link],
      quality: {
        reordering: { chance: 0.2, delay: { meanMs: 300, spreadMs: 200 } },
        replay: { chance: 0, delay: { meanMs: 0, spreadMs: 0 } },
      },
    },
  ],
  clog: [
    { type: 'clog', links: [link], forMs: 500 },
    { type: 'clog', links: [link], forMs: 0 },
  ],
  flap: [
    { type: 'flap', links: [link], downMs: 300, upMs: 700 },
    { type: 'flap', links: [link], downMs: 0, upMs: 1 },
  ],
  'set-disk': [
    { type: 'set-disk', nodes: ['n2'], latency: { meanMs: 50, spreadMs: 0 } },
    { type: 'set-disk', nodes: ['n2'], writes: 'fail-next' },
    { type: 'set-disk', nodes: undefined, writes: 'full' },
    { type: 'set-disk', nodes: ['n2'], unsynced: 5 },
    { type: 'set-disk', nodes: ['n2'], unsynced: 0 },
    { type: 'set-disk', nodes: ['n2'], latency: { meanMs: 5, spreadMs: 1 }, writes: 'kept' },
  ],
  'damage-disk': [
    { type: 'damage-disk', node: 'n3', damage: { type: 'flip-byte', record: 'entry' } },
    { type: 'damage-disk', node: 'n3', damage: { type: 'flip-byte', record: 'entry', index: 5 } },
    { type: 'damage-disk', node: 'n3', damage: { type: 'flip-byte', record: 'state' } },
    { type: 'damage-disk', node: 'n3', damage: { type: 'flip-byte', record: 'snapshot' } },
    { type: 'damage-disk', node: 'n3', damage: { type: 'flip-byte', record: 'identity' } },
    { type: 'damage-disk', node: 'n3', damage: { type: 'lose-entries', from: 3, to: 5 } },
    { type: 'damage-disk', node: 'n3', damage: { type: 'torn-write' } },
  ],
  'swap-disks': [{ type: 'swap-disks', node: 'n3', with: 'n4' }],
  'copy-disk': [{ type: 'copy-disk', node: 'n3' }],
  'restore-copy': [{ type: 'restore-copy', node: 'n3' }],
  'set-handling': [
    { type: 'set-handling', nodes: ['n2'], delay: { meanMs: 40, spreadMs: 20 } },
    { type: 'set-handling', nodes: undefined, delay: { meanMs: 0, spreadMs: 0 } },
  ],
  'set-clock': [
    { type: 'set-clock', nodes: ['n2'], driftPpm: 50_000 },
    { type: 'set-clock', nodes: undefined, driftPpm: -200 },
    { type: 'set-clock', nodes: ['n2'], driftPpm: 0 },
  ],
  'jump-clock': [{ type: 'jump-clock', nodes: ['n2'], byMs: 100 }],
  request: [
    { type: 'request', client: 'c1', requestId: 'r1', operation: { type: 'set', key: 'x', value: '5' } },
    { type: 'request', client: 'c1', requestId: 'r2', operation: { type: 'get', key: 'x' } },
    { type: 'request', client: 'c1', requestId: 'r3', operation: { type: 'delete', key: 'x' } },
    { type: 'request', client: 'c1', requestId: 'r4', operation: { type: 'append', key: 'x', value: '7' } },
    {
      type: 'request',
      client: 'c1',
      requestId: 'r5',
      operation: { type: 'compare-and-set', key: 'x', expected: undefined, value: '6' },
    },
    {
      type: 'request',
      client: 'c1',
      requestId: 'r6',
      operation: { type: 'get', key: 'x', mode: 'stale', node: 'n3', notBefore: 'seen' },
    },
    { type: 'request', client: 'c1', requestId: 'r7', operation: { type: 'get', key: 'x', mode: 'lease' } },
  ],
  'power-failure': [{ type: 'power-failure', nodes: ['n1', 'n2'], clients: true }],
  'power-return': [{ type: 'power-return', nodes: ['n1', 'n2'] }],
  crash: [{ type: 'crash', node: 'n3', reason: "n3's database is full." }],
};

const ownLog = { lastIndex: 7, lastTerm: 2 };
const result = { type: 'ok', value: '5' } as const;

const progress = { type: 'progress-changed', peer: 'n1' } as const;
const noneInFlight = { messages: 0, bytes: 0 };
const membershipRefusals = [
  'not-leader',
  'transferring',
  'change-pending',
  'nothing-committed',
  'in-joint',
  'not-in-joint',
  'no-such-member',
  'nothing-changes',
  'no-voters-left',
  'learner-behind',
  'not-understood',
] as const;

/** One of each event at least. */
export const bodies: Each<EventBody> = {
  started: [
    { type: 'started', term: 2, votedFor: 'n1', lastIndex: 4, lastTerm: 2, configuration: plain, deadlineUs: 200_000 },
    {
      type: 'started',
      term: 2,
      votedFor: 'n1',
      lastIndex: 44,
      lastTerm: 2,
      configuration: plain,
      deadlineUs: 200_000,
      snapshot: { index: 40, term: 2, bytes: 300 },
      base: { index: 38, term: 2 },
    },
  ],
  'timer-set': [{ type: 'timer-set', deadlineUs: 213_000 }],
  'term-advanced': [{ type: 'term-advanced', term: 3, from: 'n1', rule: 'higher-term' }],
  'became-candidate': [
    { type: 'became-candidate', term: 3, lastLogIndex: 5, lastLogTerm: 2, rule: 'election-timeout' },
  ],
  'became-follower': [
    { type: 'became-follower', term: 3, leader: 'n1', rule: 'leader-of-term' },
    { type: 'became-follower', term: 3, leader: undefined, rule: 'higher-term' },
  ],
  'became-leader': [
    { type: 'became-leader', term: 3, lastIndex: 5, peers: ['n1', 'n2', 'n4', 'n5'], rule: 'majority' },
  ],
  'leader-known': [{ type: 'leader-known', leader: 'n1', term: 3 }],
  'vote-cast': [
    {
      type: 'vote-cast',
      candidate: 'n1',
      term: 3,
      granted: false,
      rule: 'log-behind',
      votedFor: undefined,
      candidateLog: { lastIndex: 9, lastTerm: 1 },
      ownLog,
    },
    {
      type: 'vote-cast',
      candidate: 'n1',
      term: 3,
      granted: false,
      rule: 'log-behind',
      votedFor: undefined,
      candidateLog: { lastIndex: 5, lastTerm: 2 },
      ownLog,
    },
    {
      type: 'vote-cast',
      candidate: 'n1',
      term: 3,
      granted: false,
      rule: 'vote-taken',
      votedFor: 'n3',
      candidateLog: ownLog,
      ownLog,
    },
    {
      type: 'vote-cast',
      candidate: 'n1',
      term: 3,
      granted: true,
      rule: 'vote-free',
      votedFor: 'n1',
      candidateLog: ownLog,
      ownLog,
    },
  ],
  'vote-counted': [{ type: 'vote-counted', from: 'n1', granted: true, votes: 2, needed: 3, rule: 'vote-tally' }],
  'became-pre-candidate': [
    { type: 'became-pre-candidate', term: 2, forTerm: 3, lastLogIndex: 5, lastLogTerm: 2, rule: 'pre-vote' },
  ],
  'pre-vote-cast': (['leader-heard', 'vote-taken', 'stale-term', 'log-behind', 'pre-vote-free'] as const).map(
    (rule) => ({
      type: 'pre-vote-cast' as const,
      candidate: 'n1',
      term: 2,
      forTerm: 3,
      granted: rule === 'pre-vote-free',
      rule,
      candidateLog: { lastIndex: 5, lastTerm: 2 },
      ownLog,
    }),
  ) as unknown as Each<EventBody>['pre-vote-cast'],
  'transfer-started': [{ type: 'transfer-started', to: 'n1', untilUs: 310_000, rule: 'transfer' }],
  'transfer-given-up': [{ type: 'transfer-given-up', to: 'n1', rule: 'transfer-timeout' }],
  'transfer-refused': (['not-leader', 'no-such-peer', 'no-vote', 'leads-already', 'under-way'] as const).map(
    (reason) => ({
      type: 'transfer-refused' as const,
      to: 'n1',
      reason,
      rule: 'transfer' as const,
    }),
  ) as unknown as Each<EventBody>['transfer-refused'],
  'entries-appended': [
    { type: 'entries-appended', entries: [noOp(6, 3)], from: undefined },
    { type: 'entries-appended', entries: [put(7, 3), put(8, 3)], from: 'n1' },
  ],
  'entries-truncated': [
    { type: 'entries-truncated', fromIndex: 6, lastIndex: 8, by: 'n1', rule: 'overwrite-conflict' },
  ],
  'append-accepted': [
    { type: 'append-accepted', from: 'n1', matchIndex: 7, entries: 2, rule: 'log-matches' },
    { type: 'append-accepted', from: 'n1', matchIndex: 7, entries: 0, rule: 'log-matches' },
  ],
  'append-refused': [
    {
      type: 'append-refused',
      from: 'n1',
      term: 3,
      prevLogIndex: 7,
      prevLogTerm: 3,
      conflictIndex: 5,
      conflictTerm: undefined,
      rule: 'log-too-short',
    },
    {
      type: 'append-refused',
      from: 'n1',
      term: 3,
      prevLogIndex: 7,
      prevLogTerm: 3,
      conflictIndex: 5,
      conflictTerm: 2,
      rule: 'log-conflict',
    },
  ],
  'configuration-changed': [
    { type: 'configuration-changed', index: 5, configuration: plain, rule: 'configuration-on-append' },
    { type: 'configuration-changed', index: 6, configuration: joint, rule: 'configuration-on-append' },
    { type: 'configuration-changed', index: 5, configuration: plain, rule: 'configuration-undone' },
  ],
  'membership-refused': membershipRefusals.map((reason) => ({
    type: 'membership-refused' as const,
    change: { type: 'promote' as const, node: 'n4' },
    reason,
    rule: 'membership' as const,
  })) as unknown as Each<EventBody>['membership-refused'],
  'progress-changed': [
    { ...progress, nextIndex: 8, matchIndex: 7, state: 'replicate', inFlight: noneInFlight, rule: 'match-index' },
    { ...progress, nextIndex: 5, matchIndex: 0, state: 'probe', inFlight: noneInFlight, rule: 'next-index-back-off' },
    { ...progress, nextIndex: 5, matchIndex: 0, state: 'probe', inFlight: noneInFlight, rule: 'probe-silent' },
    {
      ...progress,
      nextIndex: 9,
      matchIndex: 7,
      state: 'replicate',
      inFlight: { messages: 1, bytes: 0 },
      rule: 'pipelining',
    },
    {
      ...progress,
      nextIndex: 12,
      matchIndex: 7,
      state: 'replicate',
      inFlight: { messages: 4, bytes: 131_072 },
      rule: 'window-full',
    },
  ],
  'snapshot-taken': [{ type: 'snapshot-taken', index: 40, term: 2, bytes: 2_048, rule: 'snapshot' }],
  'snapshot-refused': (['nothing-new', 'not-applied', 'too-large', 'no-members'] as const).map((reason) => ({
    type: 'snapshot-refused' as const,
    index: 40,
    reason,
    rule: 'snapshot' as const,
  })) as unknown as Each<EventBody>['snapshot-refused'],
  'log-compacted': [{ type: 'log-compacted', index: 38, term: 2, rule: 'snapshot' }],
  'snapshot-progress': [
    { type: 'snapshot-progress', peer: 'n1', index: 40, heldBytes: 512, totalBytes: 2_048, rule: 'snapshot-chunk' },
  ],
  'snapshot-chunk-taken': [
    { type: 'snapshot-chunk-taken', from: 'n1', index: 40, heldBytes: 512, totalBytes: 2_048, rule: 'snapshot-chunk' },
    { type: 'snapshot-chunk-taken', from: 'n1', index: 40, heldBytes: 300, totalBytes: 300, rule: 'snapshot-chunk' },
  ],
  'snapshot-installed': [
    {
      type: 'snapshot-installed',
      from: 'n1',
      index: 40,
      term: 2,
      bytes: 300,
      keepsLog: false,
      rule: 'snapshot-replaces-log',
    },
    {
      type: 'snapshot-installed',
      from: 'n1',
      index: 40,
      term: 2,
      bytes: 300,
      keepsLog: true,
      rule: 'snapshot-keeps-log',
    },
  ],
  'store-restored': [
    {
      type: 'store-restored',
      index: 40,
      entries: [
        ['x', '5'],
        ['y', 'long'],
      ],
    },
  ],
  'commit-advanced': [{ type: 'commit-advanced', commitIndex: 7, from: 5, rule: 'commit-majority' }],
  'read-taken': (['read-own-term', 'read-index', 'read-forwarded'] as const).flatMap((rule) => [
    { type: 'read-taken' as const, from: undefined, waiting: 1, rule },
    { type: 'read-taken' as const, from: 'n2', waiting: 3, rule },
  ]) as unknown as Each<EventBody>['read-taken'],
  'read-round-started': [{ type: 'read-round-started', round: 4, index: 7, reads: 2, waiting: 3, rule: 'read-index' }],
  'reads-ready': [
    { type: 'reads-ready', reads: 2, index: 7, via: 'read-index', waiting: 1, rule: 'read-confirmed' },
    { type: 'reads-ready', reads: 1, index: 7, via: 'lease', waiting: 0, rule: 'lease' },
    { type: 'reads-ready', reads: 1, index: 7, via: 'follower', waiting: 0, rule: 'read-forwarded' },
  ],
  'reads-refused': (['not-leader', 'no-leader', 'leadership-lost', 'too-many-pending'] as const).map(
    (reason, position) => ({
      type: 'reads-refused' as const,
      reads: position + 1,
      reason,
      waiting: 0,
      rule: 'read-ends' as const,
    }),
  ) as unknown as Each<EventBody>['reads-refused'],
  'lease-extended': [{ type: 'lease-extended', untilUs: 300_000, round: 4, rule: 'lease' }],
  'lease-promised': [
    { type: 'lease-promised', leader: 'n1', untilUs: 300_000, rule: 'lease-promised' },
    { type: 'lease-promised', leader: undefined, untilUs: 300_000, rule: 'lease-restart' },
  ],
  'lease-wait-started': [{ type: 'lease-wait-started', untilUs: 300_000, rule: 'lease-wait' }],
  'lease-waited-out': [{ type: 'lease-waited-out', rule: 'lease-wait' }],
  'lease-given-up': [{ type: 'lease-given-up', to: 'n1', rule: 'lease-transfer' }],
  'clock-changed': [
    { type: 'clock-changed', deadlineUs: 200_000, heldUntilUs: 1, promisedUntilUs: 2, waitUntilUs: 3 },
    {
      type: 'clock-changed',
      deadlineUs: 5_000,
      heldUntilUs: undefined,
      promisedUntilUs: undefined,
      waitUntilUs: undefined,
    },
  ],
  'read-answered': [
    { type: 'read-answered', requestId: 'r2', key: 'x', value: '5', index: 7, via: 'lease' },
    { type: 'read-answered', requestId: 'r2', key: 'x', value: undefined, index: 7, via: 'stale' },
  ],
  'message-ignored': [{ type: 'message-ignored', from: 'n1', messageType: 'append-entries-reply', rule: 'late-reply' }],
  durable: [{ type: 'durable', sequence: 4, term: 3, votedFor: 'n1', durableIndex: 7 }],
  halted: [{ type: 'halted', reason: 'Two leaders in term 3: n1, and now n2 (§5.2).' }],
  'message-sent': Object.values(messages)
    .flat()
    .flatMap((message, position) =>
      (['sent', 'lost', 'cut'] as const).map((fate) => ({
        type: 'message-sent' as const,
        messageId: `n3.1.${position}${fate}`,
        to: 'n1',
        dueUs: 22_000,
        fate,
        copy: fate === 'sent' && position % 2 === 1,
        message,
      })),
    ) as unknown as Each<EventBody>['message-sent'],
  'message-received': (Object.keys(messages) as AnyMessage['type'][]).map((messageType) => ({
    type: 'message-received' as const,
    messageId: 'n1.1.1',
    from: 'n1',
    messageType,
  })) as unknown as Each<EventBody>['message-received'],
  'backlog-dropped': [{ type: 'backlog-dropped', count: 3 }],
  gone: [{ type: 'gone' }],
  'torn-write-dropped': [{ type: 'torn-write-dropped', index: 8 }],
  'request-forwarded': [{ type: 'request-forwarded', requestId: 'r4', client: 'c1', to: 'n1', rule: 'forwarding' }],
  'held-dropped': [{ type: 'held-dropped', count: 1 }],
  picture: [
    {
      type: 'picture',
      picture: {
        role: 'leader',
        term: 3,
        votedFor: 'n3',
        leader: 'n3',
        votes: { n3: true, n1: true },
        configuration: plain,
        base: { index: 40, term: 2 },
        entries: [noOp(41, 3), put(42, 3)],
        snapshot: { index: 20, term: 2, bytes: 300 },
        receiving: undefined,
        durableIndex: 41,
        disk: { term: 3, votedFor: 'n3' },
        commitIndex: 41,
        lastApplied: 41,
        progress: { n1: { nextIndex: 43, matchIndex: 41, state: 'replicate', inFlight: noneInFlight } },
        deadlineUs: 50_000,
        transferTo: undefined,
        waitingReads: 0,
        lease: { heldUntilUs: undefined, promisedUntilUs: undefined, waitUntilUs: undefined },
        store: [['x', '5']],
        halted: undefined,
        untold: { entries: 20, keys: 0 },
      },
    },
  ],
  'disk-write-started': [{ type: 'disk-write-started', sequence: 4, dueUs: 3_200 }],
  applied: [
    { type: 'applied', entry: put(7, 3), result, change: { key: 'x', value: '5' }, repeat: false },
    {
      type: 'applied',
      entry: put(7, 3),
      result: { type: 'ok', value: undefined },
      change: { key: 'x', value: undefined },
      repeat: false,
    },
    { type: 'applied', entry: put(7, 3), result, change: undefined, repeat: true },
    { type: 'applied', entry: put(7, 3), result, change: undefined, repeat: false },
    {
      type: 'applied',
      entry: put(7, 3),
      result: { type: 'mismatch', actual: '4' },
      change: undefined,
      repeat: false,
    },
    {
      type: 'applied',
      entry: put(7, 3),
      result: { type: 'refused', message: 'The value would be too long.' },
      change: undefined,
      repeat: false,
    },
    { type: 'applied', entry: noOp(6, 3), result: undefined, change: undefined, repeat: false },
  ],
  'request-submitted': [
    { type: 'request-submitted', requestId: 'r1', operation: { type: 'set', key: 'x', value: '5' } },
  ],
  'request-attempted': [
    { type: 'request-attempted', requestId: 'r1', node: 'n2', attempt: 2, why: 'n1 is not the leader, it says n2 is' },
  ],
  'session-requested': [{ type: 'session-requested', node: 'n2', attempt: 1, why: 'first attempt' }],
  'session-opened': [{ type: 'session-opened', session: 7 }],
  'session-expired': [{ type: 'session-expired', session: 7 }],
  'request-ended': [
    { type: 'request-ended', requestId: 'r1', fate: { type: 'committed', index: 7, result } },
    { type: 'request-ended', requestId: 'r2', fate: { type: 'committed', index: 7, result, via: 'stale' } },
    { type: 'request-ended', requestId: 'r1', fate: { type: 'failed', reason: 'No node took it.' } },
    { type: 'request-ended', requestId: 'r1', fate: { type: 'unknown', reason: 'It may still happen.' } },
  ],
  action: Object.values(actions)
    .flat()
    .map((action) => ({ type: 'action' as const, action })) as unknown as Each<EventBody>['action'],
};

/** Every sample as an event of n3 (or whoever does such things), all at 10 ms. */
export const sampleEvents: readonly TimelineEvent[] = Object.values(bodies)
  .flat()
  .map((event) => ({
    atUs: 10_000,
    actor: event.type === 'action' ? 'cluster' : event.type.startsWith('request-') ? 'c1' : 'n3',
    event,
  }));
