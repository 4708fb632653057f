import type { LiveRun } from './live-run.ts';

/** What the nodes themselves take over it, as measured on two cores, in real milliseconds; only the ratios matter much. */
const REAL_MS_PER_VIRTUAL_SECOND = 15;
const REAL_MS_PER_ACTION = 1.5;
/** What the simulators take over it, the page's and those of the nodes' workers. */
const SIMULATED_MS_PER_VIRTUAL_SECOND = 1.2;
const SIMULATED_MS_PER_ACTION = 0.5;
/** What it takes to start new workers on new databases. */
const LANDING_MS = 1_000;

/** Whether the simulator is sooner at that moment than the nodes, although it has to play all that has been before first. */
export function isWorthForeseeing({ engine, ledger, replay }: LiveRun, untilUs: number): boolean {
  const actionsToCome = replay?.actionsLeft ?? 0;
  const real = ((untilUs - engine.nowUs) / 1e6) * REAL_MS_PER_VIRTUAL_SECOND + actionsToCome * REAL_MS_PER_ACTION;
  const simulated = (untilUs / 1e6) * SIMULATED_MS_PER_VIRTUAL_SECOND;
  return real > LANDING_MS + simulated + (ledger.length + actionsToCome) * SIMULATED_MS_PER_ACTION;
}
