import { breath } from './breath.ts';
import { ClusterError } from './cluster-control.ts';
import type { Ahead, ClusterCore } from './cluster-core.ts';
import { WorkerForerun, type ForerunPorts } from './worker-forerun.ts';

/** How long the page simulates between two breaths, in real milliseconds; what that comes to takes as long again to be shown. */
const SIMULATED_WALL_MS = 12;

/**
 * Plays a run ahead in the simulator, while its nodes stand still, and has them go on from there. Until the end its journal
 * and databases stay as they are: a page that goes away meanwhile comes back from before. Gives false, and changes nothing,
 * where the simulator cannot be had, is told to stop on its way, or does not come to what is shown.
 */
export async function playAhead(core: ClusterCore, ahead: Ahead, ports: ForerunPorts): Promise<boolean> {
  const before = core.live;
  before.show();
  const forerun = await catchUp(core, ahead, ports);
  if (forerun === undefined) return false;
  core.goOnIn(forerun.engine, before.cluster, true);
  await ahead.play(SIMULATED_WALL_MS, async () => {
    forerun.follow(core.live.ledger.slice(0));
    await breath();
  });
  await before.engine.dispose();
  if (core.isClosed) {
    forerun.dispose();
    return true;
  }
  core.say('the nodes go on from there');
  const cluster = core.options.nameCluster();
  core.goOnIn(await forerun.land(cluster), cluster, false);
  await core.live.begin();
  core.forget(before);
  return true;
}

/** A simulator that stands where the run does. */
async function catchUp(core: ClusterCore, ahead: Ahead, ports: ForerunPorts): Promise<WorkerForerun | undefined> {
  const { ledger, engine, timeline } = core.live;
  const { seed, config } = ledger;
  const say = (share: number): void => {
    if (ahead.isStopped()) throw new ClusterError('It was stopped.');
    core.say(`${ahead.what}: playing again what has been`, { share, canStop: true });
  };
  try {
    const past = { seed, config, actions: ledger.slice(0), nowUs: engine.nowUs };
    const forerun = await WorkerForerun.start({ ...past, ...ports, say });
    if (forerun.events === timeline.length) return forerun;
    forerun.dispose();
  } catch {
    // Then the nodes play it themselves, as far as they are to.
  }
  return undefined;
}
