import { describe, expect, test } from 'vitest';
import { MAX_OPEN_ROUNDS, MAX_PENDING_READS } from '../../src/raft/read-state.ts';
import type { Rules } from '../../src/raft/rules.ts';
import { OneNode, appendEntries, configurationEntry, echo, requestVote, success } from './one-node.ts';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** A leader of term 1 of five, whose no-op is committed, with entries up to `last`. */
function leader(last = 1, rules?: Partial<Rules>): OneNode {
  const one = new OneNode({ members: five, ...(rules && { rules }) }).lead().flush();
  for (let index = 2; index <= last; index++) one.propose(index);
  return one.flush().receive('n2', success(1, last)).receive('n3', success(1, last));
}

const ready = (one: OneNode): readonly (readonly [readId: number, index: number])[] =>
  one.all('read-ready').map(({ readId, index }) => [readId, index]);

describe('thesis 6.4: a leader that is asked to read', () => {
  test('notes its commit index, asks all whether it still leads, and answers once a majority has', () => {
    const one = leader(3).read('read-index', 7);
    expect(one.rounds).toEqual({ n2: 1, n3: 1, n4: 1, n5: 1 });
    expect(one.event('read-round-started')).toMatchObject({ round: 1, index: 3, reads: 1, rule: 'read-index' });
    expect(ready(one.receive('n2', echo(1, 3, 1)))).toEqual([]);
    expect(ready(one.receive('n4', echo(1, 0, 1)))).toEqual([[7, 3]]);
    expect(one.event('reads-ready')).toMatchObject({ index: 3, waiting: 0, rule: 'read-confirmed' });
    expect(one.node.waitingReads).toBe(0);
  });

  test('does not let its log grow', () => {
    const one = leader(3).read('read-index', 1, 2, 3);
    expect([one.node.lastIndex, one.all('persist').length]).toEqual([3, 0]);
  });

  test('answers as of what was committed when the round began, whatever is committed since', () => {
    const one = leader(1).propose(1).read('read-index', 7).flush();
    one.receive('n2', success(1, 2)).receive('n3', success(1, 2));
    expect(one.node.commitIndex).toBe(2);
    expect(ready(one.receive('n2', echo(1, 2, 1)).receive('n3', echo(1, 2, 1)))).toEqual([[7, 1]]);
  });

  test('gathers reads that come while a round is under way for the next one, which they share', () => {
    const one = leader().read('read-index', 1);
    expect(one.read('read-index', 2).rounds).toEqual({});
    expect(one.read('read-index', 3).rounds).toEqual({});
    one.receive('n2', echo(1, 1, 1)).receive('n3', echo(1, 1, 1));
    expect(ready(one)).toEqual([[1, 1]]);
    expect(one.rounds).toEqual({ n2: 2, n3: 2, n4: 2, n5: 2 });
    expect(one.event('read-round-started')).toMatchObject({ round: 2, reads: 2 });
    one.receive('n5', echo(1, 1, 2)).receive('n3', echo(1, 1, 2));
    expect(ready(one)).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  test('does not take the echo of an earlier round for that of a later one', () => {
    const one = leader().read('read-index', 1).timeOut().read('read-index', 2).timeOut();
    expect(one.rounds['n2']).toBe(2);
    one.receive('n2', echo(1, 1, 1)).receive('n3', echo(1, 1, 1));
    expect(ready(one)).toEqual([[1, 1]]);
    expect(one.node.waitingReads).toBe(1);
  });

  test('says a round again with each heartbeat, for its first word may be lost', () => {
    const one = leader().read('read-index', 1).timeOut();
    expect(one.rounds).toEqual({ n2: 1, n3: 1, n4: 1, n5: 1 });
    expect(
      one
        .receive('n2', echo(1, 1, 1))
        .receive('n3', echo(1, 1, 1))
        .timeOut().rounds['n2'],
    ).toBeUndefined();
  });

  test('counts a refusal as well: who refuses entries follows it all the same', () => {
    const one = leader()
      .read('read-index', 7)
      .receive('n2', echo(1, 1, 1));
    const refusal = { ...echo(1, 0, 1), success: false, conflictIndex: 1, prevLogIndex: 1 };
    expect(ready(one.receive('n4', refusal))).toEqual([[7, 1]]);
  });

  test('does not count strangers, who it was twice, other terms, or rounds that it never began', () => {
    const one = leader()
      .read('read-index', 7)
      .receive('n2', echo(1, 1, 1));
    one
      .receive('n2', echo(1, 1, 1))
      .receive('n9', echo(1, 1, 1))
      .receive('n3', echo(0, 1, 1));
    expect(one.receive('n3', echo(1, 1, 2)).event('message-ignored').rule).toBe('not-understood');
    expect(one.node.waitingReads).toBe(1);
  });

  test('waits until an entry of its own term is committed, and only then begins the round', () => {
    const one = new OneNode({ members: five }).lead().flush().read('read-index', 7);
    expect(one.event('read-taken').rule).toBe('read-own-term');
    expect(one.rounds).toEqual({});
    one.receive('n2', success(1, 1)).receive('n3', success(1, 1));
    expect(one.event('read-round-started')).toMatchObject({ round: 1, index: 1 });
    expect(ready(one.receive('n2', echo(1, 1, 1)).receive('n3', echo(1, 1, 1)))).toEqual([[7, 1]]);
  });

  test('that is alone answers in the same turn', () => {
    const one = new OneNode({ members: ['n1'] }).lead().flush().read('read-index', 7);
    expect(ready(one)).toEqual([[7, 1]]);
  });

  test('in a joint configuration needs both majorities (§6)', () => {
    const joint = configurationEntry(1, 1, { voters: ['n1', 'n2', 'n3'], outgoing: ['n1', 'n4', 'n5'] });
    const one = new OneNode({ members: five, term: 1, log: [joint] }).lead().flush();
    one.receive('n4', { type: 'request-vote-reply', term: 2, granted: true });
    one.receive('n2', success(2, 2)).receive('n4', success(2, 2)).read('read-index', 7);
    expect(ready(one.receive('n2', echo(2, 2, 1)).receive('n3', echo(2, 2, 1)))).toEqual([]);
    expect(ready(one.receive('n5', echo(2, 2, 1)))).toEqual([[7, 2]]);
  });

  test('refuses a read beyond the most that may wait, and says so', () => {
    const ids = Array.from({ length: MAX_PENDING_READS }, (_, id) => id);
    const one = leader().read('read-index', ...ids);
    expect(one.all('read-refused')).toEqual([]);
    expect(one.read('read-index', 5_000).only('read-refused')).toEqual({
      type: 'read-refused',
      readId: 5_000,
      reason: 'too-many-pending',
      leader: 'n1',
    });
    expect(one.node.waitingReads).toBe(MAX_PENDING_READS);
    expect(
      one
        .receive('n2', echo(1, 1, 1))
        .receive('n3', echo(1, 1, 1))
        .all('read-ready'),
    ).toHaveLength(1_000);
  });

  test('begins no more rounds than it can wait for, and says the last one again', () => {
    const one = leader();
    for (let round = 1; round <= MAX_OPEN_ROUNDS + 5; round++) one.read('read-index', round).timeOut();
    expect(one.rounds['n2']).toBe(MAX_OPEN_ROUNDS);
    expect(one.node.save().reads.open).toHaveLength(MAX_OPEN_ROUNDS);
    one.receive('n2', echo(1, 1, MAX_OPEN_ROUNDS)).receive('n3', echo(1, 1, MAX_OPEN_ROUNDS));
    expect(one.all('read-ready').length).toBeGreaterThanOrEqual(MAX_OPEN_ROUNDS);
    expect(one.rounds['n2']).toBe(MAX_OPEN_ROUNDS + 1);
  });
});

describe('thesis 6.4: reads that wait', () => {
  test('are refused when their leader takes on a higher term', () => {
    const one = leader()
      .read('read-index', 7, 8)
      .receive('n5', requestVote(2, 1, 1));
    expect(one.all('read-refused').map(({ readId, reason }) => [readId, reason])).toEqual([
      [7, 'leadership-lost'],
      [8, 'leadership-lost'],
    ]);
    expect(one.event('reads-refused')).toMatchObject({ reads: 2, waiting: 0, rule: 'read-ends' });
  });

  test('are refused when it steps down for want of a quorum', () => {
    const one = new OneNode({ members: five, config: { checkQuorum: true } }).lead().flush().read('read-index', 7);
    while (one.node.role === 'leader') one.timeOut();
    expect(one.only('read-refused').reason).toBe('leadership-lost');
  });

  test('cannot be confirmed by what was said to an earlier lead', () => {
    const one = leader()
      .read('read-index', 1)
      .receive('n5', requestVote(2, 1, 1))
      .turn({ type: 'time-out-now' });
    for (const voter of ['n2', 'n3']) {
      one.flush().receive(voter, { type: 'request-vote-reply', term: 3, granted: true });
    }
    one.flush().receive('n2', success(3, 2)).receive('n3', success(3, 2)).read('read-index', 9);
    expect(one.rounds['n2']).toBe(1);
    expect(ready(one.receive('n2', echo(1, 1, 1)).receive('n3', echo(1, 1, 1)))).toEqual([]);
    expect(ready(one.receive('n2', echo(3, 2, 1)).receive('n3', echo(3, 2, 1)))).toEqual([[9, 2]]);
  });

  test('are refused at once by who does not lead, with a hint', () => {
    const one = new OneNode().receive('n2', appendEntries(1, [0, 0])).read('read-index', 7);
    expect(one.only('read-refused')).toMatchObject({ readId: 7, reason: 'not-leader', leader: 'n2' });
    expect(one.event('reads-refused').rule).toBe('read-leader');
  });
});

test('a follower echoes the round, whether it takes the entries or not', () => {
  const one = new OneNode();
  expect(one.receive('n2', { ...appendEntries(1, [0, 0]), round: 4 }).sent['n2']).toMatchObject({ round: 4 });
  expect(one.receive('n2', { ...appendEntries(1, [9, 1]), round: 5 }).sent['n2']).toMatchObject({
    success: false,
    round: 5,
  });
  expect(one.receive('n2', appendEntries(1, [0, 0])).sent['n2']).not.toHaveProperty('round');
});

test('a leader that nobody has asked to read sends and answers as ever', () => {
  const one = leader(3).timeOut();
  for (const message of Object.values(one.sent)) expect(message).not.toHaveProperty('round');
  expect(one.events.map(({ type }) => type)).not.toContain('read-round-started');
});
