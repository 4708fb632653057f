import { expect, test } from 'vitest';
import type { RaftConfig } from '../../src/raft/config.ts';
import { MAX_INFLIGHT_MESSAGES } from '../../src/raft/in-flight.ts';
import type { AppendEntries } from '../../src/raft/message.ts';
import { RaftNode } from '../../src/raft/raft-node.ts';
import { OneNode, appendEntries, entry, logOf, refusal, success } from './one-node.ts';

/** A leader of three whose followers both hold its no-op, at index 1. */
function leading(config: Partial<RaftConfig> = {}): OneNode {
  return new OneNode({ config }).lead().receive('n2', success(1, 1)).receive('n3', success(1, 1));
}

function appendTo(one: OneNode, peer: string): AppendEntries | undefined {
  const message = one.sent[peer];
  return message?.type === 'append-entries' ? message : undefined;
}

/** The indexes of the entries that went to a peer in the last turn; undefined where nothing went. */
function indexesTo(one: OneNode, peer: string): readonly number[] | undefined {
  return appendTo(one, peer)?.entries.map(({ index }) => index);
}

test('a leader sends on without an answer up to maxInflightMessages, and no further', () => {
  const one = leading({ maxInflightMessages: 2 }).propose(1);
  expect(one.node.progress('n2')?.inFlight).toMatchObject({ messages: 1 });
  one.propose(2);
  expect(indexesTo(one, 'n2')).toEqual([3]);
  expect(one.events.filter(({ type }) => type === 'progress-changed')).toMatchObject([
    { peer: 'n2', nextIndex: 4, inFlight: { messages: 2 }, rule: 'window-full' },
    { peer: 'n3', nextIndex: 4, inFlight: { messages: 2 }, rule: 'window-full' },
  ]);
  one.propose(3).propose(4);
  expect(one.all('send')).toEqual([]);
  expect(one.node.progress('n2')).toMatchObject({ nextIndex: 4, inFlight: { messages: 2 } });
});

test('an answer frees the window up to where it agrees, and what has gathered goes in one append', () => {
  const one = leading({ maxInflightMessages: 2 }).propose(1).propose(2).propose(3).propose(4);
  one.receive('n2', success(1, 2));
  expect(indexesTo(one, 'n2')).toEqual([4, 5]);
  expect(appendTo(one, 'n3')).toBeUndefined();
  // One answer for all: those before it are answered with it.
  one.receive('n2', success(1, 5));
  expect(one.node.progress('n2')).toMatchObject({ matchIndex: 5, inFlight: { messages: 0 } });
});

test('a late or repeated answer frees nothing a second time', () => {
  const one = leading({ maxInflightMessages: 3 }).propose(1).propose(2).propose(3);
  one.receive('n2', success(1, 3)).receive('n2', success(1, 2)).receive('n2', success(1, 3));
  expect(one.node.progress('n2')?.inFlight).toMatchObject({ messages: 1 });
});

test('a window that a loss has left full is freed by the answer to the heartbeat, where only answers were lost', () => {
  const one = leading({ maxInflightMessages: 2 }).propose(1).propose(2).propose(3);
  one.timeOut();
  // Past the full window the heartbeat is empty, and asks for the end of what was sent.
  expect(appendTo(one, 'n2')).toMatchObject({ prevLogIndex: 3, entries: [] });
  one.receive('n2', success(1, 3));
  expect(indexesTo(one, 'n2')).toEqual([4]);
});

test('a window that a loss has left full is freed by the answer to the heartbeat, where the appends were lost', () => {
  const one = leading({ maxInflightMessages: 2 }).propose(1).propose(2).propose(3).timeOut();
  one.receive('n2', refusal(1, 3, 2));
  expect(one.node.progress('n2')).toMatchObject({ state: 'probe', nextIndex: 2, inFlight: { messages: 0 } });
  expect(indexesTo(one, 'n2')).toEqual([2, 3, 4]);
  one.receive('n2', success(1, 4)).propose(4);
  expect(one.node.progress('n2')).toMatchObject({ state: 'replicate', inFlight: { messages: 1 } });
});

test('without pipelining one append is under way to a peer, and what comes meanwhile goes with the next', () => {
  const one = leading({ pipelining: false }).propose(1).propose(2).propose(3);
  expect(one.all('send')).toEqual([]);
  expect(one.node.progress('n2')).toMatchObject({ state: 'replicate', nextIndex: 3 });
  one.receive('n2', success(1, 2));
  expect(indexesTo(one, 'n2')).toEqual([3, 4]);
  expect(indexesTo(one, 'n3')).toBeUndefined();
});

