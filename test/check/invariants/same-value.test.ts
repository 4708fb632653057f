import { describe, expect, it } from 'vitest';
import { isSameEntry } from '../../../src/check/invariants/same-value.ts';
import { configurationOf } from '../../../src/raft/configuration.ts';
import type { Entry } from '../../../src/raft/entry.ts';
import { noOp, put } from '../../timeline/samples.ts';

describe('Two entries are the same', () => {
  it('where all that they hold is, however it came', () => {
    expect(isSameEntry(put(3, 2), structuredClone(put(3, 2)))).toBe(true);
    const configuration = configurationOf(['n1', 'n2']);
    const one: Entry = { type: 'configuration', index: 1, term: 1, configuration };
    expect(isSameEntry(one, structuredClone(one))).toBe(true);
    expect(isSameEntry(one, { ...one, configuration: configurationOf(['n2', 'n1']) })).toBe(false);
  });

  it('and not where a part differs or is missing, but for what is undefined', () => {
    expect(isSameEntry(put(3, 2), put(3, 2, 'x', 'other'))).toBe(false);
    expect(isSameEntry(put(3, 2), noOp(3, 2))).toBe(false);
    const command = (value: unknown): Entry => ({ type: 'command', index: 1, term: 1, command: value });
    expect(isSameEntry(command({ a: 1 }), command({ a: 1, b: undefined }))).toBe(true);
    expect(isSameEntry(command({ a: 1 }), command({ a: 1, b: 2 }))).toBe(false);
    expect(isSameEntry(command([1]), command({ 0: 1 }))).toBe(false);
  });
});
