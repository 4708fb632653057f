import type { NodeId } from '../../raft/entry.ts';
import { isNodeName } from '../transport/node-name.ts';
import { Problem } from './problem.ts';

/** The node that a part of a path names. Throws a Problem where it names none. */
export function namedNode(text: string): NodeId {
  if (isNodeName(text)) return text;
  throw new Problem('bad-request', 'The path must name a node such as n1.');
}
