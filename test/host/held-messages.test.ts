import { expect, it } from 'vitest';
import { HeldMessages, MAX_HELD_MESSAGES } from '../../src/host/held-messages.ts';
import { playRun } from '../../src/sim/simulator.ts';
import { describe as wordsOf } from '../../src/timeline/describe.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION, type Run } from '../../src/timeline/run.ts';

const send = (afterSequence: number) =>
  ({ type: 'send', to: 'n2', message: { type: 'timeout-now', term: afterSequence }, afterSequence }) as const;

it('what rests on a write leaves with it, in the order in which it came, and the rest waits', () => {
  const held = new HeldMessages();
  for (const sequence of [1, 2, 2, 4]) held.add(send(sequence));
  expect(held.takeUpTo(2).map(({ afterSequence }) => afterSequence)).toEqual([1, 2, 2]);
  expect(held.takeUpTo(3)).toEqual([]);
  expect(held.size).toBe(1);
});

it(`${MAX_HELD_MESSAGES} messages wait for a disk; for one more the oldest makes room`, () => {
  const held = new HeldMessages();
  for (let sequence = 1; sequence <= MAX_HELD_MESSAGES; sequence++) expect(held.add(send(sequence))).toBe(0);
  expect(held.add(send(MAX_HELD_MESSAGES + 1))).toBe(1);
  expect(held.size).toBe(MAX_HELD_MESSAGES);
  expect(held.takeUpTo(Infinity)[0]?.afterSequence).toBe(2);
});

/** A cluster whose followers get a disk that takes a minute, and then hear heartbeats all the time. */
const slowDisk: Run = {
  format: 'whitewater-run',
  version: RUN_VERSION,
  seed: 5,
  config: { ...defaultRunConfig, nodes: 3, heartbeatMs: 5 },
  actions: [
    { atUs: 1_000_000, action: { type: 'set-disk', nodes: undefined, latency: { meanMs: 60_000, spreadMs: 0 } } },
    {
      atUs: 1_000_000,
      action: { type: 'request', client: 'c1', requestId: 'r1', operation: { type: 'set', key: 'x', value: '1' } },
    },
  ],
  untilUs: 70_000_000,
};

it('a follower whose disk is too slow says that it throws answers away, and Raft makes up for them', () => {
  const events = playRun(slowDisk);
  const dropped = events.filter(({ event }) => event.type === 'held-dropped');
  expect(dropped.length).toBeGreaterThan(100);
  const [first] = dropped;
  if (first === undefined) throw new Error('Nothing was thrown away.');
  expect(wordsOf(first).text).toBe(`${first.actor} throws away the oldest 1 message that waited for its disk`);
  const view = fold(initialView(slowDisk.config), events);
  expect(Object.values(view.nodes).map(({ store }) => store.get('x'))).toEqual(['1', '1', '1']);
});
