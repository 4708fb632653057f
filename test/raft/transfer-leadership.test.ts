import { describe, expect, test } from 'vitest';
import type { NodeId } from '../../src/raft/entry.ts';
import { OneNode, appendEntries, entry, refusal, success } from './one-node.ts';

const transfer = (one: OneNode, to: NodeId): OneNode => one.turn({ type: 'transfer-leadership', to });
const timeoutNow = { type: 'timeout-now', term: 1 } as const;

/** A leader of term 1 whose no-op n2 holds and n3 does not. */
const leader = (): OneNode => new OneNode().lead().flush().receive('n2', success(1, 1));
const summoned = (one: OneNode): readonly NodeId[] =>
  one.all('send').flatMap(({ to, message }) => (message.type === 'timeout-now' ? [to] : []));

describe('thesis 3.10: a leader that hands its lead over', () => {
  test('tells one that holds everything at once to stand', () => {
    const one = transfer(leader(), 'n2');
    expect(one.event('transfer-started')).toMatchObject({ to: 'n2', untilUs: one.nowUs + 300_000 });
    expect(one.all('send')).toEqual([{ type: 'send', to: 'n2', message: timeoutNow, afterSequence: 0 }]);
    expect(one.node.transfer).toEqual({ to: 'n2', untilUs: one.nowUs + 300_000 });
    expect(one.node.role).toBe('leader');
  });

  test('first brings up to date one that lacks entries', () => {
    const one = leader().propose(1, 2).flush();
    transfer(one, 'n3');
    expect(summoned(one)).toEqual([]);
    expect(summoned(one.receive('n2', success(1, 3)))).toEqual([]);
    expect(summoned(one.receive('n3', success(1, 2)))).toEqual([]);
    expect(summoned(one.receive('n3', success(1, 3)))).toEqual(['n3']);
  });

  test('goes back with one whose log has parted from its own, and then tells it', () => {
    const one = leader();
    transfer(one, 'n3').receive('n3', refusal(1, 0, 1));
    expect(summoned(one.receive('n3', success(1, 1)))).toEqual(['n3']);
  });

  test('takes no proposals meanwhile, and says that it is handing over', () => {
    const one = transfer(leader(), 'n3').propose(7);
    expect(one.only('proposal-refused')).toEqual({
      type: 'proposal-refused',
      proposalId: 7,
      reason: 'transferring',
      leader: 'n1',
    });
    expect(one.node.lastIndex).toBe(1);
  });

  test('goes on with its heartbeats, and says it again with each, for the first word may be lost', () => {
    const one = transfer(leader(), 'n2').timeOut();
    expect(one.all('send').map(({ to, message }) => `${to} ${message.type}`)).toEqual([
      'n2 timeout-now',
      'n2 append-entries',
      'n3 append-entries',
    ]);
  });

  test('gives up after the longest election timeout, and takes proposals again', () => {
    const one = transfer(leader(), 'n3');
    const { nowUs } = one;
    while (one.node.transfer !== undefined) one.timeOut();
    expect(one.nowUs - nowUs).toBe(300_000);
    expect(one.event('transfer-given-up')).toMatchObject({ to: 'n3', rule: 'transfer-timeout' });
    expect(one.propose(1).all('proposal-accepted')).toHaveLength(1);
    expect(transfer(one, 'n3').has('transfer-started')).toBe(true);
  });

  test('steps down when the other has been elected, and the transfer is over', () => {
    const one = transfer(leader(), 'n2').receive('n2', {
      type: 'request-vote',
      term: 2,
      lastLogIndex: 1,
      lastLogTerm: 1,
      transfer: true,
    });
    expect(one.event('vote-cast')).toMatchObject({ granted: true, term: 2 });
    expect([one.node.role, one.node.transfer]).toEqual(['follower', undefined]);
    expect(one.receive('n2', appendEntries(2, [1, 1], [entry(2, 2)])).node.leader).toBe('n2');
  });
});

describe('thesis 3.10: a transfer is refused, with a reason, and changes nothing', () => {
  const reason = (one: OneNode, to: NodeId): string => {
    const before = JSON.stringify(one.node.save());
    transfer(one, to);
    expect(JSON.stringify(one.node.save())).toBe(before);
    expect(one.all('send')).toEqual([]);
    const { reason: said } = one.only('transfer-refused');
    expect(one.event('transfer-refused')).toMatchObject({ to, reason: said, rule: 'transfer' });
    return said;
  };

  test('by who does not lead', () => {
    expect(reason(new OneNode(), 'n2')).toBe('not-leader');
    expect(reason(new OneNode().timeOut(), 'n2')).toBe('not-leader');
  });

  test('to who is no member, or leads already', () => {
    expect(reason(leader(), 'n9')).toBe('no-such-peer');
    expect(reason(leader(), 'n1')).toBe('leads-already');
  });

  test('while one is under way, be it to the same node', () => {
    expect(reason(transfer(leader(), 'n2'), 'n3')).toBe('under-way');
    expect(reason(transfer(leader(), 'n2'), 'n2')).toBe('under-way');
  });
});
