import { describe, expect, test } from 'vitest';
import { configurationOf } from '../../src/raft/configuration.ts';
import { OneNode, appendEntries, bytes, entry, logOf } from './one-node.ts';
import type { OneNodeOptions } from './one-node.ts';

/** A follower that has applied five entries of term 1. */
function follower(options: OneNodeOptions = {}): OneNode {
  return new OneNode({ term: 1, ...options }).receive('n2', appendEntries(1, [0, 0], logOf(1, 1, 1, 1, 1), 5)).flush();
}

const taken = (index: number, data = bytes(3)) => ({ type: 'snapshot-taken', index, data }) as const;

describe('§7: a node takes a snapshot of what it has applied', () => {
  test('and its log begins behind it, in memory and in the same write on disk', () => {
    const one = follower().turn(taken(4));
    const place = { index: 4, term: 1 };
    expect(one.node.log.base).toEqual(place);
    expect([one.terms, one.node.lastIndex]).toEqual([[1], 5]);
    const configuration = configurationOf(['n1', 'n2', 'n3']);
    expect(one.only('persist')).toMatchObject({
      truncateFrom: undefined,
      entries: [],
      compactTo: place,
      snapshot: { ...place, configuration, data: bytes(3) },
    });
    expect(one.events).toEqual([
      { type: 'snapshot-taken', ...place, bytes: 3, rule: 'snapshot' },
      { type: 'log-compacted', ...place, rule: 'snapshot' },
    ]);
  });

  test('and keeps as many entries as it is told to', () => {
    const one = follower({ config: { keepEntries: 3 } }).turn(taken(5));
    expect(one.node.log.base.index).toBe(2);
    expect(one.event('log-compacted')).toMatchObject({ index: 2 });
    const all = follower({ config: { keepEntries: 9 } }).turn(taken(5));
    expect(all.node.log.base.index).toBe(0);
    expect([all.has('snapshot-taken'), all.has('log-compacted')]).toEqual([true, false]);
    expect(all.only('persist').compactTo).toBeUndefined();
  });

  test('with the configuration that held there, not the present one', () => {
    const configuration = configurationOf(['n1', 'n2']);
    const one = follower();
    one
      .receive('n2', appendEntries(1, [5, 1], [{ type: 'configuration', index: 6, term: 1, configuration }], 6))
      .flush();
    expect(one.turn(taken(5)).node.snapshot?.configuration.voters).toEqual(['n1', 'n2', 'n3']);
    expect(one.turn(taken(6)).node.snapshot?.configuration).toEqual(configuration);
    expect(one.node.configuration).toEqual(configuration);
  });

  test('but not of what it has not applied, nor of less than it has, nor larger than could be given on', () => {
    const one = follower({ config: { maxSnapshotBytes: 3 } }).turn(taken(3));
    for (const [input, reason] of [
      [taken(6), 'not-applied'],
      [taken(Number.NaN), 'not-applied'],
      [taken(3), 'nothing-new'],
      [taken(2), 'nothing-new'],
      [taken(5, bytes(4)), 'too-large'],
    ] as const) {
      const before = one.node.save();
      expect(one.turn(input).events).toEqual([
        { type: 'snapshot-refused', index: input.index, reason, rule: 'snapshot' },
      ]);
      expect(one.effects).toHaveLength(1);
      expect(one.node.save()).toEqual(before);
    }
    expect(one.turn(taken(5)).has('snapshot-taken')).toBe(true);
  });

  test('but not where nothing that it has applied says who belongs to the cluster: it could not start again from that', () => {
    const configuration = configurationOf(['n1', 'n2']);
    const entries = [entry(1, 1), { type: 'configuration', index: 2, term: 1, configuration } as const];
    const one = new OneNode({ config: { members: [] } }).receive('n2', appendEntries(1, [0, 0], entries, 1)).flush();
    expect(one.turn(taken(1)).events).toEqual([
      { type: 'snapshot-refused', index: 1, reason: 'no-members', rule: 'snapshot' },
    ]);
    one.receive('n2', appendEntries(1, [2, 1], [], 2));
    expect(one.turn(taken(2)).node.snapshot?.configuration).toEqual(configuration);
  });

  test('and goes on as before: what it holds is the same, entries come and agree', () => {
    const one = follower().turn(taken(5)).flush();
    one.receive('n2', appendEntries(1, [5, 1], [entry(6, 1)], 6));
    expect(one.sent['n2']).toMatchObject({ success: true, matchIndex: 6 });
    expect(one.only('apply').entries).toEqual([entry(6, 1)]);
    // A late message that begins before the log does says nothing new.
    one.flush().receive('n2', appendEntries(1, [2, 1], [entry(3, 1), entry(4, 1)], 6));
    expect(one.sent['n2']).toMatchObject({ success: true, matchIndex: 4 });
    expect(one.terms).toEqual([1]);
  });

  test('entries that come in the turn of the snapshot are written behind it', () => {
    const one = follower();
    one.turn(taken(5), { type: 'message', from: 'n2', message: appendEntries(1, [5, 1], [entry(6, 1)]) });
    expect(one.only('persist')).toMatchObject({
      compactTo: { index: 5 },
      truncateFrom: undefined,
      entries: [entry(6, 1)],
    });
  });
});

describe('§7: a node starts from its snapshot and the log behind it', () => {
  const snapshot = { index: 4, term: 2, configuration: configurationOf(['n1', 'n3']), data: bytes(3) };
  const base = { index: 3, term: 2 };

  test('the state machine first, and what the snapshot replaces is committed', () => {
    const one = new OneNode({ term: 3, log: [entry(4, 2), entry(5, 3)], persisted: { base, snapshot } });
    expect(one.event('started')).toMatchObject({
      lastIndex: 5,
      lastTerm: 3,
      snapshot: { index: 4, term: 2, bytes: 3 },
      base,
      configuration: configurationOf(['n1', 'n3']),
    });
    expect(one.only('restore').snapshot).toBe(snapshot);
    expect([one.node.commitIndex, one.node.lastApplied, one.node.durableIndex]).toEqual([4, 4, 5]);
    expect(one.receive('n3', appendEntries(3, [5, 3], [], 5)).only('apply').entries).toEqual([entry(5, 3)]);
  });

  test('a snapshot that the log has no place for stops it, with the evidence', () => {
    for (const [persisted, log, evidence] of [
      [{ base }, [entry(4, 2)], /begins behind entry 3, and there is no snapshot/],
      [{ base: { index: 5, term: 2 }, snapshot }, [], /behind entry 5, .* only up to entry 4/],
      [{ base, snapshot }, [], /up to entry 4, and it ends at entry 3/],
    ] as const) {
      const one = new OneNode({ term: 3, log, persisted });
      expect(one.event('halted').reason).toMatch(evidence);
      expect(one.all('restore')).toEqual([]);
    }
  });
});
