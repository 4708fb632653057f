import { describe, expect, it } from 'vitest';
import { MAX_TRACKED_ENTRIES, TrackedLog } from '../../../src/check/invariants/tracked-log.ts';
import { noOp } from '../../timeline/samples.ts';

function logOf(...terms: readonly number[]): TrackedLog {
  const log = new TrackedLog();
  log.reset({ index: 0, term: 0 });
  log.append(terms.map((term, place) => noOp(place + 1, term)));
  return log;
}

describe('What is known of a log', () => {
  it('is all that was appended and neither removed nor compacted', () => {
    const log = logOf(1, 1, 2, 3);
    log.truncateFrom(4);
    log.compactTo({ index: 1, term: 1 });
    expect([log.lastIndex, log.termAt(1), log.termAt(2), log.termAt(3), log.termAt(4)]).toEqual([
      3,
      1,
      1,
      2,
      undefined,
    ]);
    expect(log.entryAt(1)).toBeUndefined();
  });

  it('is nothing where the watch began later, until something is appended', () => {
    const log = new TrackedLog();
    expect(log.lastIndex).toBeUndefined();
    log.append([noOp(8, 2)]);
    expect([log.lastIndex, log.termAt(7), log.termAt(8)]).toEqual([8, undefined, 2]);
  });

  it('is not mixed up with what it does not follow: a write of entries that were compacted meanwhile', () => {
    const log = logOf(1, 1);
    log.truncateFrom(3);
    log.append([noOp(4, 2)]);
    expect([log.lastIndex, log.termAt(2), log.termAt(3), log.termAt(4)]).toEqual([4, undefined, undefined, 2]);
  });

  it('is at least its last entries, and never more than twice as many', () => {
    const log = new TrackedLog();
    log.reset({ index: 0, term: 0 });
    for (let index = 1; index <= 2 * MAX_TRACKED_ENTRIES + 1; index += 1) log.append([noOp(index, 1)]);
    const last = 2 * MAX_TRACKED_ENTRIES + 1;
    expect(log.lastIndex).toBe(last);
    expect(log.termAt(last - MAX_TRACKED_ENTRIES + 1)).toBe(1);
    expect(log.termAt(1)).toBeUndefined();
    expect(log.from(1).length).toBe(MAX_TRACKED_ENTRIES);
  });
});
