import type { NodeId } from '../raft/entry.ts';
import type { DirectedLink } from './action.ts';

/** The name of a directed link in a world. */
export function linkKey(from: NodeId, to: NodeId): string {
  return `${from}>${to}`;
}

/** The links that such names stand for. */
export function linksOfKeys(keys: readonly string[]): readonly DirectedLink[] {
  return keys.map((key) => {
    const [from = '', to = ''] = key.split('>');
    return { from, to };
  });
}
