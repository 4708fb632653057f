import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/timeline/action.ts';
import type { EventBody, TimelineEvent } from '../../src/timeline/event.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { MAX_OVERWRITTEN, MAX_REQUESTS, type NodeView, type View } from '../../src/timeline/view.ts';
import { noOp, plain, put, sampleEvents } from './samples.ts';

const start = initialView({ ...defaultRunConfig, nodes: 3 });

function on(actor: string, ...bodies: readonly EventBody[]): TimelineEvent[] {
  return bodies.map((event, position) => ({ atUs: position, actor, event }));
}

function done(action: Action, atUs = 1_000): TimelineEvent {
  return { atUs, actor: 'cluster', event: { type: 'action', action } };
}

function nodeOf(view: View, id = 'n2'): NodeView {
  const node = view.nodes[id];
  if (node === undefined) throw new Error(`${id} is not in the view`);
  return node;
}

const appended = (...entries: ReturnType<typeof noOp>[]): EventBody => ({
  type: 'entries-appended',
  entries,
  from: 'n1',
});
const writing = (sequence: number): EventBody => ({ type: 'disk-write-started', sequence, dueUs: 9_000 });
const durable = (sequence: number, durableIndex: number, term = 1): EventBody => ({
  type: 'durable',
  sequence,
  term,
  votedFor: term === 1 ? 'n1' : undefined,
  durableIndex,
});
const truncated = (fromIndex: number, lastIndex: number): EventBody => ({
  type: 'entries-truncated',
  fromIndex,
  lastIndex,
  by: 'n3',
  rule: 'overwrite-conflict',
});
const voted: EventBody = {
  type: 'vote-cast',
  candidate: 'n1',
  term: 1,
  granted: true,
  rule: 'vote-free',
  votedFor: 'n1',
  candidateLog: { lastIndex: 0, lastTerm: 0 },
  ownLog: { lastIndex: 0, lastTerm: 0 },
};
const heardOf = (term: number): EventBody => ({ type: 'term-advanced', term, from: 'n1', rule: 'higher-term' });

/** n2 follows n1 in term 1; entries 1 to 3 are on its disk, 1 and 2 committed and applied. */
const settled = fold(
  start,
  on(
    'n2',
    heardOf(1),
    voted,
    { type: 'leader-known', leader: 'n1', term: 1 },
    appended(noOp(1, 1), put(2, 1), put(3, 1)),
    writing(1),
    durable(1, 3),
    { type: 'commit-advanced', commitIndex: 2, from: 0, rule: 'commit-from-leader' },
    { type: 'applied', entry: noOp(1, 1), result: undefined, change: undefined, repeat: false },
    {
      type: 'applied',
      entry: put(2, 1),
      result: { type: 'ok', value: '2' },
      change: { key: 'x', value: '2' },
      repeat: false,
    },
  ),
);

