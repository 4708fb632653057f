import type { Simulator } from '../sim/simulator.ts';
import type { Action } from '../timeline/action.ts';
import type { World } from '../timeline/world.ts';
import type { Engine, Progress } from './engine.ts';

/** The simulator as an engine. */
export class SimulatedEngine implements Engine {
  readonly #simulator: Simulator;

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  get nowUs(): number {
    return this.#simulator.nowUs;
  }

  get world(): World {
    return this.#simulator.world;
  }

  nextDueUs(): number {
    return this.#simulator.nextDueUs();
  }

  async start(): Promise<Progress> {
    return { events: this.#simulator.takeEvents(), performed: [] };
  }

  async advance(untilUs: number): Promise<Progress> {
    this.#simulator.advance(untilUs);
    return { events: this.#simulator.takeEvents(), performed: this.#simulator.takePerformed() };
  }

  async act(action: Action): Promise<Progress> {
    this.#simulator.act(action);
    return { events: this.#simulator.takeEvents(), performed: this.#simulator.takePerformed() };
  }

  async dispose(): Promise<void> {
    // Memory is all that it holds.
  }
}
