import { describe, expect, it, test } from 'vitest';
import { paperStoreRules, storeRulesOf } from '../../src/kv/store-rules.ts';
import { paperRules } from '../../src/raft/rules.ts';
import { sabotageBook } from '../../src/raft/sabotage-book.ts';
import { sabotageNames } from '../../src/raft/sabotage-name.ts';
import { rulesOf } from '../../src/raft/wrong-rules.ts';

describe('Every sabotage', () => {
  it.each(sabotageNames)(
    '%s swaps rules of the core or of the store, and says so in one sentence with a section',
    (name) => {
      const swapsCore = rulesOf([name]) !== paperRules;
      const swapsStore = storeRulesOf([name]) !== paperStoreRules;
      expect([swapsCore, swapsStore].filter(Boolean)).toHaveLength(1);
      const { sentence, section } = sabotageBook[name];
      expect(sentence).toMatch(/^[A-Z][^.]*\.$/);
      expect(section).toMatch(/^(thesis )?§\d|^Figure \d/);
    },
  );
});

test('all twelve traps are among them, and at least eight more', () => {
  const traps = Object.values(sabotageBook).map(({ trap }) => trap);
  expect(new Set(traps.filter((trap) => trap !== undefined))).toEqual(
    new Set(Array.from({ length: 12 }, (_, n) => n + 1)),
  );
  expect(traps.filter((trap) => trap === undefined).length).toBeGreaterThanOrEqual(8);
});

test("several sabotages swap their rules together, and none leaves the paper's as they are", () => {
  const rules = rulesOf(['figure-8', 'retry-applied-twice', 'half-is-majority']);
  expect([rules.mayCommit(1, 2), rules.majorityOf(4), rules.isUpToDate]).toEqual([true, 2, paperRules.isUpToDate]);
  expect([rulesOf([]), storeRulesOf([])]).toEqual([paperRules, paperStoreRules]);
});
