import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/raft/message.ts';
import { OneNode, appendEntries, entry, logOf, refusal, requestVote, success } from '../raft/one-node.ts';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];
const vote = (term: number) => ({ type: 'request-vote-reply', term, granted: true }) as const;
const leader = (): OneNode => new OneNode().lead().flush().receive('n2', success(1, 1)).receive('n3', success(1, 1));
const sentTo = (one: OneNode, peer: string): readonly Message[] =>
  one.all('send').flatMap(({ to, message }) => (to === peer ? [message] : []));

describe('thesis 3.3: Raft basics', () => {
  test('at any time each server is leader, follower or candidate, and begins as a follower', () => {
    const one = new OneNode();
    expect([one.node.role, one.timeOut().node.role, one.lead().node.role]).toEqual(['follower', 'candidate', 'leader']);
  });

  test('current terms are exchanged whenever servers communicate; a smaller one is updated to the larger', () => {
    expect(new OneNode({ term: 2 }).receive('n2', requestVote(7, 0, 0)).node.term).toBe(7);
  });

  test('a candidate or leader that discovers that its term is out of date immediately reverts to follower', () => {
    expect(new OneNode().timeOut().receive('n2', { ...vote(4), granted: false }).node.role).toBe('follower');
    expect(leader().receive('n2', refusal(4, 1, 1)).node.role).toBe('follower');
  });

  test('a request with a stale term number is rejected', () => {
    const one = new OneNode({ term: 5 });
    expect(one.receive('n2', appendEntries(4, [0, 0])).sent['n2']).toMatchObject({ success: false, term: 5 });
    expect(one.receive('n2', requestVote(4, 9, 3)).sent['n2']).toMatchObject({ granted: false, term: 5 });
  });

  test('RPCs are retried if a response is not received in a timely manner', () => {
    const one = leader().propose(1).timeOut();
    expect(one.sent['n3']).toMatchObject({ type: 'append-entries' });
    expect(new OneNode().timeOut().timeOut().sent['n3']).toMatchObject({ type: 'request-vote', term: 2 });
  });
});

describe('thesis 3.4: leader election', () => {
  test('a server remains follower as long as it receives valid RPCs from a leader or candidate', () => {
    const one = new OneNode({ term: 1 });
    for (let beat = 0; beat < 20; beat++) {
      one.nowUs += 100_000;
      one.turn({ type: 'timer' }).receive('n2', appendEntries(1, [0, 0]));
    }
    expect(one.node.role).toBe('follower');
  });

  test('each server votes for at most one candidate in a term, first come first served', () => {
    const one = new OneNode({ term: 1 }).receive('n3', requestVote(2, 0, 0)).receive('n2', requestVote(2, 0, 0));
    expect(one.sent['n2']).toMatchObject({ granted: false });
    expect(one.node.votedFor).toBe('n3');
  });

  test('a candidate that hears of a leader with a term at least as large as its own recognises it as legitimate', () => {
    expect(new OneNode().timeOut().receive('n2', appendEntries(1, [0, 0])).node.leader).toBe('n2');
  });

  test('one that hears of a leader with a smaller term rejects the RPC and continues as candidate', () => {
    const one = new OneNode({ term: 3 }).timeOut().receive('n2', appendEntries(3, [0, 0]));
    expect(one.sent['n2']).toMatchObject({ success: false, term: 4 });
    expect(one.node.role).toBe('candidate');
  });

  test('a split vote ends in a new election in a new term', () => {
    const one = new OneNode({ members: five }).timeOut().receive('n2', vote(1)).timeOut();
    expect([one.node.role, one.node.term]).toEqual(['candidate', 2]);
  });

  test('election timeouts are chosen randomly from a fixed interval, anew for each', () => {
    const one = new OneNode();
    const waits = Array.from({ length: 50 }, () => {
      const fromUs = one.nowUs;
      return one.timeOut().nowUs - fromUs;
    });
    expect(new Set(waits).size).toBeGreaterThan(45);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(150_000);
    expect(Math.max(...waits)).toBeLessThan(300_000);
  });
});

