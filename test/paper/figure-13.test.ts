import { describe, expect, test } from 'vitest';
import { configurationOf } from '../../src/raft/configuration.ts';
import { OneNode, appendEntries, bytes, installSnapshot, installed, logOf, refusal } from '../raft/one-node.ts';

/** A follower of n2 in term 3, of whose entries so many are committed. */
function follower(terms: readonly number[] = [], committed = 0): OneNode {
  const one = new OneNode({ term: 3, log: logOf(...terms) });
  return one.receive('n2', appendEntries(3, [terms.length, terms.at(-1) ?? 0], [], committed)).flush();
}

describe('Figure 13, InstallSnapshot RPC, arguments and results', () => {
  test('the leader sends its term, lastIncludedIndex, lastIncludedTerm, offset, data[] and done, in order', () => {
    const data = bytes(100);
    const config = { snapshotChunkBytes: 60 };
    const snapshot = { index: 3, term: 1, configuration: configurationOf(['n1', 'n2', 'n3']), data };
    const persisted = { base: { index: 3, term: 1 }, snapshot };
    const one = new OneNode({ term: 1, config, persisted }).lead().flush();
    one.receive('n2', refusal(2, 3, 1));
    const chunk = { type: 'install-snapshot', term: 2, lastIndex: 3, lastTerm: 1 };
    expect(one.sent['n2']).toMatchObject({ ...chunk, offset: 0, data: data.slice(0, 60), done: false });
    one.receive('n2', installed(2, [3, 1], { nextOffset: 60 }));
    expect(one.sent['n2']).toMatchObject({ ...chunk, offset: 60, data: data.slice(60), done: true });
  });

  test('the result is currentTerm, for the leader to update itself', () => {
    expect(follower().receive('n2', installSnapshot(2, [5, 2])).sent['n2']).toMatchObject({ term: 3 });
  });
});

describe('Figure 13, InstallSnapshot RPC, receiver implementation', () => {
  test('1: reply immediately if term < currentTerm', () => {
    const one = follower([1]).receive('n3', installSnapshot(2, [5, 2]));
    expect(one.only('send')).toMatchObject({ afterSequence: 0, message: { type: 'install-snapshot-reply', term: 3 } });
    expect(one.terms).toEqual([1]);
  });

  test('2: create a new snapshot file if this is the first chunk (offset is 0)', () => {
    const one = follower().receive('n2', installSnapshot(3, [5, 2], { length: 4 }));
    expect(one.node.receiving).toMatchObject({ index: 5, heldBytes: 4 });
    expect(follower().receive('n2', installSnapshot(3, [5, 2], { offset: 4 })).node.receiving).toBeUndefined();
  });

  test('3: write data into the snapshot file at the given offset', () => {
    const one = follower().receive('n2', installSnapshot(3, [5, 2], { length: 4 }));
    one.receive('n2', installSnapshot(3, [5, 2], { offset: 4 }));
    expect(one.only('persist').snapshot?.data).toEqual(bytes(10));
  });

  test('4: reply and wait for more data chunks if done is false', () => {
    const one = follower().receive('n2', installSnapshot(3, [5, 2], { length: 4 }));
    expect(one.sent['n2']).toEqual(installed(3, [5, 2], { nextOffset: 4 }));
    expect(one.all('restore')).toEqual([]);
  });

  test('5: save the snapshot file, discard any existing or partial snapshot with a smaller index', () => {
    const one = follower()
      .receive('n2', installSnapshot(3, [5, 2]))
      .flush();
    one.receive('n2', installSnapshot(3, [6, 2], { length: 4 })).receive('n2', installSnapshot(3, [7, 2]));
    expect(one.only('persist').snapshot).toMatchObject({ index: 7, term: 2 });
    expect([one.node.snapshot?.index, one.node.receiving]).toEqual([7, undefined]);
  });

  test('6: if an entry has the same index and term as the last included one, retain the entries following it and reply', () => {
    const one = follower([1, 2, 2, 3], 1).receive('n2', installSnapshot(3, [3, 2]));
    expect(one.terms.at(-1)).toBe(3);
    expect(one.node.lastIndex).toBe(4);
    expect(one.all('restore')).toEqual([]);
    expect(one.sent['n2']).toMatchObject({ type: 'install-snapshot-reply', matchIndex: 3 });
  });

  test('7: otherwise discard the entire log', () => {
    const one = follower([1, 1, 1, 1], 1).receive('n2', installSnapshot(3, [3, 2]));
    expect([one.terms, one.node.lastIndex, one.node.log.base]).toEqual([[], 3, { index: 3, term: 2 }]);
  });

  test('8: reset the state machine using the snapshot, and load its cluster configuration', () => {
    const one = follower([1, 1], 1).receive('n2', installSnapshot(3, [3, 2], {}, ['n1', 'n2', 'n4']));
    expect(one.only('restore').snapshot).toMatchObject({ index: 3, data: bytes(10) });
    expect(one.node.lastApplied).toBe(3);
    expect(one.node.configuration).toEqual(configurationOf(['n1', 'n2', 'n4']));
  });
});
