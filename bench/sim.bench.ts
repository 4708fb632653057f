import { Simulator } from '../src/sim/simulator.ts';
import { defaultRunConfig } from '../src/timeline/run-config.ts';

/** Virtual seconds of an idle cluster with a leader, in each round. */
const SECONDS = 200;
const ROUNDS = 3;

/** How fast the simulator plays a cluster that has nothing to do but heartbeats: what a reloaded page waits for. */
export function run(report: (name: string, value: number, unit: string) => void): void {
  for (const nodes of [3, 5, 9]) {
    const speeds = Array.from({ length: ROUNDS }, (_, round) => {
      const simulator = new Simulator({ seed: round + 1, config: { ...defaultRunConfig, nodes } });
      const begun = performance.now();
      for (let second = 1; second <= SECONDS; second += 1) {
        simulator.advance(second * 1_000_000);
        simulator.takeEvents();
      }
      return (SECONDS * 1_000) / (performance.now() - begun);
    });
    report(`${nodes} nodes`, Math.max(...speeds), 'times real time');
  }
}
