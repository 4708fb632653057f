import { describe, expect, it } from 'vitest';
import { MAX_KEPT_CHANGES, ReferenceStore } from '../../../src/check/invariants/reference-store.ts';

describe('The store after each index', () => {
  it('is what the first to apply each entry has shown, keys in the order in which they came into being', () => {
    const store = new ReferenceStore(false);
    store.note(1, { key: 'y', value: '1' });
    store.note(2, undefined);
    store.note(2, { key: 'z', value: 'from another who applies it later' });
    store.note(3, { key: 'x', value: '2' });
    store.note(4, { key: 'y', value: undefined });
    expect([0, 2, 3, 4, 5].map((index) => store.after(index))).toEqual([
      [],
      [['y', '1']],
      [
        ['y', '1'],
        ['x', '2'],
      ],
      [['x', '2']],
      undefined,
    ]);
  });

  it('is not known where the watch began later, until a node tells it', () => {
    const store = new ReferenceStore(true);
    store.note(7, { key: 'x', value: '7' });
    expect(store.after(0)).toBeUndefined();
    store.begin(8, [['x', '8']]);
    store.note(9, { key: 'x', value: '9' });
    expect([store.after(7), store.after(8), store.after(9)]).toEqual([undefined, [['x', '8']], [['x', '9']]]);
  });

  it('is forgotten for what lies far back', () => {
    const store = new ReferenceStore(false);
    const last = 2 * MAX_KEPT_CHANGES + 1;
    for (let index = 1; index <= last; index += 1) store.note(index, { key: 'x', value: String(index) });
    expect(store.after(MAX_KEPT_CHANGES - 1)).toBeUndefined();
    expect(store.after(MAX_KEPT_CHANGES)).toEqual([['x', String(MAX_KEPT_CHANGES)]]);
    expect(store.after(last)).toEqual([['x', String(last)]]);
  });
});
