import type { LiveRun } from './live-run.ts';

/**
 * What it takes, in real milliseconds, as measured with five nodes on two cores; only the ratios matter much. The nodes share
 * the work, so more of them take so much longer; but each of the simulators, one a node, does the work of all.
 */
const NODES = 5;
const REAL_MS_PER_VIRTUAL_SECOND = 15;
const REAL_MS_PER_ACTION = 1.5;
const SIMULATED_MS_PER_VIRTUAL_SECOND = 1.2;
const SIMULATED_MS_PER_ACTION = 0.5;
/** What it takes to start new workers on new databases. */
const LANDING_MS = 1_000;

/** Whether the simulators are sooner at that moment than the nodes, although they have to play all that has been before first. */
export function isWorthForeseeing({ engine, ledger, replay }: LiveRun, untilUs: number): boolean {
  const actionsToCome = replay?.actionsLeft ?? 0;
  const size = engine.world.nodes.length / NODES;
  const real = ((untilUs - engine.nowUs) / 1e6) * REAL_MS_PER_VIRTUAL_SECOND + actionsToCome * REAL_MS_PER_ACTION;
  const simulated =
    (untilUs / 1e6) * SIMULATED_MS_PER_VIRTUAL_SECOND + (ledger.length + actionsToCome) * SIMULATED_MS_PER_ACTION;
  return real * size > LANDING_MS * size + simulated * size ** 2;
}
