import { configurationOf, type Configuration } from '../../src/raft/configuration.ts';
import { MAX_COUNT, MAX_MEMBERS } from '../../src/raft/well-formed.ts';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/raft/message.ts';
import {
  OneNode,
  appendEntries,
  bytes,
  entry,
  installed,
  installSnapshot,
  logOf,
  preVote,
  preVoteReply,
  refusal,
  requestVote,
  success,
} from './one-node.ts';

const notCounts = [Number.NaN, -1, 0.5, Infinity, 2 ** 53];

/** Each message with each of its numbers made a wrong one. */
function spoilt(message: Message): readonly Message[] {
  return Object.entries(message)
    .filter(([, value]) => typeof value === 'number')
    .flatMap(([field]) => notCounts.map((wrong) => ({ ...message, [field]: wrong })));
}

const messages: readonly Message[] = [
  requestVote(2, 3, 1),
  { type: 'request-vote-reply', term: 2, granted: true },
  appendEntries(2, [1, 1], [entry(2, 2)], 1),
  success(2, 1, 1),
  refusal(2, 1, 1, 1),
  preVote(2, 3, 1),
  preVoteReply(1, 2),
  { type: 'timeout-now', term: 2 },
  { type: 'request-vote-reply', term: 2, granted: true, leaseRemainingUs: 5 },
  { ...appendEntries(2, [1, 1], [entry(2, 2)], 1), round: 3, leaseUs: 300_000 },
  { ...success(2, 1, 1), round: 3 },
  { type: 'read-index', term: 2, token: 5 },
  { type: 'read-index-reply', term: 2, token: 5, index: 1 },
  installSnapshot(2, [5, 1], { offset: 2, length: 3 }),
  installed(2, [5, 1], { offset: 2, nextOffset: 5 }),
];

describe.each(messages)('$type', (message) => {
  test('is ignored when any number in it is not a whole one from 0 on', () => {
    for (const wrong of spoilt(message)) {
      for (const one of [new OneNode({ term: 1, log: logOf(1) }), new OneNode({ term: 1, log: logOf(1) }).lead()]) {
        const before = one.node.save();
        one.receive('n2', wrong);
        expect(one.events).toEqual([
          { type: 'message-ignored', from: 'n2', messageType: message.type, rule: 'not-understood' },
        ]);
        expect(one.effects).toHaveLength(1);
        expect(one.node.save()).toEqual(before);
      }
    }
  });

  test('is ignored when it comes from the node itself, and from a stranger if it is an answer or an order', () => {
    const fromAnybody = ['request-vote', 'pre-vote', 'append-entries', 'install-snapshot'].includes(message.type);
    for (const from of fromAnybody ? ['n1'] : ['n1', 'n4', '', '__proto__']) {
      const one = new OneNode({ term: 1, log: logOf(1) });
      const before = one.node.save();
      one.receive(from, message);
      expect(one.event('message-ignored')).toMatchObject({ from, rule: 'not-understood' });
      expect(one.node.save()).toEqual(before);
    }
  });
});

test.each([
  ['entries with a gap', appendEntries(2, [1, 1], [entry(3, 2)])],
  ['entries out of order', appendEntries(2, [1, 1], [entry(2, 2), entry(2, 2)])],
  ['terms that fall', appendEntries(2, [1, 1], [entry(2, 2), entry(3, 1)])],
  ['an entry older than the one before it', appendEntries(2, [1, 2], [entry(2, 1)])],
  ['an entry of a term to come', appendEntries(2, [1, 1], [entry(2, 3)])],
  ['an entry of term 0', appendEntries(2, [0, 0], [entry(1, 0)])],
  ['a term before the first entry', appendEntries(2, [0, 1])],
  ['an entry without a term', appendEntries(2, [1, 0])],
  ['term 0', appendEntries(0, [0, 0])],
  ['a candidate whose log is of its own term', requestVote(2, 1, 2)],
  ['a pre-vote from a log of the term that it asks for', preVote(2, 1, 2)],
  ['an answer about term 0', preVoteReply(0, 0)],
])('%s: ignored', (_, message) => {
  const one = new OneNode({ term: 1, log: logOf(1) }).receive('n2', message);
  expect(one.event('message-ignored').rule).toBe('not-understood');
  expect(one.effects).toHaveLength(1);
});

test('a term from which nobody could count on is not believed', () => {
  const one = new OneNode({ term: 1, log: logOf(1) });
  one.receive('n2', appendEntries(MAX_COUNT, [1, 1]));
  expect(one.event('message-ignored')).toMatchObject({ from: 'n2', rule: 'not-understood' });
  one.receive('n2', appendEntries(MAX_COUNT - 1, [1, 1]));
  expect(one.node.term).toBe(MAX_COUNT - 1);
});

const names = Array.from({ length: MAX_MEMBERS + 1 }, (_, position) => `n${position + 1}`);

test.each([
  ['of nobody', configurationOf([])],
  ['that names one twice', configurationOf(['n1', 'n1'])],
  ['of too many', configurationOf(names)],
  ['whose learner votes', { ...configurationOf(['n1', 'n2']), learners: ['n2'] }],
  ['without its lists', { voters: ['n1'] } as unknown as Configuration],
])('a configuration %s is not believed', (_, configuration) => {
  const one = new OneNode({ term: 1, log: logOf(1) });
  one.receive('n2', appendEntries(1, [1, 1], [{ type: 'configuration', index: 2, term: 1, configuration }]));
  expect(one.event('message-ignored')).toMatchObject({ from: 'n2', rule: 'not-understood' });
  expect(one.node.lastIndex).toBe(1);
});

describe('Figure 13: a chunk that no leader could have sent is ignored', () => {
  const whole = installSnapshot(2, [5, 1]);
  const cases: readonly (readonly [why: string, message: Message])[] = [
    ['it goes past the end of the snapshot', { ...whole, totalBytes: 9 }],
    ['it says that it is the last one, and is not', { ...whole, totalBytes: 11 }],
    ['it is the last one, and does not say so', { ...whole, done: false }],
    ['it brings nothing', { ...whole, data: bytes(0), done: false }],
    ['the snapshot replaces no entry', { ...whole, lastIndex: 0, lastTerm: 0 }],
    ['the snapshot is of a later term than its sender', { ...whole, lastTerm: 3 }],
    ['it names no voter', { ...whole, configuration: configurationOf([]) }],
    ['its data is no bytes', { ...whole, data: 'ten bytes.' as unknown as Uint8Array }],
  ];
  test.each(cases)('%s', (_, message) => {
    const one = new OneNode({ term: 1, log: logOf(1) });
    const before = one.node.save();
    one.receive('n2', message);
    expect(one.event('message-ignored')).toMatchObject({ rule: 'not-understood' });
    expect(one.node.save()).toEqual(before);
  });
});
