import { expect, test } from 'vitest';
import { inFlightLimit } from '../../src/raft/in-flight.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import type { EventBody } from '../../src/timeline/event.ts';
import { limitsFrom, replicationLimitsOf } from '../../src/ui/dialogs/replication-limits.tsx';
import { replicationSwitchesOf } from '../../src/ui/dialogs/replication-switches.tsx';
import { explainProgress } from '../../src/ui/panels/progress-words.ts';

test('of a config the dialog shows what of replication is not as usual', () => {
  expect(replicationSwitchesOf(defaultRunConfig)).toEqual({});
  const config = {
    ...defaultRunConfig,
    pipelining: false,
    eagerCommit: false,
    forwarding: true,
    maxInflightMessages: 9,
  };
  expect(replicationSwitchesOf(config)).toEqual({ pipelining: false, forwarding: true, maxInflightMessages: 4 });
  expect(replicationSwitchesOf({ ...defaultRunConfig, pipelining: true })).toEqual({});
});

test('limits in bytes go from a config into the dialog and back; an empty field is no limit', () => {
  expect(limitsFrom(replicationLimitsOf(defaultRunConfig))).toEqual({});
  const limits = { maxInflightBytes: 900, maxUncommittedBytes: 5_000 };
  expect(limitsFrom(replicationLimitsOf({ ...defaultRunConfig, ...limits }))).toEqual(limits);
  expect(replicationLimitsOf({ ...defaultRunConfig, ...limits }).maxBytesPerAppend).toBe('');
});

test('what a leader knows of its peers is told in figures, and to a follower what is known of it', () => {
  const config = { ...defaultRunConfig, nodes: 4, maxInflightMessages: 5 };
  const none = { messages: 0, bytes: 0 };
  const progress = { type: 'progress-changed', nextIndex: 8, matchIndex: 4, rule: 'pipelining' } as const;
  const events: readonly EventBody[] = [
    { type: 'became-candidate', term: 3, lastLogIndex: 0, lastLogTerm: 0, rule: 'election-timeout' },
    { type: 'became-leader', term: 3, lastIndex: 0, peers: ['n2', 'n3', 'n4'], rule: 'majority' },
    { ...progress, peer: 'n2', state: 'replicate', inFlight: { messages: 2, bytes: 130 } },
    { ...progress, peer: 'n3', state: 'probe', inFlight: none },
    { ...progress, peer: 'n4', state: 'snapshot', inFlight: none },
  ];
  const view = fold(
    initialView(config),
    events.map((event) => ({ atUs: 1_000, actor: 'n1', event })),
  );
  expect(explainProgress(view, config, 'n1')).toEqual([
    'n1 leads term 3',
    'n2: agrees up to 4, next is 8; 2 of 5 appends under way, 130 bytes.',
    'n3: agrees up to 4, next is 8; probed, one append at a time.',
    'n4: agrees up to 4, next is 8; it is given the snapshot first.',
  ]);
  expect(explainProgress(view, config, 'n3')).toEqual([
    'What n1 knows of n3',
    'n3: agrees up to 4, next is 8; probed, one append at a time.',
  ]);
  expect(explainProgress(initialView(config), config, 'n2')).toEqual([
    'n2, follower in term 0',
    'No leader sends to it.',
  ]);
  expect(explainProgress(view, config, 'n9')).toEqual([]);
  expect(inFlightLimit(config)).toBe(5);
});