describe('A crash', () => {
  it('loses the tail of the log, the term and the vote that are not durable, and all that is in memory', () => {
    const busy = fold(settled, on('n2', heardOf(4), appended(put(4, 1), put(5, 1)), writing(2)));
    expect(nodeOf(busy)).toMatchObject({ term: 4, votedFor: undefined, commitIndex: 2, lastApplied: 2 });
    const killed = nodeOf(fold(busy, [done({ type: 'kill', node: 'n2' })]));
    expect(killed.log.toArray()).toEqual([noOp(1, 1), put(2, 1), put(3, 1)]);
    expect(killed).toMatchObject({ term: 1, votedFor: 'n1', leader: undefined, commitIndex: 0, lastApplied: 0 });
    expect(killed.store.size).toBe(0);
    expect(killed.diskWrite).toBeUndefined();
  });

  it('and a start give what the disk held, even where no kill was seen', () => {
    const busy = fold(settled, on('n2', appended(put(4, 1))));
    const born: EventBody = {
      type: 'started',
      term: 1,
      votedFor: 'n1',
      lastIndex: 3,
      lastTerm: 1,
      configuration: plain,
      deadlineUs: 99_000,
    };
    const node = nodeOf(fold(busy, on('n2', born)));
    expect(node.log.size).toBe(3);
    expect(node).toMatchObject({
      durableIndex: 3,
      deadlineUs: 99_000,
      timerSetUs: 0,
      role: 'follower',
      halted: undefined,
    });
  });

  it('brings back the old tail where its removal was not yet durable', () => {
    const replaced = fold(settled, on('n2', heardOf(2), truncated(2, 3), appended(noOp(2, 2)), writing(2)));
    expect(nodeOf(replaced).durableIndex).toBe(1);
    expect(nodeOf(replaced).disk.log.toArray()).toEqual([noOp(1, 1), put(2, 1), put(3, 1)]);
    const killed = nodeOf(fold(replaced, [done({ type: 'kill', node: 'n2' })]));
    expect(killed.log.toArray()).toEqual([noOp(1, 1), put(2, 1), put(3, 1)]);
    expect(killed).toMatchObject({ term: 1, durableIndex: 3 });
  });

  it('does not bring it back once the removal is durable', () => {
    const replaced = fold(
      settled,
      on('n2', heardOf(2), truncated(2, 3), appended(noOp(2, 2)), writing(2), durable(2, 2, 2)),
    );
    expect(nodeOf(replaced).disk.log.toArray()).toEqual([noOp(1, 1), noOp(2, 2)]);
    const killed = nodeOf(fold(replaced, [done({ type: 'kill', node: 'n2' })]));
    expect(killed.log.toArray()).toEqual([noOp(1, 1), noOp(2, 2)]);
    expect(killed).toMatchObject({ term: 2, votedFor: undefined });
  });

  it('brings back both old tails, in order, where two removals were not yet durable', () => {
    const twice = fold(settled, on('n2', truncated(3, 3), truncated(2, 2), appended(noOp(2, 5))));
    const killed = nodeOf(fold(twice, [done({ type: 'kill', node: 'n2' })]));
    expect(killed.log.toArray()).toEqual([noOp(1, 1), put(2, 1), put(3, 1)]);
  });

  it('brings back what a write carried that was removed again while that write was under way', () => {
    const overtaken = fold(
      settled,
      on('n2', appended(put(4, 1)), writing(2), truncated(3, 4), appended(noOp(3, 2)), durable(2, 2)),
    );
    expect(nodeOf(overtaken)).toMatchObject({ durableIndex: 2, diskWrite: undefined });
    expect(nodeOf(overtaken).disk.log.toArray()).toEqual([noOp(1, 1), put(2, 1), put(3, 1), put(4, 1)]);
    const killed = nodeOf(fold(overtaken, [done({ type: 'kill', node: 'n2' })]));
    expect(killed.log.toArray()).toEqual([noOp(1, 1), put(2, 1), put(3, 1), put(4, 1)]);
  });

  it.each<Action>([
    { type: 'restart', node: 'n2' },
    { type: 'crash', node: 'n2', reason: 'Its disk is full.' },
    { type: 'power-failure', nodes: ['n1', 'n2'], clients: false },
  ])('by $type loses the same', (action) => {
    const busy = fold(settled, on('n2', appended(put(4, 1))));
    const node = nodeOf(fold(busy, [done(action)]));
    expect([node.log.size, node.commitIndex, node.store.size]).toEqual([3, 0, 0]);
  });

  it('of a node that is down already changes nothing of it', () => {
    const killed = fold(settled, [done({ type: 'kill', node: 'n2' })]);
    expect(nodeOf(fold(killed, [done({ type: 'kill', node: 'n2' })]))).toBe(nodeOf(killed));
  });

  it('keeps a pause apart: a paused node loses nothing', () => {
    const busy = fold(settled, on('n2', appended(put(4, 1))));
    expect(nodeOf(fold(busy, [done({ type: 'pause', node: 'n2' })]))).toBe(nodeOf(busy));
  });
});

