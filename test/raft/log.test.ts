import { expect, test } from 'vitest';
import { faultInLog, Log } from '../../src/raft/log.ts';
import { entry, logOf } from './one-node.ts';

const logWith = (...terms: readonly number[]): Log => new Log([...logOf(...terms)]);

test('an empty log ends at index 0 and term 0', () => {
  const log = logWith();
  expect([log.lastIndex, log.lastTerm, log.termAt(0), log.termAt(1)]).toEqual([0, 0, 0, undefined]);
  expect(log.slice(1, 0)).toEqual([]);
});

test('appending and truncating keep the end, and what is cut out is what stands there', () => {
  const log = logWith(1, 1, 2);
  expect(log.slice(2, 3)).toEqual(logOf(1, 1, 2).slice(1));
  log.append([entry(4, 2), entry(5, 3)]);
  expect([log.lastIndex, log.lastTerm]).toEqual([5, 3]);
  expect(log.slice(4, 5)).toEqual([entry(4, 2), entry(5, 3)]);
  log.truncateFrom(4);
  expect([log.lastIndex, log.lastTerm, log.termAt(4)]).toEqual([3, 2, undefined]);
  log.append([entry(4, 7)]);
  expect(log.slice(4, 4)).toEqual([entry(4, 7)]);
  expect(log.slice(3, 4)).toEqual([entry(3, 2), entry(4, 7)]);
  expect(log.entryAt(4)).toEqual(entry(4, 7));
});

test('a slice that was handed out never changes', () => {
  const log = logWith(1, 2);
  const before = log.slice(1, 2);
  log.truncateFrom(2);
  log.append([entry(2, 9)]);
  expect(before).toEqual(logOf(1, 2));
  expect(log.slice(1, 2)).toEqual([entry(1, 1), entry(2, 9)]);
});

test('a term is found where it begins and where it ends, in logs of every shape', () => {
  for (const terms of [[], [1], [3], [1, 1, 1], [1, 3, 3, 3, 6], [2, 2, 4, 5, 5, 5, 5, 9]]) {
    const log = logWith(...terms);
    for (let term = 0; term <= 10; term++) {
      const first = terms.findIndex((other) => other >= term);
      expect(log.firstIndexFrom(term)).toBe(first === -1 ? terms.length + 1 : first + 1);
      expect(log.lastIndexOf(term)).toBe(terms.lastIndexOf(term) + 1);
    }
  }
});

test('a log from disk is sound only without gaps, with terms that never fall nor exceed the node\u2019s', () => {
  expect(faultInLog(logOf(1, 1, 3), 3)).toBeUndefined();
  expect(faultInLog([], 0)).toBeUndefined();
  expect(faultInLog(logOf(1, 1, 3), 2)).toBe("its last entry has term 3, but the node's term is 2");
  expect(faultInLog([entry(1, 1), entry(3, 1)], 1)).toBe('entry 2 says that it is entry 3');
  expect(faultInLog(logOf(2, 1), 2)).toBe('entry 2 has term 1, after one of term 2');
  expect(faultInLog(logOf(0), 2)).toBe('entry 1 has term 0');
});
