import { describe, expect, test } from 'vitest';
import { OneNode, appendEntries, entry, logOf, refusal, requestVote, success } from '../raft/one-node.ts';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];
const vote = (term: number, granted = true) => ({ type: 'request-vote-reply', term, granted }) as const;

describe('Figure 2, State', () => {
  test('currentTerm, votedFor and log[] are updated on stable storage before responding to RPCs', () => {
    const voter = new OneNode({ term: 1 }).receive('n2', requestVote(2, 0, 0));
    expect(voter.only('persist')).toMatchObject({ term: 2, votedFor: 'n2' });
    expect(voter.only('send').afterSequence).toBe(voter.only('persist').sequence);
    const follower = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0], logOf(1)));
    expect(follower.only('persist').entries).toEqual(logOf(1));
    expect(follower.only('send').afterSequence).toBe(follower.only('persist').sequence);
  });

  test('currentTerm is 0 on first boot and increases monotonically', () => {
    const one = new OneNode();
    const terms = [one.node.term];
    for (const term of [4, 2, 7, 1]) terms.push(one.receive('n2', requestVote(term, 0, 0)).node.term);
    expect(terms).toEqual([0, 4, 4, 7, 7]);
  });

  test('commitIndex and lastApplied are 0 at first, and increase monotonically', () => {
    const one = new OneNode({ term: 1, log: logOf(1, 1, 1) });
    expect([one.node.commitIndex, one.node.lastApplied]).toEqual([0, 0]);
    const seen = [2, 1, 3, 0].map((leaderCommit) => {
      one.receive('n2', appendEntries(1, [3, 1], [], leaderCommit));
      return [one.node.commitIndex, one.node.lastApplied];
    });
    expect(seen).toEqual([
      [2, 2],
      [2, 2],
      [3, 3],
      [3, 3],
    ]);
  });

  test('nextIndex[] is the last log index + 1 and matchIndex[] is 0, reinitialized after election', () => {
    const one = new OneNode({ term: 1, log: logOf(1, 1) }).lead();
    // Its no-op stands at 3, and has gone out already.
    expect(one.node.progress('n2')).toMatchObject({ matchIndex: 0 });
    expect(one.sent['n2']).toMatchObject({ prevLogIndex: 2, entries: [{ index: 3 }] });
    one
      .flush()
      .receive('n2', success(2, 3))
      .receive('n3', requestVote(3, 0, 0))
      .lead();
    expect(one.node.progress('n2')).toMatchObject({ matchIndex: 0 });
    expect(one.sent['n2']).toMatchObject({ prevLogIndex: 3 });
  });
});

describe('Figure 2, AppendEntries RPC, receiver implementation', () => {
  test('1 (§5.1): reply false if term < currentTerm', () => {
    const one = new OneNode({ term: 3 }).receive('n2', appendEntries(2, [0, 0], logOf(2)));
    expect(one.sent['n2']).toMatchObject({ term: 3, success: false });
    expect(one.node.lastIndex).toBe(0);
  });

  test.each([
    ['no entry', [1, 1]],
    ['one of another term', [1, 1, 2]],
  ])('2 (§5.3): reply false if the log contains %s at prevLogIndex', (_, terms) => {
    const one = new OneNode({ term: 3, log: logOf(...terms) }).receive('n2', appendEntries(3, [3, 3], [entry(4, 3)]));
    expect(one.sent['n2']).toMatchObject({ success: false });
    expect(one.terms).toEqual(terms);
  });

  test('3 (§5.3): an existing entry that conflicts with a new one is deleted, and all that follow it', () => {
    const one = new OneNode({ term: 3, log: logOf(1, 2, 2, 2) });
    expect(one.receive('n2', appendEntries(3, [1, 1], [entry(2, 3)])).terms).toEqual([1, 3]);
  });

  test('4: any new entries not already in the log are appended', () => {
    const one = new OneNode({ term: 2, log: logOf(1, 2) });
    one.receive('n2', appendEntries(2, [1, 1], [entry(2, 2), entry(3, 2)]));
    expect(one.terms).toEqual([1, 2, 2]);
    expect(one.only('persist').entries).toEqual([entry(3, 2)]);
  });

  test.each([
    [9, 3],
    [2, 2],
  ])(
    '5: with leaderCommit %i, commitIndex = min(leaderCommit, index of last new entry) = %i',
    (leaderCommit, index) => {
      const one = new OneNode({ term: 1, log: logOf(1, 1, 1, 1) });
      expect(one.receive('n2', appendEntries(1, [2, 1], [entry(3, 1)], leaderCommit)).node.commitIndex).toBe(index);
    },
  );
});

