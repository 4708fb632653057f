import { describe, expect, test } from 'vitest';
import type { MembershipChange } from '../../src/raft/membership-change.ts';
import { OneNode, appendEntries, configurationEntry, logOf, requestVote, success } from '../raft/one-node.ts';

const vote = (term: number) => ({ type: 'request-vote-reply', term, granted: true }) as const;
const add4: MembershipChange = { type: 'add-voter', node: 'n4' };
const to145: MembershipChange = { type: 'set-voters', voters: ['n1', 'n4', 'n5'], leavesByItself: true };
/** A leader of term 1 that has committed its no-op with n2. */
const leader = (): OneNode => new OneNode().lead().flush().receive('n2', success(1, 1));
const voters = (one: OneNode): readonly string[] => one.node.configuration.voters;

describe('thesis 4.1: safety', () => {
  test('one server is added or removed at a time; more go by way of joint consensus', () => {
    expect(leader().change(add4).node.configuration.outgoing).toEqual([]);
    expect(leader().change({ type: 'remove', node: 'n3' }).node.configuration.outgoing).toEqual([]);
    expect(leader().change(to145).node.configuration.outgoing).toEqual(['n1', 'n2', 'n3']);
  });

  test('the new configuration takes effect on each server as soon as it is added to its log', () => {
    const one = leader().change(add4);
    expect([voters(one), one.node.commitIndex]).toEqual([['n1', 'n2', 'n3', 'n4'], 1]);
    const follower = new OneNode({ term: 1 });
    follower.receive('n2', appendEntries(1, [0, 0], [configurationEntry(1, 1, { voters: ['n1', 'n2'] })]));
    expect([voters(follower), follower.node.commitIndex]).toEqual([['n1', 'n2'], 0]);
  });

  test('a majority of the new configuration commits it', () => {
    const one = leader().change(add4).flush().receive('n2', success(1, 2));
    expect(one.node.commitIndex).toBe(1);
    expect(one.receive('n4', success(1, 2)).node.commitIndex).toBe(2);
  });

  test('no new change is begun before the previous one is committed', () => {
    const one = leader().change(add4).flush();
    expect(one.change({ type: 'remove', node: 'n3' }).only('membership-refused').reason).toBe('change-pending');
    one.receive('n2', success(1, 2)).receive('n4', success(1, 2));
    expect(voters(one.change({ type: 'remove', node: 'n3' }))).toEqual(['n1', 'n2', 'n4']);
  });

  test('(correction of 2015) nor before the leader has committed an entry of its current term', () => {
    const one = new OneNode().lead().flush();
    expect(one.change(add4).only('membership-refused').reason).toBe('nothing-committed');
    expect(voters(one.receive('n2', success(1, 1)).change(add4))).toHaveLength(4);
  });

  test('a server falls back to the previous configuration where the entry is removed from its log', () => {
    const one = leader().change(add4).flush();
    one.receive('n3', appendEntries(2, [1, 1], logOf(1, 2).slice(1)));
    expect(voters(one)).toEqual(['n1', 'n2', 'n3']);
  });

  test('a server accepts AppendEntries from a leader that is not part of its latest configuration', () => {
    const log = [configurationEntry(1, 1, { voters: ['n1', 'n2'] })];
    const one = new OneNode({ members: ['n1', 'n2'], term: 1, log });
    expect(one.receive('n9', appendEntries(2, [1, 1])).sent['n9']).toMatchObject({ success: true });
    expect(new OneNode({ members: [] }).receive('n9', appendEntries(2, [0, 0])).sent['n9']).toMatchObject({
      success: true,
    });
  });

  test('a server grants its vote to a candidate that is not part of its latest configuration', () => {
    const log = [configurationEntry(1, 1, { voters: ['n1', 'n2'] })];
    const one = new OneNode({ members: ['n1', 'n2'], term: 1, log }).receive('n9', requestVote(2, 1, 1));
    expect(one.sent['n9']).toMatchObject({ granted: true });
  });
});

describe('thesis 4.2.1: catching up new servers', () => {
  test('a new server first joins as a learner: it gets the log, but is not counted towards majorities', () => {
    const one = leader().change({ type: 'add-learner', node: 'n4' }).flush();
    expect(one.receive('n4', success(1, 2)).node.commitIndex).toBe(1);
    expect(one.propose(1).sent['n4']).toMatchObject({ type: 'append-entries' });
    expect(one.receive('n2', success(1, 2)).node.commitIndex).toBe(2);
  });

  test('the leader refuses to give it a vote while it is behind or unavailable', () => {
    const one = leader().change({ type: 'add-learner', node: 'n4' }).flush().receive('n2', success(1, 2));
    const promote = { type: 'promote', node: 'n4' } as const;
    expect(one.change(promote).only('membership-refused').reason).toBe('learner-behind');
    expect(voters(one.receive('n4', success(1, 2)).change(promote))).toEqual(['n1', 'n2', 'n3', 'n4']);
  });
});