describe('thesis 3.5: log replication', () => {
  test('the leader appends the command as a new entry, then sends it in parallel to each other server', () => {
    const one = leader().propose(1);
    expect(one.terms).toEqual([1, 1]);
    expect(Object.keys(one.sent)).toEqual(['n2', 'n3']);
  });

  test('an entry is committed once the leader that created it has replicated it on a majority, all before it with it', () => {
    const one = new OneNode({ members: five, term: 1, log: logOf(1, 1) }).lead().flush();
    one.receive('n2', success(2, 3)).receive('n3', success(2, 3));
    expect(one.only('apply').entries.map(({ index }) => index)).toEqual([1, 2, 3]);
  });

  test('the highest index known to be committed is included in future AppendEntries, and followers apply up to it', () => {
    expect(leader().timeOut().sent['n3']).toMatchObject({ leaderCommit: 1 });
    const one = new OneNode({ term: 1, log: logOf(1) }).receive('n2', appendEntries(1, [1, 1], [], 1));
    expect(one.only('apply').entries).toEqual(logOf(1));
  });

  test('the leader retries AppendEntries indefinitely until all followers store all entries', () => {
    const one = leader().propose(1).flush().receive('n2', success(1, 2));
    for (let beat = 0; beat < 50; beat++) one.timeOut();
    expect(one.sent['n3']).toMatchObject({ type: 'append-entries' });
    one.receive('n3', refusal(1, 2, 2));
    expect(one.sent['n3']).toMatchObject({ prevLogIndex: 1, entries: [{ index: 2 }] });
  });

  test('consistency check: a follower that does not find the preceding entry refuses the new ones', () => {
    const one = new OneNode({ term: 2, log: logOf(1) }).receive('n2', appendEntries(2, [2, 2], [entry(3, 2)]));
    expect(one.sent['n2']).toMatchObject({ success: false });
    expect(one.terms).toEqual([1]);
  });

  test('conflicting entries in followers’ logs are overwritten with those of the leader', () => {
    const one = new OneNode({ term: 4, log: logOf(1, 2, 2, 3, 3) });
    one.receive('n2', appendEntries(4, [1, 1], [entry(2, 4), entry(3, 4)]));
    expect(one.terms).toEqual([1, 4, 4]);
  });

  test('a rejection names the term of the conflicting entry and the first index of it, and the leader bypasses that term', () => {
    const follower = new OneNode({ term: 6, log: logOf(1, 4, 4, 4) }).receive('n2', appendEntries(6, [4, 6]));
    expect(follower.sent['n2']).toMatchObject({ conflictTerm: 4, conflictIndex: 2 });
    const one = new OneNode({ term: 5, log: logOf(1, 5, 5, 5) }).lead().receive('n2', refusal(6, 4, 2, 4));
    expect(one.sent['n2']).toMatchObject({ prevLogIndex: 1 });
  });

  test('a leader never overwrites or deletes entries in its own log', () => {
    const one = leader().propose(1, 2);
    const before = one.terms;
    one
      .receive('n2', refusal(1, 3, 1, 0))
      .receive('n3', refusal(1, 1, 1))
      .timeOut();
    expect(one.terms).toEqual(before);
  });
});

describe('thesis 3.6.1: election restriction', () => {
  test.each([
    [1, 3, true],
    [5, 2, true],
    [2, 2, true],
    [1, 2, false],
    [9, 1, false],
  ])('a log of %i entries that ends in term %i gets the vote of one of 2 in term 2: %s', (index, term, granted) => {
    const one = new OneNode({ term: 3, log: logOf(1, 2) }).receive('n2', requestVote(4, index, term));
    expect(one.sent['n2']).toMatchObject({ granted });
  });
});

describe('thesis 3.6.2: committing entries from previous terms', () => {
  test('never by counting replicas; once an entry of the current term is committed that way, all before it are, too', () => {
    const one = new OneNode({ term: 3, log: logOf(1, 2) }).lead().flush();
    expect(one.receive('n2', success(4, 2)).node.commitIndex).toBe(0);
    expect(one.receive('n3', success(4, 2)).node.commitIndex).toBe(0);
    expect(one.receive('n2', success(4, 3)).node.commitIndex).toBe(3);
  });
});

