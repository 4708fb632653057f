import { expect, it } from 'vitest';
import { handedOn, passedBack } from '../../src/host/forwarding.ts';
import { playRun } from '../../src/sim/simulator.ts';
import type { Action, TimedAction } from '../../src/timeline/action.ts';
import { describe as wordsOf } from '../../src/timeline/describe.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { defaultRunConfig, type RunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION } from '../../src/timeline/run.ts';

const operation = { type: 'append', key: 'x', value: '1' } as const;
const request = {
  type: 'client-request',
  requestId: 'r1',
  command: { client: 'c1.1', sequence: 1, firstUnanswered: 1, operation },
} as const;

it('a request is handed on to a leader that is known, and only once', () => {
  const forwarded = handedOn(request, 'c1', 'n1');
  expect(forwarded).toEqual({ ...request, forwardedFor: 'c1' });
  expect(handedOn(request, 'c1', undefined)).toBeUndefined();
  // Whoever gets it by hand answers: so no circle of followers, each of whom takes the other for the leader, keeps it up.
  expect(handedOn({ ...request, forwardedFor: 'c1' }, 'n2', 'n3')).toBeUndefined();
});

it('an answer goes back to the client that it is for, with the hint whose answer it is', () => {
  const reply = { type: 'client-reply', requestId: 'r1', outcome: { type: 'busy' } } as const;
  expect(passedBack({ ...reply, forwardedFor: 'c1' }, 'n1')).toEqual({
    client: 'c1',
    reply: { ...reply, answeredBy: 'n1' },
  });
  expect(passedBack(reply, 'n1')).toBeUndefined();
});

const put = (place: number): Action => ({ type: 'request', client: 'c1', requestId: `r${place}`, operation });

function play(config: Partial<RunConfig>, actions: readonly TimedAction[], seed = 5): readonly TimelineEvent[] {
  const whole = { ...defaultRunConfig, nodes: 3, ...config };
  const untilUs = (actions.at(-1)?.atUs ?? 0) + 6_000_000;
  return playRun({ format: 'whitewater-run', version: RUN_VERSION, seed, config: whole, actions, untilUs });
}

/** A seed in which another than n1 leads, and that other. */
function othersLead(): { readonly seed: number; readonly leader: string } {
  for (let seed = 1; seed < 50; seed++) {
    const leader = play({}, [], seed).find(({ event }) => event.type === 'became-leader')?.actor ?? 'n1';
    if (leader !== 'n1') return { seed, leader };
  }
  throw new Error('n1 leads in every seed.');
}

const fates = (events: readonly TimelineEvent[]) =>
  events.flatMap(({ event }) => (event.type === 'request-ended' ? [event.fate] : []));
const attempts = (events: readonly TimelineEvent[]) =>
  events.flatMap(({ event }) => (event.type === 'request-attempted' ? [event.node] : []));

it('thesis §6.2 the follower that is asked hands on, the answer comes back through it, and the next request goes straight to the leader', () => {
  const actions = [
    { atUs: 1_000_000, action: put(1) },
    { atUs: 1_500_000, action: put(2) },
  ];
  // The client begins with n1: a seed is wanted in which that one does not lead.
  const { seed, leader } = othersLead();
  const events = play({ forwarding: true }, actions, seed);
  expect(attempts(events)).toEqual(['n1', leader]);
  expect(fates(events)).toMatchObject([{ type: 'committed' }, { type: 'committed' }]);
  const told = events.filter(({ event }) => event.type === 'request-forwarded');
  expect(told).toMatchObject([
    { actor: 'n1', event: { requestId: 'r1', client: 'c1', to: leader, rule: 'forwarding' } },
  ]);
  const texts = events.map((event) => wordsOf(event).text);
  expect(texts).toContain(`n1 hands c1's r1 on to ${leader}`);
  expect(texts).toContainEqual(
    expect.stringContaining(`n1 passes on to c1 what ${leader} answers: applied at index 2`),
  );
  // Without the switch n1 refuses, with the hint, and the client asks a second time.
  const refusing = play({}, actions, seed);
  expect(attempts(refusing)).toEqual(['n1', leader, leader]);
  expect(refusing.some(({ event }) => event.type === 'request-forwarded')).toBe(false);
});

it('exactly once: a request that is handed on, repeated and doubled by the links is applied once', () => {
  for (let seed = 0; seed < 20; seed++) {
    const network = { latency: { meanMs: 20, spreadMs: 15 }, loss: 0.15, duplication: 0.4 };
    const actions = Array.from({ length: 20 }, (_, place): TimedAction => ({
      atUs: 1_000_000 + place * 100_000,
      action: put(place),
    }));
    const config = { forwarding: true, network, client: { attemptTimeoutMs: 60, deadlineMs: 4_000, retryDelayMs: 20 } };
    const events = play(config, actions, seed);
    const written = events.flatMap(({ actor, event }) =>
      actor === 'n1' && event.type === 'applied' && event.change !== undefined ? [event.change.value] : [],
    );
    const committed = fates(events).filter(({ type }) => type === 'committed').length;
    expect(committed, `seed ${seed}`).toBeGreaterThan(10);
    // Each append makes the text one longer, so a second time would show.
    expect(written).toEqual(written.map((_, place) => '1'.repeat(place + 1)));
    expect(written.length).toBeGreaterThanOrEqual(committed);
    expect(written.length).toBeLessThanOrEqual(actions.length);
  }
});

it('a follower that takes a dead node for the leader costs an attempt, no more', () => {
  const { seed, leader } = othersLead();
  const kill = { atUs: 1_000_000, action: { type: 'kill', node: leader } } as const;
  const events = play({ forwarding: true }, [kill, { atUs: 1_001_000, action: put(1) }], seed);
  expect(events.some(({ event }) => event.type === 'request-forwarded')).toBe(true);
  expect(fates(events)).toMatchObject([{ type: 'committed' }]);
});
