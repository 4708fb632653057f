import { describe, expect, test } from 'vitest';
import { MAX_PENDING_READS } from '../../src/raft/read-state.ts';
import { OneNode, appendEntries, echo, requestVote, success } from './one-node.ts';

/** A follower of n2 in term 1. */
const follower = (seed = 1): OneNode => new OneNode({ seed }).receive('n2', appendEntries(1, [0, 0]));

/** The token of what it asks in this turn. */
function tokenOf(one: OneNode): number {
  const asked = one.sent['n2'];
  if (asked?.type !== 'read-index') throw new Error('It asks nothing.');
  return asked.token;
}

const answer = (token: number, index: number | undefined, term = 1) =>
  ({ type: 'read-index-reply', term, token, index }) as const;

describe('thesis 6.4: a follower that is asked to read', () => {
  test('asks its leader for the read index, and answers once it has applied so far', () => {
    const one = follower().read('follower', 7);
    const token = tokenOf(one);
    expect(one.event('read-taken').rule).toBe('read-forwarded');
    expect(one.receive('n2', answer(token, 12)).only('read-ready')).toEqual({
      type: 'read-ready',
      readId: 7,
      index: 12,
      via: 'follower',
    });
    expect(one.event('reads-ready')).toMatchObject({ reads: 1, index: 12, waiting: 0 });
  });

  test('asks one thing at a time: what comes meanwhile shares the next question', () => {
    const one = follower().read('follower', 1, 2);
    const first = tokenOf(one);
    expect(one.read('follower', 3).all('send')).toEqual([]);
    one.receive('n2', answer(first, 4));
    expect(one.all('read-ready').map(({ readId }) => readId)).toEqual([1, 2]);
    const second = tokenOf(one);
    expect(second).not.toBe(first);
    expect(one.receive('n2', answer(second, 5)).only('read-ready')).toMatchObject({ readId: 3, index: 5 });
  });

  test('does not take the answer to an earlier question for that to a later one', () => {
    const one = follower().read('follower', 1);
    const first = tokenOf(one);
    one.receive('n2', answer(first, 4)).read('follower', 2);
    expect(one.receive('n2', answer(first, 9)).event('message-ignored').rule).toBe('late-reply');
    expect(one.node.waitingReads).toBe(1);
  });

  test('never uses a token again, not even after a restart, when late answers may still come', () => {
    const before = tokenOf(follower(1).read('follower', 1));
    const after = follower(2).read('follower', 1);
    expect(tokenOf(after)).not.toBe(before);
    expect(after.receive('n2', answer(before, 9)).all('read-ready')).toEqual([]);
  });

  test('asks again when it hears its leader and has had no answer for two heartbeats', () => {
    const one = follower().read('follower', 7);
    const token = tokenOf(one);
    one.nowUs += 99_000;
    const again = (): unknown => one.all('send').find(({ message }) => message.type === 'read-index')?.message;
    one.receive('n2', appendEntries(1, [0, 0]));
    expect(again()).toBeUndefined();
    one.nowUs += 1_000;
    one.receive('n2', appendEntries(1, [0, 0]));
    expect(again()).toEqual({ type: 'read-index', term: 1, token });
    one.nowUs += 1_000;
    one.receive('n2', appendEntries(1, [0, 0]));
    expect(again()).toBeUndefined();
  });

  test('refuses when the leader cannot say, when its term is over, and when it stands itself', () => {
    const told = follower().read('follower', 7);
    told.receive('n2', answer(tokenOf(told), undefined));
    const outdated = follower()
      .read('follower', 7)
      .receive('n3', requestVote(2, 0, 0));
    const standing = follower().read('follower', 7).timeOut();
    for (const one of [told, outdated, standing]) {
      expect(one.only('read-refused')).toMatchObject({ readId: 7, reason: 'leadership-lost' });
      expect(one.node.waitingReads).toBe(0);
    }
  });

  test('refuses at once where it knows of no leader', () => {
    expect(new OneNode().read('follower', 7).only('read-refused')).toMatchObject({ reason: 'no-leader' });
  });

  test('refuses a read beyond the most that may wait', () => {
    const one = follower().read('follower', ...Array.from({ length: MAX_PENDING_READS + 1 }, (_, id) => id));
    expect(one.only('read-refused')).toMatchObject({ readId: MAX_PENDING_READS, reason: 'too-many-pending' });
  });

  test('that leads answers by itself, after a round', () => {
    const one = new OneNode().lead().flush().receive('n2', success(1, 1)).read('follower', 7);
    expect(one.receive('n2', echo(1, 1, 1)).only('read-ready')).toMatchObject({
      readId: 7,
      index: 1,
      via: 'read-index',
    });
  });
});
