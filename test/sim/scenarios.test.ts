import { expect, test } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import { playScenario, transcriptOf } from '../support/scenario.ts';
import { scenarioFiles } from '../support/scenario-files.ts';
import { watchOver } from '../support/watched.ts';

// `npx vitest run --project unit test/sim/scenarios.test.ts -u` writes the transcripts anew: read what changed in them.
test.each(scenarioFiles().map((file) => [file.name, file] as const))(
  '%s goes as its transcript says',
  async (_, { scenario, transcriptPath }) => {
    const played = playScenario(scenario);
    const { watch, look } = watchOver(played.run.config);
    const events = [...played.events];
    const again = playRun(played.run, look);
    expect(again).toEqual([]);
    expect(watch.exercised('election-safety')).toBeGreaterThan(0);
    await expect(transcriptOf(scenario, played, events)).toMatchFileSnapshot(transcriptPath);
  },
);
