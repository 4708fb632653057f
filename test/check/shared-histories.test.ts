import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { ReadHistory } from '../../src/check/history-file/build-history.ts';
import { readHistory } from '../../src/check/history-file/read-history.ts';
import { byKey, checkHistory, DEFAULT_SEARCH_LIMITS } from '../../src/check/linearizability/check-history.ts';
import { explain } from '../../src/check/linearizability/explain.ts';

/** Histories of other people's systems with their known verdicts, beside the repository where they are at hand. */
const folder = fileURLToPath(new URL('../../../shared/histories/', import.meta.url));
const isHere = existsSync(`${folder}expected.json`);
const absent = isHere ? '' : ` (skipped: there is no ${folder})`;

const expectedSchema = v.object({
  cases: v.array(v.object({ file: v.string(), model: v.string(), linearizable: v.boolean() })),
});

const cases = isHere ? v.parse(expectedSchema, JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'))).cases : [];

function historyOf(file: string, fail: 'no-effect' | 'mismatch'): ReadHistory {
  const read = readHistory(readFileSync(folder + file, 'utf8'), { model: undefined, initial: undefined, fail });
  if ('error' in read) throw new Error(read.error);
  return read.history;
}

describe.skipIf(!isHere)(`The histories that others check${absent}`, () => {
  it.each(['no-effect', 'mismatch'] as const)(
    'get the verdicts that are known of them, a failure meaning %s',
    (fail) => {
      expect(cases.length).toBeGreaterThan(30);
      for (const { file, linearizable } of cases) {
        const { operations, initial } = historyOf(file, fail);
        const { type } = checkHistory(operations, { initial, limits: DEFAULT_SEARCH_LIMITS });
        expect(type, file).toBe(linearizable ? 'linearizable' : 'not-linearizable');
      }
    },
  );

  it('are each explained where they cannot be', { timeout: 60_000 }, () => {
    for (const { file, linearizable } of cases) {
      if (linearizable) continue;
      const { operations, initial } = historyOf(file, 'mismatch');
      const verdict = checkHistory(operations, { initial, limits: DEFAULT_SEARCH_LIMITS });
      const key = verdict.type === 'not-linearizable' ? verdict.key : '';
      const explanation = explain(byKey(operations).get(key) ?? [], initial);
      expect(explanation?.stretch.operations, file).toContain(explanation?.culprit);
      expect(explanation?.stretch.operations.length, file).toBeLessThan(20);
    }
  });
});
