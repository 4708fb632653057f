import { List, OrderedMap } from 'immutable';
import { describe, expect, it, vi } from 'vitest';
import type { Action } from '../../src/timeline/action.ts';
import type { EventBody, TimelineEvent } from '../../src/timeline/event.ts';
import { fold, initialView, isFlying } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { MAX_MESSAGES, type View } from '../../src/timeline/view.ts';
import { messages, plain } from './samples.ts';

vi.setConfig({ testTimeout: 30_000 });

const start = initialView({ ...defaultRunConfig, nodes: 3 });
const [heartbeat] = messages['append-entries'];

function sent(messageId: string, to: string, fate: 'sent' | 'lost' | 'cut' = 'sent', atUs = 0): TimelineEvent {
  const event: EventBody = {
    type: 'message-sent',
    messageId,
    to,
    dueUs: atUs + 20_000,
    fate,
    copy: false,
    message: heartbeat,
  };
  return { atUs, actor: 'n1', event };
}

function done(action: Action, atUs: number): TimelineEvent {
  return { atUs, actor: 'cluster', event: { type: 'action', action } };
}

/** Enough events to sweep at least once, none of which says anything about messages. */
function pass(atUs: number, count = 512): TimelineEvent[] {
  return Array.from({ length: count }, () => ({ atUs, actor: 'n3', event: { type: 'timer-set', deadlineUs: atUs } }));
}

function fates(view: View): Record<string, unknown> {
  return Object.fromEntries(
    [...view.messages.values()].map(({ messageId, fate, lostUs }) => [messageId, [fate, lostUs]]),
  );
}

describe('after many messages', () => {
  it('the last one is taken out, and what is empty elsewhere stays empty', () => {
    const received = (messageId: string): TimelineEvent => ({
      atUs: 30_000,
      actor: 'n2',
      event: { type: 'message-received', messageId, from: 'n1', messageType: 'append-entries' },
    });
    const names = Array.from({ length: 32 }, (_, position) => `n1.1.${position}`);
    // The last but one goes first: so the map keeps all 31 places, and is tidied up when one more has come and gone.
    const order = [...names.slice(30), ...names.slice(0, 30)];
    const view = fold(start, [
      ...names.map((name) => sent(name, 'n2')),
      ...order.map(received),
      sent('n1.1.99', 'n2'),
      received('n1.1.99'),
      sent('n1.1.100', 'n2', 'sent', 40_000),
    ]);
    expect([...view.messages.keys()]).toEqual(['n1.1.100']);
    expect([OrderedMap().size, List().size]).toEqual([0, 0]);
    expect(initialView(defaultRunConfig).messages.size).toBe(0);
  });
});

