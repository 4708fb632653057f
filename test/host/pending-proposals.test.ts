import { expect, it } from 'vitest';
import { PendingProposals, type Asker } from '../../src/host/pending-proposals.ts';
import type { KvCommand, LogCommand } from '../../src/kv/command.ts';
import { playRun } from '../../src/sim/simulator.ts';
import type { TimedAction } from '../../src/timeline/action.ts';
import { describe as wordsOf } from '../../src/timeline/describe.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { defaultRunConfig, type RunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION } from '../../src/timeline/run.ts';

const commandOf = (client: string, sequence: number): KvCommand => ({
  client,
  sequence,
  firstUnanswered: 1,
  operation: { type: 'get', key: 'x' },
});
const command = commandOf('c1', 1);
const asker = { requestId: 'r1', from: 'c1', forwardedFor: undefined, command };

it('a repeat of what waits already waits with it, and the answer goes to whoever asked last', () => {
  const pending = new PendingProposals();
  expect(pending.isRepeat(asker)).toBe(false);
  pending.add(7, { ...asker, term: 2 });
  expect(pending.isRepeat({ requestId: 'r1', from: 'n2', forwardedFor: 'c1', command })).toBe(true);
  expect(pending.size).toBe(1);
  expect(pending.take(7)).toEqual({ requestId: 'r1', from: 'n2', forwardedFor: 'c1', command, term: 2 });
  expect(pending.take(7)).toBeUndefined();
  expect(pending.isRepeat(asker)).toBe(false);
});

it('what two clients call the same is no repeat, nor is the opening of two sessions', () => {
  const pending = new PendingProposals();
  const open: LogCommand = { type: 'open-session', client: 'c1' };
  const askers: Asker[] = [asker, { ...asker, command: commandOf('c2', 1) }, { ...asker, command: open }];
  askers.push({ ...asker, command: { ...open, client: 'c2' } }, { ...asker, requestId: 'r2', command: open });
  for (const [index, one] of askers.entries()) {
    expect(pending.isRepeat(one)).toBe(false);
    pending.add(index, { ...one, term: 2 });
  }
  expect(askers.map((one) => pending.isRepeat(one))).toEqual([true, true, true, true, true]);
  expect(askers.map((_, index) => pending.take(index)?.command)).toEqual(askers.map((one) => one.command));
});

it('when the lead ends all are let go', () => {
  const pending = new PendingProposals();
  pending.add(7, { ...asker, term: 2 });
  pending.add(8, { ...asker, requestId: 'r2', command: commandOf('c1', 2), term: 2 });
  expect(pending.takeAll().map(({ requestId }) => requestId)).toEqual(['r1', 'r2']);
  expect([pending.size, pending.isRepeat(asker)]).toEqual([0, false]);
});

/** A leader that hears from nobody is asked for more than it may take on. */
function overload(config: Partial<RunConfig>): { readonly events: readonly TimelineEvent[]; readonly taken: number } {
  const whole = { ...defaultRunConfig, nodes: 3, ...config };
  const run = { format: 'whitewater-run', version: RUN_VERSION, seed: 5, config: whole } as const;
  const settled = playRun({ ...run, actions: [], untilUs: 1_000_000 });
  const leader = settled.find(({ event }) => event.type === 'became-leader')?.actor ?? 'n1';
  const requests = Array.from({ length: 8 }, (_, place): TimedAction => ({
    atUs: 1_300_000,
    action: {
      type: 'request',
      client: 'c1',
      requestId: `r${place}`,
      operation: { type: 'set', key: 'x', value: 'v'.repeat(100) },
    },
  }));
  // One that is heard tells the client where the leader is.
  const first: TimedAction = {
    atUs: 1_000_000,
    action: { type: 'request', client: 'c1', requestId: 'r', operation: { type: 'set', key: 'x', value: '0' } },
  };
  const isolate: TimedAction = { atUs: 1_250_000, action: { type: 'isolate', node: leader } };
  const events = playRun({ ...run, actions: [first, isolate, ...requests], untilUs: 1_500_000 });
  const taken = events.filter(
    ({ atUs, actor, event }) => atUs > 1_300_000 && actor === leader && event.type === 'entries-appended',
  ).length;
  return { events, taken };
}

it('no more wait than the leader takes on uncommitted, and the client is told what the most is', () => {
  const { events, taken } = overload({ maxUncommittedEntries: 3 });
  expect(taken).toBe(3);
  const texts = events.map((event) => wordsOf(event).text);
  expect(texts).toContainEqual(
    expect.stringContaining('it has too much to do: no more than 3 entries ahead of what is committed'),
  );
  expect(texts).toContainEqual(
    expect.stringMatching(/turns to n\d .*: n\d has too much to do: it takes no more than 3 entries ahead of what is/),
  );
});

it('with maxUncommittedBytes it is the bytes that count', () => {
  const { events, taken } = overload({ maxUncommittedBytes: 400 });
  expect(taken).toBe(3);
  const texts = events.map((event) => wordsOf(event).text);
  expect(texts).toContainEqual(expect.stringContaining('no more than 400 bytes ahead of what is committed'));
});