test('without a limit of its own a config has MAX_INFLIGHT_MESSAGES, and that many are reached', () => {
  const one = leading();
  for (let proposalId = 1; proposalId <= MAX_INFLIGHT_MESSAGES + 10; proposalId++) one.propose(proposalId);
  expect(one.node.progress('n2')?.inFlight).toMatchObject({ messages: MAX_INFLIGHT_MESSAGES });
  expect(one.all('send')).toEqual([]);
});

const sized = { sizeOf: (): number => 84 } satisfies Partial<RaftConfig>;

test('with maxInflightBytes under way a peer gets no more until it answers', () => {
  // 84 bytes and what an entry takes beside its command: 100.
  const one = leading({ ...sized, maxInflightBytes: 200 }).propose(1);
  expect(one.node.progress('n2')?.inFlight).toMatchObject({ messages: 1, bytes: 100 });
  one.propose(2).propose(3);
  expect(one.all('send')).toEqual([]);
  expect(one.node.progress('n2')?.inFlight).toMatchObject({ messages: 2, bytes: 200 });
  one.receive('n2', success(1, 2));
  expect(indexesTo(one, 'n2')).toEqual([4]);
  expect(one.node.progress('n2')?.inFlight).toMatchObject({ messages: 2, bytes: 200 });
});

test('an append carries no more than maxBytesPerAppend, but always one entry', () => {
  const log = logOf(...Array.from({ length: 5 }, () => 1));
  const one = new OneNode({ term: 1, log, config: { ...sized, maxBytesPerAppend: 250 } }).lead();
  one.receive('n2', refusal(2, 5, 1));
  expect(indexesTo(one, 'n2')).toEqual([1, 2]);
  const narrow = new OneNode({ term: 1, log, config: { ...sized, maxBytesPerAppend: 1 } }).lead();
  narrow.receive('n2', refusal(2, 5, 1));
  expect(indexesTo(narrow, 'n2')).toEqual([1]);
});

test('a peer that leaves a full window unanswered for an election timeout is probed from where it is known to agree', () => {
  const one = leading({ maxInflightMessages: 2 }).propose(1).propose(2);
  for (let beat = 0; beat < 2; beat++) {
    one.timeOut().receive('n3', success(1, 3));
    expect(one.node.progress('n2')).toMatchObject({ state: 'replicate', nextIndex: 4 });
  }
  one.timeOut();
  expect(one.event('progress-changed')).toMatchObject({
    peer: 'n2',
    state: 'probe',
    nextIndex: 2,
    rule: 'probe-silent',
  });
  expect(indexesTo(one, 'n2')).toEqual([2, 3]);
  expect(one.node.progress('n3')).toMatchObject({ state: 'replicate' });
  // It comes back, takes what it lacked, and is sent to as before.
  one.receive('n2', success(1, 3)).propose(3).propose(4);
  expect(one.node.progress('n2')).toMatchObject({ state: 'replicate', inFlight: { messages: 2 } });
});

test('a peer that leaves a window unanswered that is not full is probed only with probeSilent', () => {
  const states = [false, true].map((probeSilent) => {
    const one = leading({ probeSilent }).propose(1).timeOut().timeOut().timeOut();
    return one.node.progress('n2')?.state;
  });
  expect(states).toEqual(['replicate', 'probe']);
  // Who has nothing to answer for is not silent.
  expect(leading({ probeSilent: true }).timeOut().timeOut().timeOut().timeOut().node.progress('n2')?.state).toBe(
    'replicate',
  );
});

test('a slow follower holds up neither the others nor the commit', () => {
  const one = leading({ maxInflightMessages: 1 });
  for (let index = 2; index <= 20; index++) {
    one.propose(index).flush().receive('n3', success(1, index));
  }
  expect(one.node.commitIndex).toBe(20);
  expect(one.node.progress('n2')).toMatchObject({ matchIndex: 1, nextIndex: 3, inFlight: { messages: 1 } });
  one.receive('n2', success(1, 2));
  expect(indexesTo(one, 'n2')).toHaveLength(18);
});

test('64 proposals of one turn are one write and one append to each peer', () => {
  const one = leading().propose(...Array.from({ length: 64 }, (_, position) => position));
  expect(one.only('persist').entries).toHaveLength(64);
  expect(one.all('send').map(({ to }) => to)).toEqual(['n2', 'n3']);
  expect(appendTo(one, 'n2')?.entries).toHaveLength(64);
});

test("thesis §10.2.1 appends leave before the leader's own write is durable", () => {
  const one = leading().propose(1);
  expect(one.all('send').map(({ afterSequence }) => afterSequence)).toEqual([0, 0]);
  expect(one.node.durableIndex).toBeLessThan(2);
});

