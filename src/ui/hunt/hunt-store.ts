import { createStore } from 'zustand/vanilla';
import { nothingPlayed, startHunt, type HuntOrder, type HuntSum, type Prey } from '../../cluster/hunt.ts';

/** A hunt as it stands. It goes on while the dialog that shows it is closed. */
export type Hunt =
  | { readonly type: 'none' }
  | { readonly type: 'hunting'; readonly sum: HuntSum; readonly elapsedMs: number }
  | { readonly type: 'shrinking'; readonly sum: HuntSum; readonly seed: number; readonly sentence: string }
  | { readonly type: 'found'; readonly sum: HuntSum; readonly prey: Prey }
  /** It came to its end without finding anything, for this reason. */
  | { readonly type: 'ended'; readonly sum: HuntSum; readonly sentence: string };

export const huntStore = createStore<Hunt>(() => ({ type: 'none' }));

let endThread: (() => void) | undefined;

/** Begins a hunt; one that is on ends. */
export function beginHunt(order: HuntOrder): void {
  endThread?.();
  const begunMs = performance.now();
  let sum = nothingPlayed;
  huntStore.setState({ type: 'hunting', sum, elapsedMs: 0 }, true);
  endThread = startHunt(order, (report) => {
    if (report.type === 'broken') {
      huntStore.setState({ type: 'ended', sum, sentence: report.sentence }, true);
      return;
    }
    ({ sum } = report);
    if (report.type === 'hunting') {
      huntStore.setState({ type: 'hunting', sum, elapsedMs: performance.now() - begunMs }, true);
    } else if (report.type === 'exhausted') {
      huntStore.setState({ type: 'ended', sum, sentence: 'There are no more seeds.' }, true);
    } else huntStore.setState(report, true);
  });
}

/** Ends the hunt that is on, and says how far it had come. */
export function endHunt(): void {
  endThread?.();
  endThread = undefined;
  const present = huntStore.getState();
  if (present.type !== 'hunting' && present.type !== 'shrinking') return;
  huntStore.setState({ type: 'ended', sum: present.sum, sentence: 'Stopped; no run is left of it.' }, true);
}
