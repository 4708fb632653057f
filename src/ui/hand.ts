import type { Action } from '../timeline/action.ts';
import type { ClusterSwitcher } from '../cluster/cluster-switcher.ts';
import type { Selection } from './store.ts';

/**
 * What the person does through the screen, beside asking the {@link ClusterControl} itself. Nothing here rejects: what
 * cannot be done becomes a notice with its one sentence.
 */
export interface Hand {
  /** Shows another cluster. Unlike all else here it rejects, so that whoever asked can say why. */
  readonly clusters: ClusterSwitcher;
  /** Does an action on the cluster. While the screen is rewound it first goes back to the live end. */
  readonly act: (action: Action) => void;
  /** Undoes the last action that can be undone. */
  readonly undo: () => void;
  /** Runs anything that may reject, and shows the sentence of the error as a notice. */
  readonly attempt: (work: () => Promise<unknown>) => void;
  /**
   * Shows the cluster as it was just after that event (its index since the run began) and pauses the clock; undefined
   * goes back to the live end.
   */
  readonly rewind: (cursor: number | undefined) => void;
  readonly select: (selection: Selection) => void;
  readonly notify: (level: 'info' | 'problem', message: string) => void;
  readonly dismiss: (noticeId: number) => void;
  /** Asks a part of the screen to show itself; see {@link ScreenRequest}. */
  readonly show: (request: ScreenRequest) => void;
}

/** Parts of the screen that another part may open: the buttons and the command palette open the same dialogs. */
export type ScreenRequest =
  | 'attach'
  | 'new-cluster'
  | 'network'
  | 'disk'
  | 'export'
  | 'open-run'
  | 'command-palette'
  | 'log-key'
  | 'hunt'
  | 'checks';