test('a lost heartbeat leaves the commit index behind until the next append or heartbeat brings it', () => {
  const one = leading().propose(1).flush().receive('n2', success(1, 2));
  expect(one.node.commitIndex).toBe(2);
  expect(one.all('send')).toEqual([]);
  // This one is lost. The next says the same and more.
  one.timeOut();
  expect(appendTo(one, 'n3')?.leaderCommit).toBe(2);
  one.timeOut();
  const again = appendTo(one, 'n3');
  expect(again?.leaderCommit).toBe(2);
  const follower = new OneNode({ term: 1, log: [entry(1, 1), entry(2, 1)] });
  follower.receive('n2', appendEntries(1, [2, 1], [], again?.leaderCommit));
  expect(follower.node.commitIndex).toBe(2);
});

test('with eagerCommit an idle leader tells of a new commit index at once, to each peer when nothing is under way to it', () => {
  const one = leading({ eagerCommit: true }).propose(1).flush();
  one.receive('n2', success(1, 2));
  expect(appendTo(one, 'n2')).toMatchObject({ prevLogIndex: 2, entries: [], leaderCommit: 2 });
  // n3 has not answered yet: what goes to it now could overtake what is under way.
  expect(appendTo(one, 'n3')).toBeUndefined();
  one.receive('n3', success(1, 2));
  expect(appendTo(one, 'n3')).toMatchObject({ prevLogIndex: 2, entries: [], leaderCommit: 2 });
  expect(appendTo(one, 'n2')).toBeUndefined();
  // The answers to these say nothing new, and so nothing follows them.
  one.receive('n2', success(1, 2));
  expect(one.effects).toEqual([]);
});

test('with eagerCommit a commit index that an append carries is not told again', () => {
  const one = leading({ eagerCommit: true }).propose(1).flush().propose(2);
  one.receive('n2', success(1, 3));
  expect(one.node.commitIndex).toBe(2);
  expect(one.all('send')).toHaveLength(1);
  one.flush();
  expect(one.node.commitIndex).toBe(3);
  expect(one.all('send').map(({ to }) => to)).toEqual(['n2']);
});

test("an append's own acknowledgement that comes back in a later term frees and commits nothing", () => {
  const one = leading({ maxInflightMessages: 1 }).propose(1).flush();
  // It loses the lead and gets it back: the window of the new term is its own.
  one
    .receive('n3', refusal(5, 0, 0))
    .timeOut()
    .flush();
  one.receive('n2', { type: 'request-vote-reply', term: 6, granted: true });
  expect(one.node.progress('n2')).toMatchObject({ matchIndex: 0, nextIndex: 4, inFlight: { messages: 1 } });
  one.receive('n2', success(1, 2));
  expect(one.event('message-ignored')).toMatchObject({ rule: 'stale-term' });
  expect(one.node.progress('n2')).toMatchObject({ matchIndex: 0, inFlight: { messages: 1 } });
  expect(one.node.commitIndex).toBe(1);
});

test("a leader's disk that is done in a later term counts for what the log still holds, and commits by that term only", () => {
  // The write of entry 2, of term 1, is under way while the lead is lost and another leader overwrites it.
  const one = leading().propose(1);
  const sequence = one.lastSequence;
  one.receive('n3', appendEntries(2, [1, 1], [entry(2, 2)], 0)).flush(sequence);
  expect(one.node.durableIndex).toBe(1);
  expect(one.node.commitIndex).toBe(1);
  // The answer that vouches for the new entry 2 waits for the write that holds it.
  one.flush();
  expect(one.node.durableIndex).toBe(2);
});

test('a transfer waits until a peer with a small window has caught up', () => {
  const one = leading({ maxInflightMessages: 1, maxEntriesPerAppend: 2 }).propose(1).propose(2, 3, 4);
  one.turn({ type: 'transfer-leadership', to: 'n2' });
  expect(one.sent['n2']).toBeUndefined();
  one.receive('n2', success(1, 2));
  expect(indexesTo(one, 'n2')).toEqual([3, 4]);
  one.receive('n2', success(1, 4));
  expect(indexesTo(one, 'n2')).toEqual([5]);
  one.receive('n2', success(1, 5));
  expect(one.all('send')).toMatchObject([{ to: 'n2', message: { type: 'timeout-now' } }]);
});

test('what is under way is part of what a node knows of itself', () => {
  const one = leading({ ...sized, maxInflightMessages: 3, maxInflightBytes: 1_000 })
    .propose(1)
    .propose(2, 3);
  one.receive('n2', success(1, 2));
  const saved = JSON.parse(JSON.stringify(one.node.save())) as ReturnType<RaftNode['save']>;
  expect(saved.peers.map(({ inFlight }) => inFlight)).toEqual([
    { messages: 1, bytes: 200, appends: [[4, 200]] },
    {
      messages: 2,
      bytes: 300,
      appends: [
        [2, 100],
        [4, 200],
      ],
    },
  ]);
  const twin = RaftNode.restore(one.config, one.node.save());
  expect(twin.step(one.nowUs, [{ type: 'propose', proposalId: 9, command: 'p9' }])).toEqual(one.propose(9).effects);
});