describe('An election', () => {
  it('begins with a candidate that has voted for itself and follows nobody', () => {
    const event: EventBody = {
      type: 'became-candidate',
      term: 2,
      lastLogIndex: 3,
      lastLogTerm: 1,
      rule: 'election-timeout',
    };
    expect(nodeOf(fold(settled, on('n2', event)))).toMatchObject({
      role: 'candidate',
      term: 2,
      votedFor: 'n2',
      votes: { n2: true },
      leader: undefined,
    });
  });

  it('counts votes, keeps them on the leader, and gives it fresh progress of every peer', () => {
    const events = on(
      'n2',
      { type: 'became-candidate', term: 2, lastLogIndex: 3, lastLogTerm: 1, rule: 'election-timeout' },
      { type: 'vote-counted', from: 'n1', granted: false, votes: 1, needed: 2, rule: 'vote-tally' },
      { type: 'vote-counted', from: 'n3', granted: true, votes: 2, needed: 2, rule: 'vote-tally' },
      { type: 'became-leader', term: 2, lastIndex: 3, peers: ['n1', 'n3'], rule: 'majority' },
      {
        type: 'progress-changed',
        peer: 'n3',
        nextIndex: 5,
        matchIndex: 4,
        state: 'replicate',
        inFlight: { messages: 0, bytes: 0 },
        rule: 'match-index',
      },
    );
    const view = fold(settled, events);
    expect(nodeOf(view)).toMatchObject({
      role: 'leader',
      leader: 'n2',
      votes: { n1: false, n2: true, n3: true },
      progress: { n1: { nextIndex: 4, matchIndex: 0 }, n3: { nextIndex: 5, matchIndex: 4 } },
    });
    const deposed = fold(view, on('n2', heardOf(3)));
    expect(nodeOf(deposed)).toMatchObject({ role: 'leader', term: 3, votedFor: undefined, leader: undefined });
    const follower = fold(
      deposed,
      on('n2', { type: 'became-follower', term: 3, leader: undefined, rule: 'higher-term' }),
    );
    expect(nodeOf(follower)).toMatchObject({ role: 'follower', votes: {}, progress: {} });
  });

  it('leaves the vote of a node that refuses as it was', () => {
    const refusal: EventBody = { ...voted, candidate: 'n3', granted: false, rule: 'vote-taken' };
    expect(nodeOf(fold(settled, on('n2', refusal))).votedFor).toBe('n1');
  });
});

describe('The log', () => {
  it(`shows what was overwritten, the last ${MAX_OVERWRITTEN} entries of it`, () => {
    const count = MAX_OVERWRITTEN + 20;
    const many = Array.from({ length: count }, (_, position) => put(position + 1, 1));
    const view = fold(start, on('n2', appended(...many), truncated(1, count)));
    const { overwritten, log } = nodeOf(view);
    expect(log.size).toBe(0);
    expect(overwritten.size).toBe(MAX_OVERWRITTEN);
    expect(overwritten.first()?.entry.index).toBe(21);
    expect(overwritten.last()).toEqual({ entry: put(count, 1), atUs: 1 });
  });

  it('of one view is not changed by folding on from it', () => {
    const [first, second] = [
      fold(settled, on('n2', appended(put(4, 1)))),
      fold(settled, on('n2', appended(put(4, 7)))),
    ];
    expect(nodeOf(settled).log.size).toBe(3);
    expect([nodeOf(first).log.last()?.term, nodeOf(second).log.last()?.term]).toEqual([1, 7]);
    const batch = fold(settled, on('n2', appended(put(4, 1)), writing(2), appended(put(5, 1)), truncated(4, 5)));
    expect(nodeOf(batch).diskWrite?.log.size).toBe(4);
    expect(nodeOf(batch).log.size).toBe(3);
  });
});

