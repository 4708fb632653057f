import type { ClusterControl } from '../../cluster/cluster-control.ts';
import type { Prey } from '../../cluster/hunt.ts';
import type { Hand } from '../hand.ts';

/** Plays the small run from its beginning, and pauses at the moment at which it fails, just after the event that shows it. */
export async function playPrey(control: ClusterControl, hand: Hand, { shrunk }: Prey): Promise<void> {
  const { run, failure } = shrunk;
  await control.load(run);
  const stop = control.subscribe((update) => {
    if (update.type === 'notice') return;
    if (update.type === 'started') {
      // Told at once of the run that is there; of another one only where a person has begun it meanwhile.
      if (update.seed !== run.seed) stop();
      return;
    }
    const { nowUs } = update.clock;
    if (nowUs < failure.atUs) return;
    stop();
    hand.attempt(async () => {
      await control.pause();
      hand.rewind(failure.events - 1);
    });
  });
  await control.play();
}
