import type { NodeId } from '../../raft/entry.ts';

const NODE_NAME = /^n[1-9]\d{0,5}$/;

/** Whether a node may be called that: `n` and a number, as everywhere in the playground. */
export function isNodeName(value: unknown): value is NodeId {
  return typeof value === 'string' && NODE_NAME.test(value);
}
