import { describe, expect, test } from 'vitest';
import type { TimeoutNow } from '../../src/raft/message.ts';
import { OneNode, appendEntries } from './one-node.ts';

const timeoutNow = (term: number): TimeoutNow => ({ type: 'timeout-now', term });
const follower = (): OneNode =>
  new OneNode({ term: 3, config: { preVote: true, leaderStickiness: true } }).receive('n2', appendEntries(3, [0, 0]));

describe('thesis 3.10: a node that its leader tells to stand', () => {
  test('stands at once in the next term, pre-vote or not, and says in whose name', () => {
    const one = follower().receive('n2', timeoutNow(3));
    expect(one.event('became-candidate')).toMatchObject({ term: 4, rule: 'timeout-now' });
    expect(one.sent['n3']).toEqual({ type: 'request-vote', term: 4, lastLogIndex: 0, lastLogTerm: 0, transfer: true });
    expect(one.only('persist')).toMatchObject({ term: 4, votedFor: 'n1' });
    for (const { afterSequence } of one.all('send')) expect(afterSequence).toBe(one.lastSequence);
  });

  test('if it is not elected, stands the next time in its own name', () => {
    const one = follower().receive('n2', timeoutNow(3)).flush().timeOut();
    expect(one.sent['n3']).toEqual({ type: 'pre-vote', term: 5, lastLogIndex: 0, lastLogTerm: 0 });
    const plain = new OneNode({ term: 3 }).receive('n2', timeoutNow(3)).flush().timeOut();
    expect(plain.sent['n3']).toEqual({ type: 'request-vote', term: 5, lastLogIndex: 0, lastLogTerm: 0 });
  });

  test('ignores a word of an older term, and one that comes twice', () => {
    const one = follower().receive('n2', timeoutNow(2));
    expect(one.event('message-ignored')).toMatchObject({ messageType: 'timeout-now', rule: 'stale-term' });
    one.receive('n2', timeoutNow(3)).receive('n2', timeoutNow(3));
    expect(one.event('message-ignored')).toMatchObject({ rule: 'stale-term' });
    expect(one.node.term).toBe(4);
  });

  test('ignores it in a term that it leads or stands in itself: nobody else can have said it', () => {
    const leader = new OneNode().lead().receive('n2', timeoutNow(1));
    expect([leader.node.role, leader.node.term]).toEqual(['leader', 1]);
    const candidate = new OneNode().timeOut().receive('n2', timeoutNow(1));
    expect(candidate.event('message-ignored')).toMatchObject({ rule: 'not-understood' });
  });

  test('stands while it was asking for itself, and takes on a higher term first', () => {
    const asking = new OneNode({ term: 3, config: { preVote: true } }).timeOut().receive('n2', timeoutNow(3));
    expect([asking.node.role, asking.node.term]).toEqual(['candidate', 4]);
    expect(follower().receive('n2', timeoutNow(6)).node.term).toBe(7);
  });
});