describe('Figure 2, RequestVote RPC, receiver implementation', () => {
  test('1 (§5.1): reply false if term < currentTerm', () => {
    const one = new OneNode({ term: 3 }).receive('n2', requestVote(2, 9, 1));
    expect(one.sent['n2']).toMatchObject({ term: 3, granted: false });
  });

  test('2 (§5.2): grant the vote if votedFor is null or candidateId', () => {
    const one = new OneNode({ term: 1 }).receive('n2', requestVote(1, 0, 0));
    expect(one.sent['n2']).toMatchObject({ granted: true });
    expect(one.receive('n3', requestVote(1, 0, 0)).sent['n3']).toMatchObject({ granted: false });
    expect(one.receive('n2', requestVote(1, 0, 0)).sent['n2']).toMatchObject({ granted: true });
  });

  test.each([
    [2, 2, true],
    [1, 3, true],
    [3, 2, true],
    [1, 2, false],
    [9, 1, false],
  ])(
    '2 (§5.4): with a last entry at %i of term %i, as up-to-date as the receiver’s (2 of term 2): %s',
    (index, term, granted) => {
      const one = new OneNode({ term: 3, log: logOf(1, 2) }).receive('n2', requestVote(4, index, term));
      expect(one.sent['n2']).toMatchObject({ granted });
    },
  );
});

describe('Figure 2, Rules for Servers, all servers', () => {
  test('§5.3: if commitIndex > lastApplied, log[lastApplied] is applied, in order and once', () => {
    const one = new OneNode({ term: 1, log: logOf(1, 1, 1) }).receive('n2', appendEntries(1, [3, 1], [], 2));
    expect(one.only('apply').entries).toEqual(logOf(1, 1));
    expect(one.receive('n2', appendEntries(1, [3, 1], [], 3)).only('apply').entries).toEqual([entry(3, 1)]);
    expect(one.receive('n2', appendEntries(1, [3, 1], [], 3)).all('apply')).toEqual([]);
  });

  test.each([
    ['a request of a leader', appendEntries(5, [0, 0])],
    ['a request of a candidate', requestVote(5, 0, 0)],
    ['a response to a candidate', vote(5, false)],
    ['a response to a leader', refusal(5, 0, 1)],
  ])('§5.1: if %s contains term T > currentTerm: currentTerm = T, and it converts to follower', (_, message) => {
    for (const one of [new OneNode({ term: 1 }), new OneNode({ term: 1 }).timeOut(), new OneNode({ term: 1 }).lead()]) {
      one.receive('n2', message);
      expect([one.node.term, one.node.role]).toEqual([5, 'follower']);
    }
  });
});

describe('Figure 2, Rules for Servers, followers (§5.2)', () => {
  test('respond to RPCs from candidates and leaders', () => {
    const one = new OneNode({ term: 1 });
    expect(Object.keys(one.receive('n2', requestVote(1, 0, 0)).sent)).toEqual(['n2']);
    expect(Object.keys(one.receive('n3', appendEntries(1, [0, 0])).sent)).toEqual(['n3']);
  });

  test('convert to candidate if the election timeout elapses without AppendEntries from the leader or a vote granted', () => {
    expect(new OneNode({ term: 1 }).timeOut().node.role).toBe('candidate');
    const heard = new OneNode({ term: 1 });
    const voted = new OneNode({ term: 1 });
    const refused = new OneNode({ term: 1, log: logOf(1) });
    for (const one of [heard, voted, refused]) one.nowUs = one.node.deadlineUs - 1;
    const [before] = [heard.node.deadlineUs];
    heard.receive('n2', appendEntries(1, [0, 0]));
    voted.receive('n2', requestVote(1, 0, 0));
    refused.receive('n2', requestVote(1, 0, 0));
    for (const one of [heard, voted, refused]) {
      one.nowUs = before;
      one.turn({ type: 'timer' });
    }
    expect([heard, voted, refused].map(({ node }) => node.role)).toEqual(['follower', 'follower', 'candidate']);
  });
});