describe('thesis 3.7: follower and candidate crashes', () => {
  test('RPCs are idempotent: a follower that gets an AppendEntries a second time ignores its entries and answers alike', () => {
    const message = appendEntries(1, [0, 0], logOf(1, 1));
    const one = new OneNode({ term: 1 }).receive('n2', message).flush();
    one.receive('n2', message);
    expect(one.all('persist')).toEqual([]);
    expect(one.sent['n2']).toMatchObject({ success: true, matchIndex: 2 });
    const voter = new OneNode({ term: 1 }).receive('n2', requestVote(1, 0, 0)).flush();
    expect(voter.receive('n2', requestVote(1, 0, 0)).sent['n2']).toMatchObject({ granted: true });
  });
});

describe('thesis 3.8: persisted state and server restarts', () => {
  test('term and vote survive a restart, so no server votes twice in one term', () => {
    const one = new OneNode({ term: 2, votedFor: 'n2' }).receive('n3', requestVote(2, 0, 0));
    expect([one.node.term, one.node.votedFor]).toEqual([2, 'n2']);
    expect(one.sent['n3']).toMatchObject({ granted: false });
  });

  test('new entries are persisted before they count towards commitment, the leader’s own as well', () => {
    const follower = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0], logOf(1)));
    expect(follower.only('send').afterSequence).toBeGreaterThan(0);
    const one = new OneNode({ members: five }).lead().receive('n2', success(1, 1)).receive('n3', success(1, 1));
    expect(one.node.commitIndex).toBe(0);
    expect(one.flush().node.commitIndex).toBe(1);
  });

  test('the commit index may be reinitialised to zero: it catches up when a new entry is committed', () => {
    const one = new OneNode({ term: 1, log: logOf(1, 1) });
    expect([one.node.commitIndex, one.node.lastApplied]).toEqual([0, 0]);
    expect(one.receive('n2', appendEntries(1, [2, 1], [], 2)).only('apply').entries).toEqual(logOf(1, 1));
  });
});

describe('thesis 3.9: timing and availability', () => {
  test('heartbeats come well within the shortest election timeout', () => {
    const one = leader();
    const beats = Array.from({ length: 10 }, () => {
      const fromUs = one.nowUs;
      return one.timeOut().nowUs - fromUs;
    });
    for (const beat of beats) expect(beat).toBeLessThanOrEqual(one.config.electionTimeoutMinUs / 3);
  });
});

describe('thesis 3.10: leadership transfer', () => {
  const transfer = (one: OneNode): OneNode => one.turn({ type: 'transfer-leadership', to: 'n3' });

  test('1: the prior leader stops accepting new client requests', () => {
    expect(transfer(leader()).propose(1).only('proposal-refused').reason).toBe('transferring');
  });

  test('2, 3: it brings the target’s log up to date with its own, and then sends TimeoutNow', () => {
    const one = transfer(leader().propose(1));
    expect(sentTo(one, 'n3').map(({ type }) => type)).not.toContain('timeout-now');
    one.flush().receive('n3', success(1, 2));
    expect(sentTo(one, 'n3').map(({ type }) => type)).toContain('timeout-now');
  });

  test('a server that receives TimeoutNow starts a new election at once', () => {
    const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0]));
    one.receive('n2', { type: 'timeout-now', term: 1 });
    expect([one.node.role, one.node.term]).toEqual(['candidate', 2]);
  });

  test('the target’s next message makes the prior leader step down, and the transfer is complete', () => {
    const one = transfer(leader()).receive('n3', requestVote(2, 1, 1));
    expect([one.node.role, one.node.transfer]).toEqual(['follower', undefined]);
    expect(one.sent['n3']).toMatchObject({ granted: true });
  });

  test('if it does not complete after about an election timeout, the prior leader resumes accepting requests', () => {
    const one = transfer(leader());
    const fromUs = one.nowUs;
    for (let beat = 0; beat < 20 && one.node.transfer !== undefined; beat++) one.timeOut();
    expect(one.nowUs - fromUs).toBeLessThanOrEqual(one.config.electionTimeoutMaxUs);
    expect(one.propose(1).all('proposal-accepted')).toHaveLength(1);
  });
});
