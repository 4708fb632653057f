import { createStore } from 'zustand/vanilla';
import type { ClockStatus, ClusterControl } from '../cluster/cluster-control.ts';
import type { DirectedLink } from '../timeline/action.ts';
import type { NodeId } from '../raft/entry.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { View } from '../timeline/view.ts';

/** What the person points at; panels show its details and actions. */
export type Selection =
  { readonly type: 'node'; readonly node: NodeId } | { readonly type: 'link'; readonly link: DirectedLink } | undefined;

export interface Notice {
  readonly id: number;
  readonly level: 'info' | 'problem';
  readonly message: string;
}

/**
 * What the screen is drawn from. `timeline` is the one mutable thing in it: it only grows (see its `revision`).
 * `view` is the fold up to the moment shown: the live end, or, when `cursor` is set, just after that event.
 */
export interface Playground {
  readonly control: ClusterControl;
  readonly seed: number;
  readonly config: RunConfig;
  readonly timeline: Timeline;
  /** Rises with each change of the timeline, so that a reader can subscribe to it. */
  readonly revision: number;
  /** The event (its index since the run began) after which the cluster is shown; undefined: live. */
  readonly cursor: number | undefined;
  readonly view: View;
  /** The virtual moment shown, microseconds: the clock's now when live, the cursor's event's otherwise. */
  readonly shownUs: number;
  readonly clock: ClockStatus;
  readonly selection: Selection;
  readonly notices: readonly Notice[];
}

export type PlaygroundStore = ReturnType<typeof createPlaygroundStore>;

/** The store of one playground. It is vanilla: React reads it through hooks, drawing code through `subscribe`. */
export function createPlaygroundStore(initial: Playground) {
  return createStore<Playground>()(() => initial);
}
