import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/raft/configuration.ts';
import type { MembershipChange } from '../../src/raft/membership-change.ts';
import { OneNode, appendEntries, configurationEntry, logOf, refusal, requestVote, success } from './one-node.ts';

/** A leader of term 1 that has committed its no-op with n2. */
const leader = (members = ['n1', 'n2', 'n3']): OneNode =>
  new OneNode({ members }).lead().flush().receive('n2', success(1, 1));

const parts = ({ voters, outgoing, learners }: Configuration): readonly string[] =>
  [voters, outgoing, learners].map((names) => names.join(' '));

/** What it goes by, as voters, outgoing, learners. */
const members = (one: OneNode): readonly string[] => parts(one.node.configuration);

const to3: MembershipChange = { type: 'set-voters', voters: ['n1', 'n4', 'n5'], leavesByItself: true };

describe('thesis 4.1: a leader changes the membership by an entry in its log', () => {
  test.each<[MembershipChange, readonly string[]]>([
    [{ type: 'add-learner', node: 'n4' }, ['n1 n2 n3', '', 'n4']],
    [{ type: 'add-voter', node: 'n4' }, ['n1 n2 n3 n4', '', '']],
    [{ type: 'demote', node: 'n3' }, ['n1 n2', '', 'n3']],
    [{ type: 'remove', node: 'n2' }, ['n1 n3', '', '']],
    [{ type: 'set-voters', voters: ['n1', 'n2'], leavesByItself: true }, ['n1 n2', '', '']],
    [{ type: 'set-voters', voters: ['n1', 'n2'], leavesByItself: false }, ['n1 n2', 'n1 n2 n3', '']],
    [{ type: 'set-voters', voters: ['n1', 'n2', 'n4'], leavesByItself: true }, ['n1 n2 n4', 'n1 n2 n3', '']],
    [to3, ['n1 n4 n5', 'n1 n2 n3', '']],
  ])('and goes by it at once: %j', (change, expected) => {
    const one = leader().change(change);
    expect(members(one)).toEqual(expected);
    expect([one.node.lastIndex, one.node.configurationIndex, one.node.commitIndex]).toEqual([2, 2, 1]);
    expect(parts(one.event('configuration-changed').configuration)).toEqual(expected);
    expect(one.only('persist').entries).toMatchObject([{ type: 'configuration', index: 2, term: 1 }]);
  });

  test('who comes in is written to at once, and who goes gets nothing any more', () => {
    expect(Object.keys(leader().change({ type: 'add-learner', node: 'n4' }).sent)).toEqual(['n2', 'n3', 'n4']);
    expect(Object.keys(leader().change({ type: 'remove', node: 'n3' }).sent)).toEqual(['n2']);
  });

  test('the new majority commits it: of four voters three', () => {
    const one = leader().change({ type: 'add-voter', node: 'n4' }).flush().receive('n2', success(1, 2));
    expect(one.node.commitIndex).toBe(1);
    expect(one.receive('n4', success(1, 2)).node.commitIndex).toBe(2);
  });

  test('a learner counts for nothing, and is promoted once it holds what is committed', () => {
    const one = leader(['n1', 'n2']).change({ type: 'add-learner', node: 'n3' }).flush();
    expect(one.receive('n3', success(1, 2)).node.commitIndex).toBe(1);
    expect(one.receive('n2', success(1, 2)).node.commitIndex).toBe(2);
    expect(members(one.change({ type: 'promote', node: 'n3' }))).toEqual(['n1 n2 n3', '', '']);
  });

  test('truncation brings back the configuration before', () => {
    const one = leader().change({ type: 'remove', node: 'n3' }).flush();
    one.receive('n3', appendEntries(2, [1, 1], logOf(1, 2).slice(1)));
    expect(members(one)).toEqual(['n1 n2 n3', '', '']);
    expect(one.event('configuration-changed')).toMatchObject({ index: 0, rule: 'configuration-undone' });
  });
});