describe('The fold', () => {
  it('keeps the identity of every part that the events do not touch', () => {
    const view = fold(settled, on('n2', { type: 'timer-set', deadlineUs: 5_000 }));
    expect(nodeOf(view)).toMatchObject({ deadlineUs: 5_000, timerSetUs: 0 });
    expect(nodeOf(view)).not.toBe(nodeOf(settled));
    for (const part of ['log', 'store', 'progress', 'overwritten', 'votes', 'disk'] as const) {
      expect(nodeOf(view)[part]).toBe(nodeOf(settled)[part]);
    }
    expect(nodeOf(view, 'n1')).toBe(nodeOf(settled, 'n1'));
    expect([view.messages, view.requests, view.world]).toEqual([settled.messages, settled.requests, settled.world]);
    expect(view.messages).toBe(settled.messages);
    expect(view.world).toBe(settled.world);
    expect(fold(view, [])).toBe(view);
  });

  it('leaves the nodes as they are when an event only says what became of a message', () => {
    const accepted: EventBody = { type: 'append-accepted', from: 'n1', matchIndex: 3, entries: 0, rule: 'log-matches' };
    const ignored: EventBody = {
      type: 'message-ignored',
      from: 'n1',
      messageType: 'append-entries-reply',
      rule: 'late-reply',
    };
    expect(fold(settled, on('n2', accepted, ignored)).nodes).toBe(settled.nodes);
  });

  it('takes every type of event, and ignores those of an actor that it does not know', () => {
    const view = fold(start, sampleEvents);
    expect(view.eventCount).toBe(sampleEvents.length);
    const strangers = sampleEvents.filter(({ actor }) => actor === 'n3').map((event) => ({ ...event, actor: 'n77' }));
    expect(fold(start, strangers).nodes).toBe(start.nodes);
  });

  it('keeps nothing of a node that is gone, and knows it as a new one when it comes again', () => {
    const link = { from: 'n1', to: 'n3' };
    const cut = fold(settled, [
      done({ type: 'cut', links: [link, { from: 'n1', to: 'n2' }] }),
      done({ type: 'set-links', links: [link], quality: { loss: 0.5 } }),
    ]);
    const without = fold(cut, on('n3', { type: 'gone' }));
    expect(without.world.nodes).toEqual(['n1', 'n2']);
    expect(Object.keys(without.nodes)).toEqual(['n1', 'n2']);
    expect([...without.world.cuts]).toEqual(['n1>n2']);
    expect(without.world.linkQualities).toEqual({});
    expect(without.nodes['n2']).toBe(cut.nodes['n2']);
    const again = fold(without, [done({ type: 'start-node', node: 'n3' })]);
    expect(again.world.machines['n3']?.incarnation).toBe(1);
    expect(nodeOf(again, 'n3').term).toBe(0);
  });

  it('stores what is applied, and deletes', () => {
    const deleted: EventBody = {
      type: 'applied',
      entry: put(3, 1),
      result: { type: 'ok', value: undefined },
      change: { key: 'x', value: undefined },
      repeat: false,
    };
    expect(nodeOf(settled).store.toJS()).toEqual({ x: '2' });
    const view = fold(settled, on('n2', deleted));
    expect(nodeOf(view)).toMatchObject({ lastApplied: 3 });
    expect(nodeOf(view).store.toJS()).toEqual({});
    expect(nodeOf(settled).store.toJS()).toEqual({ x: '2' });
  });

  it('says why a node halted, until it starts again', () => {
    const halted = fold(settled, on('n2', { type: 'halted', reason: 'Two leaders.' }));
    expect(nodeOf(halted).halted).toBe('Two leaders.');
  });
});

describe('Requests', () => {
  const submitted = (requestId: string): EventBody => ({
    type: 'request-submitted',
    requestId,
    operation: { type: 'get', key: 'x' },
  });

  it('are followed from submission to fate', () => {
    const view = fold(start, [
      ...on('c1', submitted('r1'), submitted('r2')),
      { atUs: 5, actor: 'c1', event: { type: 'request-attempted', requestId: 'r1', node: 'n2', attempt: 3, why: '' } },
      {
        atUs: 9,
        actor: 'c1',
        event: { type: 'request-ended', requestId: 'r1', fate: { type: 'failed', reason: 'No.' } },
      },
    ]);
    expect(view.requests.toJS()).toMatchObject([
      { requestId: 'r1', client: 'c1', node: 'n2', attempts: 3, endedUs: 9, fate: { type: 'failed' } },
      { requestId: 'r2', attempts: 0, fate: undefined, endedUs: undefined },
    ]);
  });

  it(`are remembered up to ${MAX_REQUESTS}, the oldest forgotten first`, () => {
    const count = MAX_REQUESTS + 5;
    const view = fold(start, on('c1', ...Array.from({ length: count }, (_, position) => submitted(`r${position}`))));
    expect(view.requests.size).toBe(MAX_REQUESTS);
    expect([view.requests.first()?.requestId, view.requests.last()?.requestId]).toEqual(['r5', `r${count - 1}`]);
    expect(
      fold(view, on('c1', { type: 'request-ended', requestId: 'r0', fate: { type: 'failed', reason: '' } })).requests,
    ).toBe(view.requests);
  });
});
