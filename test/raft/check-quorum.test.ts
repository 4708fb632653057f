import { describe, expect, test } from 'vitest';
import type { Rules } from '../../src/raft/rules.ts';
import { OneNode, refusal, success } from './one-node.ts';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** A leader of five that is on its guard, at the moment 0 of its lead. */
function leader(rules?: Partial<Rules>): { readonly one: OneNode; readonly startUs: number } {
  const one = new OneNode({ members: five, config: { checkQuorum: true }, ...(rules && { rules }) }).lead().flush();
  return { one, startUs: one.nowUs };
}

describe('thesis 6.2: a leader that checks its quorum', () => {
  test('steps down within its term when no majority has answered for the longest election timeout', () => {
    const { one, startUs } = leader();
    while (one.node.role === 'leader') one.timeOut();
    expect(one.nowUs - startUs).toBe(300_000);
    expect(one.event('became-follower')).toMatchObject({ term: 1, leader: undefined, rule: 'quorum-lost' });
    expect([one.node.term, one.node.votedFor, one.node.votes.size]).toEqual([1, 'n1', 0]);
    expect(one.all('send')).toEqual([]);
    expect(one.node.deadlineUs - one.nowUs).toBeGreaterThanOrEqual(150_000);
  });

  test('leads on while a majority answers, be it with refusals', () => {
    const { one } = leader();
    for (let beat = 0; beat < 40; beat++) {
      one
        .timeOut()
        .receive('n2', success(1, 1, 1))
        .receive('n3', refusal(1, 1, 1));
    }
    expect(one.node.role).toBe('leader');
  });

  test('is not kept by a minority, by answers of another term, or by strangers', () => {
    const { one } = leader();
    for (let beat = 0; beat < 8 && one.node.role === 'leader'; beat++) {
      one
        .timeOut()
        .receive('n2', success(1, 1, 1))
        .receive('n3', success(0, 1, 1))
        .receive('n9', success(1, 1, 1));
    }
    expect(one.node.role).toBe('follower');
  });

  test('steps down though proposals keep it so busy that its heartbeat never comes due', () => {
    const { one, startUs } = leader();
    while (one.node.role === 'leader' && one.nowUs < startUs + 2_000_000) {
      one.nowUs += 10_000;
      one.propose(one.nowUs);
    }
    expect(one.nowUs - startUs).toBe(300_000);
  });

  test('counts each peer from when it was last heard', () => {
    const { one, startUs } = leader();
    one.nowUs = startUs + 100_000;
    one.receive('n2', success(1, 1, 1));
    one.nowUs = startUs + 200_000;
    one.receive('n3', success(1, 1, 1));
    while (one.node.role === 'leader') one.timeOut();
    // The earlier of the two made the majority.
    expect(one.nowUs - startUs).toBeGreaterThanOrEqual(400_000);
    expect(one.nowUs - startUs).toBeLessThanOrEqual(450_000);
  });

  test('alone it is a majority of itself', () => {
    const one = new OneNode({ members: ['n1'], config: { checkQuorum: true } }).timeOut().flush();
    for (let beat = 0; beat < 40; beat++) one.timeOut();
    expect(one.node.role).toBe('leader');
  });

  test('without the switch, or with the rule swapped, it leads on alone', () => {
    const plain = new OneNode({ members: five }).lead();
    const { one } = leader({ mayLeadOn: () => true });
    for (let beat = 0; beat < 40; beat++) {
      plain.timeOut();
      one.timeOut();
    }
    expect([plain.node.role, one.node.role]).toEqual(['leader', 'leader']);
  });
});
