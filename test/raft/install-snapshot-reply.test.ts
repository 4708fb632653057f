import { describe, expect, test } from 'vitest';
import type { RaftConfig } from '../../src/raft/config.ts';
import type { InstallSnapshot } from '../../src/raft/message.ts';
import { OneNode, appendEntries, bytes, installSnapshot, installed, refusal, success } from './one-node.ts';

/** A leader of term 1 whose log begins behind entry 4, its snapshot 10 bytes long, sent in chunks of 4; n3 lacks everything. */
function leader(config: Partial<RaftConfig> = {}): OneNode {
  const one = new OneNode({ config: { snapshotChunkBytes: 4, ...config } }).lead().flush().propose(1, 2, 3).flush();
  one.receive('n2', success(1, 4));
  expect(one.node.commitIndex).toBe(4);
  return one.turn({ type: 'snapshot-taken', index: 4, data: bytes(10) }).flush();
}

/** It learns that n3's log is empty. */
function needed(config: Partial<RaftConfig> = {}): OneNode {
  return leader(config).receive('n3', refusal(1, 1, 1));
}

const chunkTo = (one: OneNode, peer: string): InstallSnapshot => one.sent[peer] as InstallSnapshot;

describe('§7: a leader that has forgotten what a follower needs', () => {
  test('gives it the snapshot, a chunk at a time', () => {
    const one = needed();
    expect(one.sent).toEqual({ n3: installSnapshot(1, [4, 1], { length: 4 }) });
    expect(one.only('send').afterSequence).toBe(0);
    expect(one.node.progress('n3')).toMatchObject({ state: 'snapshot', nextIndex: 5, matchIndex: 0 });
    const said = one.events.filter(({ type }) => type === 'progress-changed').at(-1);
    expect(said).toMatchObject({ peer: 'n3', state: 'snapshot', rule: 'snapshot-needed' });
    expect(one.event('snapshot-progress')).toMatchObject({ peer: 'n3', index: 4, heldBytes: 0, totalBytes: 10 });
    one.receive('n3', installed(1, [4, 1], { nextOffset: 4 }));
    expect(chunkTo(one, 'n3')).toEqual(installSnapshot(1, [4, 1], { offset: 4, length: 4 }));
    one.receive('n3', installed(1, [4, 1], { offset: 4, nextOffset: 8 }));
    expect(chunkTo(one, 'n3')).toEqual(installSnapshot(1, [4, 1], { offset: 8 }));
    expect(one.event('snapshot-progress')).toMatchObject({ heldBytes: 8 });
  });

  test('one chunk is under way at a time, and entries wait for the end', () => {
    const one = needed().propose(4);
    expect(one.sent['n3']).toBeUndefined();
    expect(one.sent['n2']).toMatchObject({ type: 'append-entries' });
  });

  test('the heartbeat says a chunk again that nobody has answered', () => {
    const one = needed();
    const first = chunkTo(one, 'n3');
    expect(chunkTo(one.timeOut(), 'n3')).toEqual(first);
    expect(one.sent['n2']).toMatchObject({ type: 'append-entries', entries: [] });
  });

  test('goes on from where the follower says, back to the start if it has forgotten', () => {
    const one = needed().receive('n3', installed(1, [4, 1], { nextOffset: 4 }));
    one.receive('n3', installed(1, [4, 1], { offset: 4, nextOffset: 0 }));
    expect(chunkTo(one, 'n3').offset).toBe(0);
    one.receive('n3', installed(1, [4, 1], { offset: 0, nextOffset: 8 }));
    expect(chunkTo(one, 'n3').offset).toBe(8);
  });

  test('an answer that comes late or twice, is to another snapshot, or cannot be, changes nothing', () => {
    const one = needed().receive('n3', installed(1, [4, 1], { nextOffset: 4 }));
    const before = one.node.save().peers;
    for (const late of [
      installed(1, [4, 1], { nextOffset: 4 }),
      installed(1, [3, 1], { offset: 4, nextOffset: 8 }),
      installed(1, [4, 1], { offset: 4, nextOffset: 11 }),
    ]) {
      one.receive('n3', late);
      expect(one.event('message-ignored')).toMatchObject({ rule: 'late-reply' });
      expect([one.node.save().peers, one.all('send')]).toEqual([before, []]);
    }
    expect(one.receive('n3', refusal(1, 1, 1)).event('message-ignored')).toMatchObject({ rule: 'late-reply' });
  });

  test('once it is installed the log goes on behind it', () => {
    const one = needed().propose(4);
    one.receive('n3', installed(1, [4, 1], { offset: 8, nextOffset: 10, matchIndex: 4 }));
    expect(one.node.progress('n3')).toMatchObject({ state: 'replicate', matchIndex: 4, nextIndex: 6 });
    expect(one.node.progress('n3')?.sending).toBeUndefined();
    expect(one.sent['n3']).toMatchObject({ type: 'append-entries', prevLogIndex: 4, prevLogTerm: 1 });
  });

  test('a newer snapshot does not take the place of one that is under way; it follows, if it is needed', () => {
    const one = needed().propose(4).flush().receive('n2', success(1, 5));
    one.turn({ type: 'snapshot-taken', index: 5, data: bytes(3) }).flush();
    one.receive('n3', installed(1, [4, 1], { nextOffset: 4 }));
    expect(chunkTo(one, 'n3')).toMatchObject({ lastIndex: 4, offset: 4 });
    one.receive('n3', installed(1, [4, 1], { offset: 8, nextOffset: 10, matchIndex: 4 }));
    expect(chunkTo(one, 'n3')).toMatchObject({ lastIndex: 5, offset: 0, done: true });
  });

  test('an agreement that comes late, with what the log still holds, ends it', () => {
    const one = needed({ keepEntries: 2 });
    expect(one.node.log.base.index).toBe(2);
    one.receive('n3', success(1, 3, 2));
    expect(one.node.progress('n3')).toMatchObject({ state: 'replicate', matchIndex: 3, nextIndex: 5 });
  });

  test('a higher term in the answer deposes the leader, and an older one is late', () => {
    const one = needed();
    expect(one.receive('n3', installed(0, [4, 1])).event('message-ignored')).toBeDefined();
    expect(one.receive('n3', installed(2, [4, 1])).node.role).toBe('follower');
    one.flush().receive('n3', installed(2, [4, 1], { nextOffset: 4 }));
    expect(one.event('message-ignored')).toMatchObject({ rule: 'late-reply' });
  });

  test('where terms contradict each other it first tries the last place that it knows of', () => {
    const one = leader().propose(4);
    one.receive('n3', { ...refusal(1, 5, 2, 7), prevLogIndex: 5 });
    expect(one.node.progress('n3')).toMatchObject({ state: 'probe', nextIndex: 5 });
    expect(one.sent['n3']).toMatchObject({ type: 'append-entries', prevLogIndex: 4 });
    one.receive('n3', refusal(1, 4, 2, 7));
    expect(one.node.progress('n3')?.state).toBe('snapshot');
  });

  test('a new lead knows of no transfer that was under way', () => {
    const one = needed().receive('n2', appendEntries(2, [5, 1]));
    one.receive('n2', appendEntries(2, [4, 1])).flush();
    expect(one.lead().node.progress('n3')).toMatchObject({ state: 'replicate' });
    expect(one.node.progress('n3')?.sending).toBeUndefined();
  });
});
