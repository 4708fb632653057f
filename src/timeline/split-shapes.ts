import type { NodeId } from '../raft/entry.ts';

/** The shapes of a partition that have a name, as groups of a `split`: who stands in two groups reaches both. */
export const splitShapes = {
  /** Two halves, and one node in the middle that reaches both. */
  bridge: (nodes: readonly NodeId[]): readonly (readonly NodeId[])[] => {
    const middle = Math.floor((nodes.length - 1) / 2);
    return [nodes.slice(0, middle + 1), nodes.slice(middle)];
  },
  /** Each reaches just the nearest ones around the ring with which it makes a majority, and no two reach the same. */
  ring: (nodes: readonly NodeId[]): readonly (readonly NodeId[])[] => {
    // With as many others as half of all, it is a majority.
    const reach = Math.ceil(Math.floor(nodes.length / 2) / 2);
    return nodes.map((_, place) => [...nodes.slice(place), ...nodes.slice(0, place)].slice(0, reach + 1));
  },
} as const;
