import { expect, test } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import { SafetyWatch } from '../support/safety.ts';
import { playScenario, transcriptOf } from '../support/scenario.ts';
import { scenarioFiles } from '../support/scenario-files.ts';

// `npx vitest run --project unit test/sim/scenarios.test.ts -u` writes the transcripts anew: read what changed in them.
test.each(scenarioFiles().map((file) => [file.name, file] as const))(
  '%s goes as its transcript says',
  async (_, { scenario, transcriptPath }) => {
    const played = playScenario(scenario);
    const watch = new SafetyWatch();
    const events = [...played.events];
    const again = playRun(played.run, (simulator) => {
      watch.check(simulator, simulator.takeEvents());
    });
    expect(again).toEqual([]);
    expect(watch.seen.leaders).toBeGreaterThan(0);
    await expect(transcriptOf(scenario, played, events)).toMatchFileSnapshot(transcriptPath);
  },
);
