import { invariantBook } from '../../src/check/invariants/invariant-book.ts';
import { InvariantWatch } from '../../src/check/invariants/invariant-watch.ts';
import type { Simulator } from '../../src/sim/simulator.ts';
import type { RunConfig } from '../../src/timeline/run-config.ts';

/** A watch of all invariants over a simulator, to be asked after every step. */
export interface Watched {
  readonly watch: InvariantWatch;
  /** Takes the new events; throws at a breach, with the evidence. */
  readonly look: (simulator: Pick<Simulator, 'takeEvents'>) => void;
}

export function watchOver(config: RunConfig): Watched {
  const watch = new InvariantWatch(config);
  const look = (simulator: Pick<Simulator, 'takeEvents'>): void => {
    for (const event of simulator.takeEvents()) {
      const breach = watch.see(event);
      if (breach === undefined) continue;
      const evidence = breach.events.map(({ index, event: shown }) => `${index} ${JSON.stringify(shown)}`).join('\n');
      throw new Error(`${invariantBook[breach.invariant].title}: ${breach.sentence}\n${evidence}`);
    }
  };
  return { watch, look };
}
