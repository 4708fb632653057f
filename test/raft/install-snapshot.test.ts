import { describe, expect, test } from 'vitest';
import { configurationOf } from '../../src/raft/configuration.ts';
import { OneNode, appendEntries, bytes, entry, installSnapshot, installed, logOf, requestVote } from './one-node.ts';

/** A follower of n2 in term 3, with these entries, of which so many are committed. */
function follower(terms: readonly number[] = [], committed = 0): OneNode {
  const one = new OneNode({ term: 3, log: logOf(...terms) });
  const last = terms.length;
  return one.receive('n2', appendEntries(3, [last, terms[last - 1] ?? 0], [], committed)).flush();
}

describe('Figure 13, InstallSnapshot RPC, receiver', () => {
  test('1: a chunk of an older term is refused, and the answer says the term', () => {
    const one = follower();
    const before = one.node.save();
    expect(one.receive('n3', installSnapshot(2, [5, 2])).sent['n3']).toEqual(installed(3, [5, 2]));
    expect(one.node.save()).toEqual(before);
  });

  test('§5.1, §5.2: a chunk makes its sender the leader of its term, and keeps the election away', () => {
    const one = new OneNode({ term: 2 });
    one.nowUs = 1_000;
    one.receive('n2', installSnapshot(3, [5, 2], { length: 4 }));
    expect([one.node.term, one.node.leader]).toEqual([3, 'n2']);
    expect(one.node.deadlineUs).toBeGreaterThanOrEqual(151_000);
    expect(one.only('send').afterSequence).toBe(one.lastSequence);
    const candidate = new OneNode({ term: 2 }).timeOut().receive('n2', installSnapshot(3, [5, 2], { length: 4 }));
    expect([candidate.node.role, candidate.node.leader]).toEqual(['follower', 'n2']);
  });

  test('§5.2: two leaders of one term stop the node', () => {
    expect(
      follower()
        .receive('n3', installSnapshot(3, [5, 2]))
        .event('halted').reason,
    ).toMatch(/Two leaders in term 3/);
  });

  test('2 to 4: chunks are put together in order, and each answer says which byte comes next', () => {
    const one = follower();
    one.receive('n2', installSnapshot(3, [5, 2], { length: 4 }));
    expect(one.sent['n2']).toEqual(installed(3, [5, 2], { nextOffset: 4 }));
    expect(one.event('snapshot-chunk-taken')).toMatchObject({ from: 'n2', index: 5, heldBytes: 4, totalBytes: 10 });
    expect(one.all('persist')).toEqual([]);
    one.receive('n2', installSnapshot(3, [5, 2], { offset: 4, length: 5 }));
    expect(one.sent['n2']).toEqual(installed(3, [5, 2], { offset: 4, nextOffset: 9 }));
    one.receive('n2', installSnapshot(3, [5, 2], { offset: 9 }));
    expect(one.only('restore').snapshot.data).toEqual(bytes(10));
    expect(one.node.receiving).toBeUndefined();
  });

  test('3: a chunk that is out of order, or comes twice, changes nothing, and is answered', () => {
    const one = follower().receive('n2', installSnapshot(3, [5, 2], { length: 4 }));
    const before = one.node.save().receiving;
    for (const offset of [0, 6]) {
      one.receive('n2', installSnapshot(3, [5, 2], { offset, length: 2 }));
      expect(one.event('message-ignored')).toMatchObject({ rule: 'snapshot-chunk' });
      expect(one.sent['n2']).toEqual(installed(3, [5, 2], { offset, nextOffset: 4 }));
      expect(one.node.save().receiving).toEqual(before);
    }
  });

  test('5: what came of another snapshot, of another leader or of another term is not gone on with', () => {
    const begun = (): OneNode => follower().receive('n2', installSnapshot(3, [5, 2], { length: 4 }));
    const others = [
      installSnapshot(3, [6, 2], { offset: 4 }),
      installSnapshot(3, [5, 2], { totalBytes: 11, offset: 4 }),
    ];
    for (const message of others) {
      const one = begun().receive('n2', message);
      expect(one.sent['n2']).toMatchObject({ nextOffset: 0, matchIndex: 0 });
    }
    const later = begun()
      .receive('n3', installSnapshot(4, [5, 2], { offset: 4 }))
      .flush();
    expect(later.node.receiving).toBeUndefined();
    expect(later.node.snapshot).toBeUndefined();
    const anew = begun().receive('n2', installSnapshot(3, [6, 2], { length: 2 }));
    expect(anew.node.receiving).toMatchObject({ index: 6, heldBytes: 2 });
  });

  test('6: where the last entry stands in the log, what follows it stays, and all up to it is committed and applied', () => {
    const one = follower([1, 2, 2, 3], 1).receive('n2', installSnapshot(3, [3, 2]));
    expect(one.terms).toEqual([2, 2, 3]);
    expect(one.event('snapshot-installed')).toMatchObject({ index: 3, keepsLog: true, rule: 'snapshot-keeps-log' });
    expect(one.all('restore')).toEqual([]);
    expect(one.only('apply').entries.map(({ index }) => index)).toEqual([2, 3]);
    expect(one.only('persist')).toMatchObject({ truncateFrom: undefined, compactTo: { index: 1 }, entries: [] });
    expect(one.node.snapshot?.index).toBe(3);
  });

  test.each([
    ['is missing', [1, 2]],
    ['is of another term', [1, 1, 1, 1]],
  ])('7, 8: where that entry %s, the whole log goes, and the state machine starts from the snapshot', (_, terms) => {
    const one = follower(terms, 1).receive('n2', installSnapshot(3, [3, 2]));
    expect([one.terms, one.node.log.base]).toEqual([[], { index: 3, term: 2 }]);
    expect([one.node.commitIndex, one.node.lastApplied, one.node.lastIndex]).toEqual([3, 3, 3]);
    expect(one.event('snapshot-installed')).toMatchObject({ keepsLog: false, rule: 'snapshot-replaces-log' });
    expect(one.only('restore').snapshot).toMatchObject({ index: 3, term: 2, data: bytes(10) });
    expect(one.all('apply')).toEqual([]);
    expect(one.only('persist')).toMatchObject({ truncateFrom: 1, compactTo: { index: 3, term: 2 }, entries: [] });
  });

  test('what comes in the same turn follows the snapshot, on disk as well', () => {
    const one = follower([1, 1], 1);
    one.turn(
      { type: 'message', from: 'n2', message: installSnapshot(3, [3, 2]) },
      { type: 'message', from: 'n2', message: appendEntries(3, [3, 2], [entry(4, 3)], 4) },
    );
    const types = one.effects.map(({ type }) => type).filter((type) => type === 'restore' || type === 'apply');
    expect(types).toEqual(['restore', 'apply']);
    expect(one.only('apply').entries).toEqual([entry(4, 3)]);
    expect(one.only('persist')).toMatchObject({ truncateFrom: 1, compactTo: { index: 3 }, entries: [entry(4, 3)] });
  });

  test('§7: the configuration comes from the snapshot, and those in the log behind it still hold', () => {
    const one = follower().receive('n2', installSnapshot(3, [3, 2], {}, ['n1', 'n2', 'n4']));
    expect(one.node.configuration).toEqual(configurationOf(['n1', 'n2', 'n4']));
    expect(one.event('configuration-changed')).toMatchObject({ index: 3, rule: 'configuration-from-snapshot' });
    const configuration = configurationOf(['n1', 'n2']);
    const behind = new OneNode({
      term: 3,
      log: [...logOf(1, 2, 2), { type: 'configuration', index: 4, term: 3, configuration }],
    });
    behind.receive('n2', installSnapshot(3, [3, 2], {}, ['n1', 'n2', 'n4']));
    expect(behind.node.configuration).toEqual(configuration);
    expect(behind.has('configuration-changed')).toBe(false);
  });

  test('it is acknowledged only when it is on disk, also when it is asked again meanwhile', () => {
    const one = follower([1, 1], 1).receive('n2', installSnapshot(3, [3, 2]));
    const { sequence } = one.only('persist');
    expect(one.only('send')).toMatchObject({
      afterSequence: sequence,
      message: installed(3, [3, 2], { nextOffset: 10, matchIndex: 3 }),
    });
    expect(one.node.durableIndex).toBe(0);
    one.receive('n2', installSnapshot(3, [3, 2]));
    expect(one.only('send')).toMatchObject({ afterSequence: sequence, message: { matchIndex: 3 } });
    expect(one.event('message-ignored')).toMatchObject({ rule: 'snapshot-stale' });
    one.flush();
    expect(one.node.durableIndex).toBe(3);
    expect(one.receive('n2', installSnapshot(3, [3, 2])).only('send').afterSequence).toBe(0);
  });

  test('a confirmation of what was written before it does not pass for it', () => {
    const one = new OneNode({ term: 3 }).receive('n2', appendEntries(3, [0, 0], logOf(1, 1, 1, 1)));
    const before = one.lastSequence;
    one.receive('n2', installSnapshot(3, [3, 2]));
    expect(one.flush(before).node.durableIndex).toBe(0);
    expect(one.flush().node.durableIndex).toBe(3);
  });

  test('a snapshot longer than the bound is not taken on, nor memory for what has not come', () => {
    const one = new OneNode({ term: 3, config: { maxSnapshotBytes: 9 } });
    one.receive('n2', installSnapshot(3, [3, 2], { length: 1 }));
    expect([one.node.receiving, one.all('send')]).toEqual([undefined, []]);
    expect(one.event('message-ignored')).toMatchObject({ rule: 'not-understood' });
    const long = { ...installSnapshot(3, [3, 2], { length: 1 }), totalBytes: 200_000_000, done: false };
    const promised = new OneNode({ term: 3 }).receive('n2', long);
    expect(promised.node.receiving?.buffer.length).toBeLessThanOrEqual(2);
  });

  test('a vote after it compares with where the snapshot ends', () => {
    const one = follower()
      .receive('n2', installSnapshot(3, [3, 2]))
      .flush();
    expect(one.receive('n3', requestVote(4, 2, 2)).event('vote-cast')).toMatchObject({
      granted: false,
      rule: 'log-behind',
    });
    expect(one.receive('n2', requestVote(5, 3, 2)).event('vote-cast').granted).toBe(true);
  });

  test('what has come of it is let go of when the entries come instead', () => {
    const one = follower([1, 1]).receive('n2', installSnapshot(3, [4, 3], { length: 4 }));
    one.receive('n2', appendEntries(3, [2, 1], [entry(3, 3), entry(4, 3)], 3));
    expect(one.node.receiving).toBeDefined();
    one.receive('n2', appendEntries(3, [4, 3], [], 4));
    expect(one.node.receiving).toBeUndefined();
  });
});
