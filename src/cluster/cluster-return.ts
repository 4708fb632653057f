import { ActionLedger } from './action-ledger.ts';
import type { ClusterCore } from './cluster-core.ts';
import type { ClusterHand } from './cluster-hand.ts';
import { PageIncomplete } from './page-part.ts';
import { Replay } from './replay.ts';
import type { Revival } from './revival.ts';
import type { SavedRun } from './run-journal.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';

/** Nobody waits for the old cluster any more. */
class GivenUp extends Error {}

const nothingSaved = { saved: undefined, problem: undefined };

/**
 * A page's first moments: brings back the cluster in the journal, or begins a new one where there is none. Whoever wants
 * another cluster need not wait for the old one: `isGivenUp` is asked again and again.
 */
export async function returnOrBegin(core: ClusterCore, hand: ClusterHand, isGivenUp: () => boolean): Promise<void> {
  const { journal } = core.options;
  try {
    const { saved, problem } = journal === undefined ? nothingSaved : await journal.load();
    if (problem !== undefined) core.notice('problem', problem);
    const revival = saved === undefined ? undefined : await findRevival(core, saved, isGivenUp);
    if (saved === undefined || revival === undefined) {
      await core.live.begin();
      const { awaitedSinceMs } = core.options;
      if (saved === undefined && awaitedSinceMs !== undefined) core.clock.countFrom(awaitedSinceMs);
    } else await goOn(core, hand, saved, revival);
  } catch (error) {
    // What is saved must not be written over by a cluster that could not be brought back for want of a part of the page.
    if (error instanceof PageIncomplete) core.journal.stop();
    throw error;
  }
}

/** What is to go on; undefined where that cannot be found out, and so a new cluster is to begin: a page must not be dead for what an earlier one left. */
async function findRevival(core: ClusterCore, saved: SavedRun, isGivenUp: () => boolean): Promise<Revival | undefined> {
  const { revive } = core.options;
  if (revive === undefined) return undefined;
  core.say('bringing the cluster back');
  try {
    return await revive(saved, (share) => {
      if (isGivenUp()) throw new GivenUp();
      core.say('bringing the cluster back', { share, canStop: false });
    });
  } catch (error) {
    if (error instanceof PageIncomplete) throw error;
    core.say(undefined);
    if (error instanceof GivenUp) return undefined;
    const why = sentenceOfError(error);
    core.notice('problem', `The saved cluster cannot be brought back, so a new one begins: ${why}`);
    return undefined;
  }
}

async function goOn(core: ClusterCore, hand: ClusterHand, saved: SavedRun, revival: Revival): Promise<void> {
  const { engine, timeline } = revival;
  await core.live.engine.dispose();
  const ledger = new ActionLedger(saved.run.seed, saved.run.config);
  for (const [place, timed] of revival.actions.entries()) ledger.add(timed, saved.marks.get(place));
  core.journal.goOn(saved.run.actions.length);
  const live = core.liveRun({ cluster: saved.cluster, engine, ledger, timeline, replay: Replay.goingOn(saved) });
  await live.writeDown();
  core.become(live);
  if (revival.remark !== undefined) core.notice('info', revival.remark);
  const before = timeline.length;
  if (revival.returning !== undefined) await hand.perform(revival.returning);
  const wrong = revival.verify(timeline.slice(before));
  if (wrong !== undefined) core.notice('problem', wrong);
}
