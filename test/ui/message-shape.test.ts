import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/raft/entry.ts';
import type { AnyMessage } from '../../src/timeline/event.ts';
import { MAX_TICKS, shapeOf } from '../../src/ui/stage/message-shape.ts';

const entries = (count: number): readonly Entry[] =>
  Array.from({ length: count }, (_, position) => ({ type: 'no-op', index: position + 1, term: 1 + (position % 3) }));

const append = (count: number): AnyMessage => ({
  type: 'append-entries',
  term: 3,
  prevLogIndex: 0,
  prevLogTerm: 0,
  entries: entries(count),
  leaderCommit: 0,
});

const appendReply = (success: boolean, matchIndex: number): AnyMessage => ({
  type: 'append-entries-reply',
  term: 3,
  success,
  matchIndex,
  prevLogIndex: 4,
  conflictIndex: success ? 0 : 2,
  conflictTerm: undefined,
});

describe('the mark of a message', () => {
  it('is a dot for a heartbeat, and otherwise has a tick an entry in the hue of its term', () => {
    expect(shapeOf(append(0))).toMatchObject({ form: 'heartbeat', ticks: [], hollow: false, term: 3 });
    expect(shapeOf(append(4))).toMatchObject({ form: 'entries', ticks: [1, 2, 3, 1], hollow: false });
  });

  it('has no more ticks than there is room for', () => {
    expect(shapeOf(append(MAX_TICKS)).ticks).toHaveLength(MAX_TICKS);
    expect(shapeOf(append(64)).ticks).toHaveLength(MAX_TICKS);
  });

  it('of a reply is that of its request, hollow, and crossed where it refuses', () => {
    expect(shapeOf(appendReply(true, 4))).toMatchObject({ form: 'heartbeat', hollow: true, crossed: false });
    expect(shapeOf(appendReply(true, 6))).toMatchObject({ form: 'entries', hollow: true, crossed: false });
    expect(shapeOf(appendReply(false, 0))).toMatchObject({ form: 'entries', hollow: true, crossed: true });
    const vote = { type: 'request-vote-reply', term: 2 } as const;
    expect(shapeOf({ ...vote, granted: true })).toMatchObject({ form: 'ballot', hollow: true, crossed: false });
    expect(shapeOf({ ...vote, granted: false })).toMatchObject({ form: 'ballot', hollow: true, crossed: true });
  });

  it('of a pre-vote is a dashed ballot, as it binds nobody; the word to stand has a point', () => {
    const asked = { type: 'pre-vote', term: 4, lastLogIndex: 0, lastLogTerm: 0 } as const;
    expect(shapeOf(asked)).toMatchObject({ form: 'ballot', dashed: true, hollow: false, term: 4 });
    const answer = { type: 'pre-vote-reply', term: 3, forTerm: 4 } as const;
    expect(shapeOf({ ...answer, granted: true })).toMatchObject({
      dashed: true,
      hollow: true,
      crossed: false,
      term: 4,
    });
    expect(shapeOf({ ...answer, granted: false })).toMatchObject({ dashed: true, hollow: true, crossed: true });
    expect(shapeOf({ type: 'timeout-now', term: 3 })).toMatchObject({ form: 'summons', dashed: false, term: 3 });
  });

  it('of a client has no term, and is crossed where the node does not take the request', () => {
    const reply = { type: 'client-reply', requestId: 'r1' } as const;
    expect(shapeOf({ ...reply, outcome: { type: 'not-leader', leader: 'n2' } })).toMatchObject({
      form: 'client',
      crossed: true,
      term: undefined,
    });
    const applied = { type: 'applied', index: 2, result: { type: 'ok', value: '5' } } as const;
    expect(shapeOf({ ...reply, outcome: applied })).toMatchObject({ form: 'client', hollow: true, crossed: false });
  });
});