describe('thesis 4.2.2: removing the current leader', () => {
  test('it manages a cluster that does not include itself: it replicates entries, but does not count itself', () => {
    const one = leader().change({ type: 'remove', node: 'n1' }).flush().receive('n2', success(1, 2));
    expect([one.node.role, one.node.commitIndex]).toEqual(['leader', 1]);
    expect(Object.keys(one.propose(1).sent)).toEqual(['n2', 'n3']);
  });

  test('it steps down once the entry of its removal is committed', () => {
    const one = leader().change({ type: 'remove', node: 'n1' }).flush();
    one.receive('n2', success(1, 2)).receive('n3', success(1, 2));
    expect([one.node.role, one.node.commitIndex]).toEqual(['follower', 2]);
  });

  test('a server that is not part of its latest configuration still starts elections until that is committed', () => {
    const log = [...logOf(1), configurationEntry(2, 1, { voters: ['n2', 'n3'] })];
    expect(new OneNode({ term: 1, log }).timeOut().node.role).toBe('candidate');
    const committed = new OneNode({ term: 1, log }).receive('n2', appendEntries(1, [2, 1], [], 2));
    expect(committed.timeOut().node.role).toBe('follower');
  });

  test('and needs a majority without its own vote', () => {
    const log = [...logOf(1), configurationEntry(2, 1, { voters: ['n2', 'n3'] })];
    const one = new OneNode({ term: 1, log }).timeOut().flush().receive('n2', vote(2));
    expect(one.node.role).toBe('candidate');
    expect(one.receive('n3', vote(2)).node.role).toBe('leader');
  });
});

describe('thesis 4.2.3: disruptive servers', () => {
  const sticky = { config: { leaderStickiness: true }, term: 1 };

  test('a RequestVote within the minimum election timeout of hearing from a leader changes neither term nor vote', () => {
    const one = new OneNode(sticky).receive('n2', appendEntries(1, [0, 0]));
    one.nowUs += 149_999;
    one.receive('n9', requestVote(7, 5, 5));
    expect([one.node.term, one.node.votedFor, one.all('send')]).toEqual([1, undefined, []]);
    one.nowUs += 1;
    expect(one.receive('n9', requestVote(7, 5, 5)).sent['n9']).toMatchObject({ granted: true });
  });

  test('unless a flag in the request says that the leader itself wants the election (3.10)', () => {
    const one = new OneNode(sticky).receive('n2', appendEntries(1, [0, 0]));
    one.receive('n3', { ...requestVote(2, 0, 0), transfer: true });
    expect(one.sent['n3']).toMatchObject({ granted: true });
  });

  test('pre-vote does not help: it says yes to a removed server whose log is as up to date, once no leader is heard', () => {
    const one = new OneNode({ term: 1, config: { preVote: true } });
    one.receive('n9', { type: 'pre-vote', term: 2, lastLogIndex: 0, lastLogTerm: 0 });
    expect(one.sent['n9']).toMatchObject({ type: 'pre-vote-reply', granted: true });
  });
});

describe('thesis 4.3: arbitrary configuration changes using joint consensus', () => {
  test('log entries are replicated to all servers in both configurations', () => {
    expect(Object.keys(leader().change(to145).sent).sort()).toEqual(['n2', 'n3', 'n4', 'n5']);
  });

  test('any server from either configuration may serve as leader', () => {
    for (const part of [
      { voters: ['n1', 'n4'], outgoing: ['n2', 'n3'] },
      { voters: ['n2', 'n3'], outgoing: ['n1', 'n4'] },
    ]) {
      const one = new OneNode({ term: 1, log: [configurationEntry(1, 1, part)] }).timeOut().flush();
      for (const voter of ['n2', 'n3', 'n4']) one.receive(voter, vote(2));
      expect(one.node.role).toBe('leader');
    }
  });

  test('elections require separate majorities from both the old and the new configuration', () => {
    const joint = { voters: ['n1', 'n4', 'n5'], outgoing: ['n1', 'n2', 'n3'] };
    const one = new OneNode({ term: 1, log: [configurationEntry(1, 1, joint)] }).timeOut().flush();
    expect(one.receive('n4', vote(2)).receive('n5', vote(2)).node.role).toBe('candidate');
    expect(one.receive('n2', vote(2)).node.role).toBe('leader');
  });

  test('and so does the commitment of entries', () => {
    const one = leader().change(to145).flush().receive('n4', success(1, 2)).receive('n5', success(1, 2));
    expect(one.node.commitIndex).toBe(1);
    expect(one.receive('n3', success(1, 2)).node.commitIndex).toBe(2);
  });

  test('once the joint configuration is committed, the leader replicates the new one, and then the old does not count', () => {
    const one = leader().change(to145).flush().receive('n4', success(1, 2)).receive('n2', success(1, 2));
    expect([voters(one), one.node.configuration.outgoing]).toEqual([['n1', 'n4', 'n5'], []]);
    expect(Object.keys(one.sent)).toEqual(['n4', 'n5']);
    expect(one.flush().receive('n5', success(1, 3)).node.commitIndex).toBe(3);
  });

  test('(§6) while two configurations hold jointly, no other change is begun', () => {
    const one = leader()
      .change({ ...to145, leavesByItself: false })
      .flush();
    one.receive('n2', success(1, 2)).receive('n4', success(1, 2));
    expect(one.change(add4).only('membership-refused').reason).toBe('in-joint');
  });
});
