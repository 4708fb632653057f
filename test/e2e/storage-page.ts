import { casesFor, runStorageCase } from '../storage/acceptance.ts';
import { indexedDbStorage } from '../storage/indexed-db-storage.ts';

/** What the acceptance suite came to in this browser: a line for each case, with what went wrong. */
export interface CaseOutcome {
  readonly name: string;
  readonly problem: string | undefined;
}

async function runAll(): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  for (const each of casesFor(indexedDbStorage)) {
    try {
      await runStorageCase(each, indexedDbStorage);
      outcomes.push({ name: each.name, problem: undefined });
    } catch (error) {
      outcomes.push({
        name: each.name,
        problem: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }
  return outcomes;
}

Object.assign(globalThis, { runStorageSuite: runAll });
