import type { Entry, NodeId } from '../../raft/entry.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { InvariantName } from './invariant-book.ts';

/** An event of the timeline that shows something, and its place: events are counted from 0 since the run began. */
export interface Evidence {
  readonly index: number;
  readonly event: TimelineEvent;
}

/** An invariant is broken: what shows it. */
export interface Breach {
  readonly invariant: InvariantName;
  readonly section: string;
  /** What happened, as one sentence for a reader who sees nothing else. */
  readonly sentence: string;
  /** What happened first, where there are two, and at last the event at which it broke. */
  readonly events: readonly Evidence[];
  /** The nodes that are part of it, each once. */
  readonly nodes: readonly NodeId[];
  /** The entries that are part of it, in the order in which the sentence names them. */
  readonly entries: readonly Entry[];
}

/** What an invariant has found wrong with an event; the watch says the rest. */
export interface Finding {
  readonly sentence: string;
  /** What happened before, and cannot be true together with the event. */
  readonly earlier?: Evidence | undefined;
  readonly nodes: readonly NodeId[];
  readonly entries?: readonly Entry[];
}