describe('a change is refused, with a reason, and changes nothing', () => {
  function refused(one: OneNode, change: MembershipChange): readonly [reason: string, rule: string] {
    const before = JSON.stringify(one.node.save());
    one.change(change);
    expect(JSON.stringify(one.node.save())).toBe(before);
    expect(one.all('send')).toEqual([]);
    const { reason } = one.only('membership-refused');
    const event = one.event('membership-refused');
    expect(event).toMatchObject({ change, reason });
    return [reason, event.rule];
  }
  const add4 = { type: 'add-voter', node: 'n4' } as const;

  test('by who does not lead', () => {
    expect(refused(new OneNode(), add4)).toEqual(['not-leader', 'membership']);
    expect(refused(new OneNode().timeOut(), add4)[0]).toBe('not-leader');
  });

  test('by who is handing its lead over', () => {
    expect(refused(leader().turn({ type: 'transfer-leadership', to: 'n3' }), add4)).toEqual([
      'transferring',
      'transfer',
    ]);
  });

  test('while another is pending (thesis 4.1)', () => {
    const one = leader().change({ type: 'add-learner', node: 'n4' }).flush();
    expect(refused(one, { type: 'remove', node: 'n3' })).toEqual(['change-pending', 'one-change-at-a-time']);
    expect(one.receive('n3', success(1, 2)).change({ type: 'remove', node: 'n3' }).node.configurationIndex).toBe(3);
  });

  test('before anything of its own term is committed (thesis 4.1)', () => {
    const one = new OneNode().lead().flush();
    expect(refused(one, add4)).toEqual(['nothing-committed', 'commit-before-change']);
    expect(members(one.receive('n2', success(1, 1)).change(add4))).toEqual(['n1 n2 n3 n4', '', '']);
  });

  test('while two configurations hold jointly, committed or not (§6)', () => {
    const one = leader()
      .change({ ...to3, leavesByItself: false })
      .flush();
    expect(refused(one, add4)).toEqual(['in-joint', 'joint-consensus']);
    expect(refused(one, { type: 'leave-joint' })).toEqual(['change-pending', 'one-change-at-a-time']);
    one.receive('n2', success(1, 2)).receive('n4', success(1, 2));
    expect(one.node.commitIndex).toBe(2);
    expect(refused(one, add4)[0]).toBe('in-joint');
  });

  test('that would leave a joint configuration where there is none', () => {
    expect(refused(leader(), { type: 'leave-joint' })).toEqual(['not-in-joint', 'joint-consensus']);
  });

  test('that would change nothing, or leave nobody to vote, or names who is no member', () => {
    expect(refused(leader(), { type: 'add-voter', node: 'n2' })[0]).toBe('nothing-changes');
    expect(refused(leader(), { type: 'add-learner', node: 'n2' })[0]).toBe('nothing-changes');
    expect(refused(leader(), { type: 'promote', node: 'n2' })[0]).toBe('nothing-changes');
    expect(refused(leader(), { type: 'set-voters', voters: ['n3', 'n2', 'n1'], leavesByItself: false })[0]).toBe(
      'nothing-changes',
    );
    expect(refused(leader(), { type: 'remove', node: 'n4' })[0]).toBe('no-such-member');
    expect(refused(leader(), { type: 'promote', node: 'n4' })[0]).toBe('no-such-member');
    const alone = new OneNode({ members: ['n1'] }).lead().flush();
    expect(refused(alone, { type: 'remove', node: 'n1' })[0]).toBe('no-voters-left');
    expect(refused(alone, { type: 'demote', node: 'n1' })[0]).toBe('no-voters-left');
    expect(refused(alone, { type: 'set-voters', voters: [], leavesByItself: true })[0]).toBe('no-voters-left');
  });

  test('whose names are empty, stand twice or are too many', () => {
    const many = Array.from({ length: 1_001 }, (_, place) => `n${place + 1}`);
    for (const voters of [['n1', 'n1', 'n2'], ['n1', ''], many]) {
      expect(refused(leader(), { type: 'set-voters', voters, leavesByItself: true })[0]).toBe('not-understood');
    }
    expect(
      members(leader().change({ type: 'set-voters', voters: many.slice(1), leavesByItself: true }))[0],
    ).toHaveLength(many.slice(1).join(' ').length);
  });

  test('for a learner that lacks committed entries, or is silent (thesis 4.2.1)', () => {
    const one = leader().change({ type: 'add-learner', node: 'n4' }).flush().receive('n2', success(1, 2));
    expect(one.node.commitIndex).toBe(2);
    const promote = { type: 'promote', node: 'n4' } as const;
    expect(refused(one.receive('n4', refusal(1, 2, 1)), promote)).toEqual(['learner-behind', 'learner-caught-up']);
    expect(refused(one.receive('n4', success(1, 1)), { type: 'add-voter', node: 'n4' })[0]).toBe('learner-behind');
    one.receive('n4', success(1, 2));
    one.nowUs += 300_000;
    expect(refused(one, promote)[0]).toBe('learner-behind');
    one.receive('n4', success(1, 2));
    one.nowUs += 299_999;
    expect(members(one.change(promote))).toEqual(['n1 n2 n3 n4', '', '']);
  });
});

