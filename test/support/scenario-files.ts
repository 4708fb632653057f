import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseScenario, type Scenario } from './scenario.ts';

const folder = fileURLToPath(new URL('../scenarios/', import.meta.url));

/** A scenario as it lies in test/scenarios, beside its transcript. */
export interface ScenarioFile {
  readonly name: string;
  readonly scenario: Scenario;
  /** Where the expected transcript stands. */
  readonly transcriptPath: string;
}

/** Every scenario of test/scenarios, in order of name. */
export function scenarioFiles(): readonly ScenarioFile[] {
  const names = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return names.sort().map((file) => {
    const name = file.slice(0, -'.yaml'.length);
    const scenario = parseScenario(readFileSync(`${folder}${file}`, 'utf8'));
    return { name, scenario, transcriptPath: `${folder}${name}.txt` };
  });
}