describe('Figure 2, Rules for Servers, candidates (§5.2)', () => {
  test('on conversion: increment currentTerm, vote for self, reset the election timer, send RequestVote to all others', () => {
    const one = new OneNode({ members: five, term: 3, log: logOf(1, 3) }).timeOut();
    expect([one.node.term, one.node.votedFor]).toEqual([4, 'n1']);
    expect(one.node.deadlineUs).toBeGreaterThanOrEqual(one.nowUs + one.config.electionTimeoutMinUs);
    expect(one.node.deadlineUs).toBeLessThan(one.nowUs + one.config.electionTimeoutMaxUs);
    expect(Object.keys(one.sent)).toEqual(['n2', 'n3', 'n4', 'n5']);
    expect(one.sent['n5']).toEqual(requestVote(4, 2, 3));
  });

  test('if votes are received from a majority of servers: become leader', () => {
    const one = new OneNode({ members: five }).timeOut().flush().receive('n2', vote(1));
    expect(one.node.role).toBe('candidate');
    expect(one.receive('n3', vote(1)).node.role).toBe('leader');
  });

  test('if AppendEntries is received from a new leader: convert to follower', () => {
    const one = new OneNode().timeOut().receive('n3', appendEntries(1, [0, 0]));
    expect([one.node.role, one.node.leader, one.node.term]).toEqual(['follower', 'n3', 1]);
  });

  test('if the election timeout elapses: start a new election', () => {
    const one = new OneNode().timeOut().timeOut();
    expect([one.node.role, one.node.term]).toEqual(['candidate', 2]);
    expect(one.sent['n2']).toMatchObject({ type: 'request-vote', term: 2 });
  });
});

describe('Figure 2, Rules for Servers, leaders', () => {
  /** A leader of term 1 whose no-op stands on all. */
  const leader = (): OneNode => new OneNode().lead().flush().receive('n2', success(1, 1)).receive('n3', success(1, 1));

  test('§5.2: upon election send AppendEntries to each server, and repeat during idle periods', () => {
    const one = new OneNode().lead();
    expect(one.sent).toMatchObject({ n2: { type: 'append-entries' }, n3: { type: 'append-entries' } });
    one.flush().receive('n2', success(1, 1)).receive('n3', success(1, 1)).timeOut();
    expect(one.nowUs).toBeLessThan(one.node.deadlineUs);
    expect(one.node.deadlineUs - one.nowUs).toBeLessThan(one.config.electionTimeoutMinUs);
    expect(one.sent).toMatchObject({ n2: { entries: [] }, n3: { entries: [] } });
  });

  test('§5.3: a command is appended to the local log, and answered after the entry is applied', () => {
    const one = leader().propose(7);
    expect(one.only('proposal-accepted')).toMatchObject({ proposalId: 7, index: 2, term: 1 });
    expect([one.node.lastIndex, one.node.lastApplied]).toEqual([2, 1]);
    expect(one.flush().receive('n2', success(1, 2)).only('apply').entries).toMatchObject([{ index: 2, command: 'p7' }]);
  });

  test('§5.3: if last log index ≥ nextIndex for a follower: send AppendEntries with entries starting at nextIndex', () => {
    expect(leader().propose(1, 2).sent['n3']).toMatchObject({ prevLogIndex: 1, entries: [{ index: 2 }, { index: 3 }] });
  });

  test('§5.3: if successful: update nextIndex and matchIndex for the follower', () => {
    const one = leader().propose(1, 2).receive('n2', success(1, 2));
    expect(one.node.progress('n2')).toMatchObject({ matchIndex: 2, nextIndex: 4 });
    const late = leader().receive('n2', success(1, 1));
    expect(late.node.progress('n2')).toMatchObject({ matchIndex: 1, nextIndex: 2 });
  });

  test('§5.3: if AppendEntries fails because of log inconsistency: decrement nextIndex and retry', () => {
    const one = new OneNode({ term: 3, log: logOf(1, 2, 3) }).lead();
    one.receive('n2', refusal(4, 3, 3));
    expect(one.sent['n2']).toMatchObject({ prevLogIndex: 2, prevLogTerm: 2 });
    one.receive('n2', refusal(4, 2, 2));
    expect(one.sent['n2']).toMatchObject({ prevLogIndex: 1, prevLogTerm: 1 });
  });

  test('§5.3, §5.4: if N > commitIndex, a majority of matchIndex[i] ≥ N and log[N].term == currentTerm: commitIndex = N', () => {
    const one = new OneNode({ members: five, term: 1, log: logOf(1, 1) }).lead().flush();
    one.receive('n2', success(2, 3));
    expect(one.node.commitIndex).toBe(0);
    // An entry of an older term on a majority is not enough.
    expect(one.receive('n3', success(2, 2)).node.commitIndex).toBe(0);
    expect(one.receive('n3', success(2, 3)).node.commitIndex).toBe(3);
  });
});