describe('§6, thesis 4.3: several voters at once go by way of a joint configuration', () => {
  test('while it holds nothing is committed without both majorities, and then the leader leaves it by itself', () => {
    const one = leader().change(to3).flush();
    expect(one.receive('n4', success(1, 2)).receive('n5', success(1, 2)).node.commitIndex).toBe(1);
    one.receive('n3', success(1, 2));
    expect(one.node.commitIndex).toBe(2);
    expect(members(one)).toEqual(['n1 n4 n5', '', '']);
    expect(one.event('configuration-changed')).toMatchObject({ index: 3, rule: 'joint-left' });
    expect(Object.keys(one.sent)).toEqual(['n4', 'n5']);
    expect(one.flush().receive('n4', success(1, 3)).node.commitIndex).toBe(3);
  });

  test('one that is not to be left by itself waits to be told', () => {
    const one = leader()
      .change({ ...to3, leavesByItself: false })
      .flush();
    expect(one.event.bind(one, 'configuration-changed')).toThrow('got 0');
    one.receive('n2', success(1, 2)).receive('n5', success(1, 2)).timeOut();
    expect(members(one)).toEqual(['n1 n4 n5', 'n1 n2 n3', '']);
    expect(members(one.change({ type: 'leave-joint' }))).toEqual(['n1 n4 n5', '', '']);
  });

  test('a new leader that inherits one leaves it, once it has committed in its own term', () => {
    const joint = { voters: ['n1', 'n4'], outgoing: ['n1', 'n2', 'n3'], leavesByItself: true };
    const one = new OneNode({ term: 1, log: [...logOf(1), configurationEntry(2, 1, joint)] });
    one.timeOut().flush();
    const yes = { type: 'request-vote-reply', term: 2, granted: true } as const;
    one.receive('n2', yes);
    expect(one.node.role).toBe('candidate');
    expect(one.receive('n4', yes).node.role).toBe('leader');
    one.flush().receive('n4', success(2, 2)).receive('n3', success(2, 2));
    expect([one.node.commitIndex, members(one)]).toEqual([0, ['n1 n4', 'n1 n2 n3', '']]);
    one.receive('n4', success(2, 3)).receive('n3', success(2, 3));
    expect([one.node.commitIndex, members(one)]).toEqual([3, ['n1 n4', '', '']]);
  });

  test('it is not left while the lead is being handed over', () => {
    const one = leader().change(to3).flush().turn({ type: 'transfer-leadership', to: 'n3' });
    one.receive('n2', success(1, 2)).receive('n4', success(1, 2));
    expect([one.node.commitIndex, members(one)]).toEqual([2, ['n1 n4 n5', 'n1 n2 n3', '']]);
    while (one.node.transfer !== undefined) one.timeOut();
    expect(members(one)).toEqual(['n1 n4 n5', '', '']);
  });
});

