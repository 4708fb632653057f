import type { Action } from '../../timeline/action.ts';

/** One thing that can be done, or why not now. */
export interface ActionItem {
  readonly type: 'item';
  readonly label: string;
  readonly action: Action;
  /** The key that does it while the node has the focus. */
  readonly key?: string;
  /** Set where it would change nothing: one sentence. */
  readonly reason: string | undefined;
  /** It is how things are now: the chosen one of several. */
  readonly isPresent?: boolean;
}

export interface ActionSubmenu {
  readonly type: 'submenu';
  readonly label: string;
  readonly items: readonly ActionItem[];
}

/** Groups are set apart by a line. */
export type ActionGroups = readonly (readonly (ActionItem | ActionSubmenu)[])[];
