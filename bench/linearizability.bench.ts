import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import type { ReadHistory } from '../src/check/history-file/build-history.ts';
import { readHistory } from '../src/check/history-file/read-history.ts';
import { checkHistory, DEFAULT_SEARCH_LIMITS } from '../src/check/linearizability/check-history.ts';
import { randomHistory } from '../test/check/linearizability/random-history.ts';

const folder = resolve('../shared/histories');
const ROUNDS = 21;

const expectedSchema = v.object({
  cases: v.array(v.object({ file: v.string(), linearizable: v.boolean(), porcupineMs: v.number() })),
});

/**
 * The histories of other people's systems, against the times that Porcupine (Go) took for them: the first time that each is
 * checked, in a process that has checked nothing before, and once the engine has warmed up. Reading the files is told apart.
 * Then histories of fifty clients of our own making, for which there is no peer.
 */
export function run(report: (name: string, value: number, unit: string) => void): void {
  if (existsSync(`${folder}/expected.json`)) compareWithPorcupine(report);
  else console.error(`  There is no ${folder}: without it there is nothing to compare with.`);
  for (const unknownPercent of [0, 5]) {
    for (const model of ['register', 'kv'] as const) {
      const shape = { seed: 1, clients: 50, operations: 5_000, keys: 10, values: undefined, unknownPercent, model };
      const history = randomHistory(shape);
      const times = Array.from({ length: 5 }, () =>
        timeOf(() => checkHistory(history, { initial: undefined, limits: DEFAULT_SEARCH_LIMITS })),
      );
      report(`5,000 operations, 50 clients, ${model}, ${unknownPercent} % unknown`, median(times), 'ms');
    }
  }
}

function compareWithPorcupine(report: (name: string, value: number, unit: string) => void): void {
  const { cases } = v.parse(expectedSchema, JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')));
  const porcupineMs = cases.reduce((sum, each) => sum + each.porcupineMs, 0);
  const texts = cases.map(({ file }) => readFileSync(`${folder}/${file}`, 'utf8'));
  let histories: readonly ReadHistory[] = [];
  const readMs = timeOf(() => {
    histories = texts.map(read);
  });
  const totals = Array.from({ length: ROUNDS }, () =>
    timeOf(() => {
      for (const [place, { file, linearizable }] of cases.entries()) check(histories[place], file, linearizable);
    }),
  );
  const [coldMs = Number.NaN] = totals;
  report('shared histories, read', readMs, 'ms');
  report('shared histories, checked, cold', coldMs, 'ms');
  report('shared histories, checked, warm', median(totals.slice(1)), 'ms');
  report('the same, Porcupine', porcupineMs, 'ms');
  report('cold, of Porcupine’s time', coldMs / porcupineMs, 'times');
  report('warm, of Porcupine’s time', median(totals.slice(1)) / porcupineMs, 'times');
}

function read(text: string): ReadHistory {
  const result = readHistory(text, { model: undefined, initial: undefined, fail: 'mismatch' });
  if ('error' in result) throw new Error(result.error);
  return result.history;
}

/** Throws where the verdict is wrong: a wrong answer has no speed. */
function check(history: ReadHistory | undefined, file: string, linearizable: boolean): void {
  const { type } = checkHistory(history?.operations ?? [], {
    initial: history?.initial,
    limits: DEFAULT_SEARCH_LIMITS,
  });
  if ((type === 'linearizable') !== linearizable) throw new Error(`${file} is said to be ${type}.`);
}

function timeOf(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function median(times: readonly number[]): number {
  return [...times].sort((one, other) => one - other)[times.length >> 1] ?? Number.NaN;
}
