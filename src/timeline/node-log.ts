import type { Entry } from '../raft/entry.ts';
import type { NodeView } from './view.ts';

/** The entry at `index` of a node's log; undefined where it has been compacted away, or is not there yet. */
export function entryAt({ base, log }: Pick<NodeView, 'base' | 'log'>, index: number): Entry | undefined {
  // A list counts negative places from its end.
  return index > base.index ? log.get(index - base.index - 1) : undefined;
}

/** Where a node's log ends; the base's index if it is empty. */
export function lastIndexOf({ base, log }: Pick<NodeView, 'base' | 'log'>): number {
  return base.index + log.size;
}

/** The term of the entry at `index`, and of the one that the log begins behind; undefined elsewhere. */
export function termAt(node: Pick<NodeView, 'base' | 'log'>, index: number): number | undefined {
  return index === node.base.index ? node.base.term : entryAt(node, index)?.term;
}