describe('thesis 4.2.2: a leader that removes itself', () => {
  test('leads on without counting itself until that is committed, tells the others, and steps down', () => {
    const one = leader().change({ type: 'remove', node: 'n1' }).flush();
    expect(members(one)).toEqual(['n2 n3', '', '']);
    one.receive('n2', success(1, 2));
    expect([one.node.role, one.node.commitIndex]).toEqual(['leader', 1]);
    one.receive('n3', success(1, 2));
    expect([one.node.role, one.node.commitIndex]).toEqual(['follower', 2]);
    expect(one.event('became-follower')).toMatchObject({ leader: undefined, rule: 'removed-leader' });
    expect(one.sent['n2']).toMatchObject({ type: 'append-entries', leaderCommit: 2 });
    expect(one.sent['n3']).toMatchObject({ type: 'append-entries', leaderCommit: 2 });
  });

  test('or is demoted: it goes on as a learner', () => {
    const one = leader().change({ type: 'demote', node: 'n1' }).flush();
    one.receive('n2', success(1, 2)).receive('n3', success(1, 2));
    expect([one.node.role, members(one)]).toEqual(['follower', ['n2 n3', '', 'n1']]);
  });

  test('in a joint configuration stays until the new one alone holds and is committed', () => {
    const one = leader()
      .change({ type: 'set-voters', voters: ['n2', 'n4', 'n5'], leavesByItself: true })
      .flush();
    one.receive('n2', success(1, 2)).receive('n4', success(1, 2));
    expect([one.node.commitIndex, one.node.role, members(one)]).toEqual([2, 'leader', ['n2 n4 n5', '', '']]);
    one.flush().receive('n4', success(1, 3));
    expect(one.node.role).toBe('leader');
    expect(one.receive('n5', success(1, 3)).node.role).toBe('follower');
  });

  test('and dies before anybody holds that: it stands again, without its own vote, since only it can win', () => {
    const log = [...logOf(1), configurationEntry(2, 1, { voters: ['n2'] })];
    const one = new OneNode({ members: ['n1', 'n2'], term: 1, log }).timeOut().flush();
    expect([one.node.role, one.node.term]).toEqual(['candidate', 2]);
    one.receive('n2', { type: 'request-vote-reply', term: 2, granted: true });
    expect(one.node.role).toBe('leader');
    one.flush().receive('n2', success(2, 3));
    expect([one.node.role, one.node.commitIndex]).toEqual(['follower', 3]);
    expect(one.timeOut().timeOut().node.role).toBe('follower');
  });
});

describe('thesis 4.1, 4.2.1: who has no vote', () => {
  test('never stands: a learner, a stranger, and who knows its removal to be committed', () => {
    const learner = new OneNode({
      members: ['n2'],
      term: 1,
      log: [configurationEntry(1, 1, { voters: ['n2'], learners: ['n1'] })],
    });
    const stranger = new OneNode({ members: [] });
    const removed = new OneNode({ term: 1, log: [configurationEntry(1, 1, { voters: ['n2'] })] });
    removed.receive('n2', appendEntries(1, [1, 1], [], 1));
    for (const one of [learner, stranger, removed]) {
      const { term } = one.node;
      for (let wait = 0; wait < 5; wait++) one.timeOut();
      expect([one.node.role, one.node.term, one.all('send')]).toEqual(['follower', term, []]);
    }
  });

  test('votes when it is asked, for it may have been promoted without knowing it', () => {
    const log = [...logOf(1), configurationEntry(2, 1, { voters: ['n2', 'n3'], learners: ['n1'] })];
    const one = new OneNode({ members: ['n2', 'n3'], term: 1, log }).receive('n2', requestVote(2, 3, 1));
    expect(one.event('vote-cast')).toMatchObject({ granted: true, candidate: 'n2' });
  });

  test('is handed no lead', () => {
    const one = leader(['n1', 'n2']).change({ type: 'add-learner', node: 'n3' }).flush();
    one.receive('n2', success(1, 2)).turn({ type: 'transfer-leadership', to: 'n3' });
    expect(one.only('transfer-refused').reason).toBe('no-vote');
  });

  test('takes the log from a leader that it has never heard of', () => {
    const one = new OneNode({ members: [] });
    const entries = [...logOf(1), configurationEntry(2, 1, { voters: ['n2'], learners: ['n1'] })];
    one.receive('n2', appendEntries(1, [0, 0], entries, 2)).flush();
    expect([members(one), one.node.commitIndex]).toEqual([['n2', '', 'n1'], 2]);
  });
});

test('thesis 6.2: a leader counts who answers by the configuration that it goes by now', () => {
  const one = new OneNode({ config: { checkQuorum: true } }).lead().flush().receive('n2', success(1, 1));
  one.receive('n3', success(1, 1)).change({ type: 'remove', node: 'n2' }).flush().receive('n3', success(1, 2));
  const heardUs = one.nowUs;
  // n2 still talks, and is heard no more.
  while (one.node.role === 'leader' && one.nowUs < heardUs + 1_000_000) one.timeOut().receive('n2', success(1, 1));
  expect(one.nowUs - heardUs).toBe(300_000);
});
