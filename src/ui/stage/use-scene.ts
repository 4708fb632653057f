import { type RefObject, useMemo } from 'react';
import { usePlayground } from '../hooks.ts';
import { layOut, type Scene } from './geometry.ts';
import { useSize } from './use-size.ts';

/** Where everything stands in an element, beside what takes `leftInset` pixels at its left; undefined until it has a size. */
export function useScene(area: RefObject<HTMLDivElement | null>, leftInset: number): Scene | undefined {
  const size = useSize(area);
  const nodes = usePlayground(({ view }) => view.world.nodes);
  // Clients are known by what they asked; the person at the screen is always one.
  const clients = usePlayground(({ view }) =>
    [...new Set(['c1', ...view.requests.map(({ client }) => client)])].join(),
  );
  return useMemo(() => {
    if (size === undefined || size.width === 0 || size.height === 0) return undefined;
    const box = { x: leftInset, y: 0, width: size.width - leftInset, height: size.height };
    return layOut(nodes, clients.split(','), box);
  }, [size, nodes, clients, leftInset]);
}