describe('A message', () => {
  it('is listed from when it is sent until it is received', () => {
    const view = fold(start, [sent('a', 'n2'), sent('b', 'n2')]);
    expect([...view.messages.keys()]).toEqual(['a', 'b']);
    expect(view.messages.get('a')).toMatchObject({
      from: 'n1',
      to: 'n2',
      sentUs: 0,
      dueUs: 20_000,
      message: heartbeat,
    });
    const received: EventBody = { type: 'message-received', messageId: 'a', from: 'n1', messageType: 'append-entries' };
    expect([...fold(view, [{ atUs: 20_000, actor: 'n2', event: received }]).messages.keys()]).toEqual(['b']);
  });

  it('flies until it is due, a lost one half way, one on a cut link not at all', () => {
    const view = fold(start, [sent('a', 'n2'), sent('b', 'n2', 'lost'), sent('c', 'n2', 'cut')]);
    const flying = (nowUs: number): string[] =>
      [...view.messages.values()].filter((message) => isFlying(message, view, nowUs)).map(({ messageId }) => messageId);
    expect(flying(-1)).toEqual([]);
    expect(flying(0)).toEqual(['a', 'b']);
    expect(flying(10_000)).toEqual(['a']);
    expect(flying(19_999)).toEqual(['a']);
    expect(flying(20_000)).toEqual([]);
  });

  it('waits at the door of a paused node', () => {
    const view = fold(start, [sent('a', 'n2'), done({ type: 'pause', node: 'n2' }, 1), ...pass(90_000)]);
    const message = view.messages.get('a');
    expect(message !== undefined && isFlying(message, view, 90_000)).toBe(true);
  });

  it.each<Action>([
    { type: 'kill', node: 'n2' },
    { type: 'restart', node: 'n2' },
    { type: 'crash', node: 'n2', reason: 'Its disk is full.' },
    { type: 'power-failure', nodes: ['n2'], clients: false },
  ])('on its way to a node dies with it by $type, and only that', (action) => {
    const view = fold(start, [sent('a', 'n2'), sent('b', 'n3'), sent('c', 'n2', 'lost'), done(action, 5_000)]);
    expect(fates(view)).toEqual({ a: ['down', 5_000], b: ['sent', undefined], c: ['lost', 10_000] });
  });

  it('sent in the very moment of a kill, before it, dies too', () => {
    const view = fold(start, [sent('a', 'n2', 'sent', 5_000), done({ type: 'kill', node: 'n2' }, 5_000)]);
    expect(fates(view)).toEqual({ a: ['down', 5_000] });
  });

  it('sent to a node that is down is lost when the node starts, or when it comes due', () => {
    const down = fold(start, [done({ type: 'kill', node: 'n2' }, 0), sent('a', 'n2')]);
    expect(fates(down)).toEqual({ a: ['sent', undefined] });
    const born: EventBody = {
      type: 'started',
      term: 0,
      votedFor: undefined,
      lastIndex: 0,
      lastTerm: 0,
      configuration: plain,
      deadlineUs: 9,
    };
    const started = fold(down, [
      done({ type: 'revive', node: 'n2' }, 7_000),
      { atUs: 7_000, actor: 'n2', event: born },
    ]);
    expect(fates(started)).toEqual({ a: ['down', 7_000] });
    expect(fold(down, pass(20_000)).messages.size).toBe(1);
    expect(fold(down, pass(20_001)).messages.size).toBe(0);
  });

  it('flying over a link that is cut is lost there and then, in that direction only', () => {
    const back: TimelineEvent = { ...sent('b', 'n1'), actor: 'n2' };
    const cut = done({ type: 'cut', links: [{ from: 'n1', to: 'n2' }] }, 4_000);
    expect(fates(fold(start, [sent('a', 'n2'), back, sent('c', 'n3'), cut]))).toEqual({
      a: ['cut', 4_000],
      b: ['sent', undefined],
      c: ['sent', undefined],
    });
  });

  it('that has arrived at a paused node is not lost by a cut of its link', () => {
    const cut = done({ type: 'isolate', node: 'n2' }, 30_000);
    const view = fold(start, [sent('a', 'n2'), done({ type: 'pause', node: 'n2' }, 1), cut]);
    expect(fates(view)).toEqual({ a: ['sent', undefined] });
  });

  it('that came first is thrown away first by an overflowing backlog', () => {
    const dropped: EventBody = { type: 'backlog-dropped', count: 2 };
    const view = fold(start, [
      done({ type: 'pause', node: 'n2' }, 0),
      ...['a', 'b', 'c'].map((id, position) => sent(id, 'n2', 'sent', position)),
      sent('late', 'n2', 'sent', 40_000),
      { atUs: 50_000, actor: 'n2', event: dropped },
    ]);
    expect([...view.messages.keys()]).toEqual(['c', 'late']);
  });

  it('to a client dies with the clients in a power failure that takes them', () => {
    const toClient = sent('a', 'c1');
    const action = { type: 'power-failure', nodes: [], clients: true } as const;
    expect(fates(fold(start, [toClient, done(action, 5_000)]))).toEqual({ a: ['down', 5_000] });
    expect(fates(fold(start, [toClient, done({ ...action, clients: false }, 5_000)]))).toEqual({
      a: ['sent', undefined],
    });
  });
});

describe('The list of messages', () => {
  it('keeps a lost one until it would have arrived, and then forgets it', () => {
    const view = fold(start, [sent('a', 'n2', 'lost'), sent('b', 'n2', 'cut')]);
    expect(fold(view, pass(20_000)).messages.size).toBe(2);
    expect(fold(view, pass(20_001)).messages.size).toBe(0);
  });

  it('stays small over an hour of heartbeats to a dead node', () => {
    let view = fold(start, [done({ type: 'kill', node: 'n2' }, 0)]);
    let most = 0;
    for (let atUs = 0, batch = 0; atUs < 3_600_000_000; batch += 1) {
      const events: TimelineEvent[] = [];
      for (let beat = 0; beat < 100; beat += 1) {
        events.push(sent(`${batch}.${beat}`, 'n2', 'sent', atUs));
        atUs += 50_000;
      }
      view = fold(view, events);
      most = Math.max(most, view.messages.size);
    }
    expect(most).toBeLessThan(700);
  });

  it(`never holds more than ${MAX_MESSAGES}, and forgets the oldest, when a paused node is written to for ever`, () => {
    let view = fold(start, [done({ type: 'pause', node: 'n2' }, 0)]);
    const count = MAX_MESSAGES + 1_008;
    for (let from = 0; from < count; from += 100) {
      view = fold(
        view,
        Array.from({ length: 100 }, (_, beat) => sent(`m${from + beat}`, 'n2', 'sent', (from + beat) * 50_000)),
      );
    }
    expect(view.messages.size).toBe(MAX_MESSAGES);
    expect(view.messages.first()?.messageId).toBe('m1008');
    expect(view.messages.last()?.messageId).toBe(`m${count - 1}`);
  });
});

describe('A paused node', () => {
  it('still has what waited for it in the moment in which it is resumed, however much happens before it takes it up', () => {
    const events = [
      done({ type: 'pause', node: 'n2' }, 0),
      sent('n1.1.1', 'n2'),
      done({ type: 'resume', node: 'n2' }, 500_000),
      ...pass(500_000, 2_000),
    ];
    const waiting = fold(start, events);
    expect(fates(waiting)).toEqual({ 'n1.1.1': ['sent', undefined] });
    const received: EventBody = {
      type: 'message-received',
      messageId: 'n1.1.1',
      from: 'n1',
      messageType: 'append-entries',
    };
    expect(fates(fold(waiting, [{ atUs: 500_000, actor: 'n2', event: received }]))).toEqual({});
  });
});
