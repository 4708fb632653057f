import type { KeyboardEvent } from 'react';
import type { NodeId } from '../../raft/entry.ts';
import { useHand, usePlaygroundStore } from '../hooks.ts';
import { focusNode } from './node-element.ts';

/** The letters of a node's menu. */
export const NODE_KEYS: ReadonlySet<string> = new Set(['K', 'R', 'P', 'T', 'L', 'I', 'H', 'S']);

/** Arrow keys go round the ring; a letter does what the menu says it does; Enter opens the menu. */
export function useNodeKeys(setTabStop: (node: NodeId) => void) {
  const store = usePlaygroundStore();
  const hand = useHand();
  return (event: KeyboardEvent<HTMLDivElement>): void => {
    const element = event.target instanceof Element ? event.target.closest('[data-node]') : null;
    const node = element?.getAttribute('data-node');
    const isCommand = event.ctrlKey || event.metaKey || event.altKey;
    if (element === null || node === null || node === undefined || isCommand) return;
    const { nodes } = store.getState().view.world;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const next = nodes[(nodes.indexOf(node) + step + nodes.length) % nodes.length];
      if (next === undefined) return;
      event.preventDefault();
      setTabStop(next);
      focusNode(event.currentTarget, next);
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      openMenuOf(element);
      return;
    }
    const key = event.key.toUpperCase();
    if (!NODE_KEYS.has(key)) return;
    event.preventDefault();
    // What a menu holds comes later than the ring.
    hand.attempt(async () => {
      const { itemOfKey } = await import('../actions/item-of-key.ts');
      const { view, clock } = store.getState();
      const chosen = itemOfKey(view, node, key, clock.real);
      if (chosen === undefined) return;
      if (chosen.reason === undefined) hand.act(chosen.action);
      else hand.notify('info', chosen.reason);
    });
  };
}

/** Opens the context menu of an element, as a right click on its middle would. */
function openMenuOf(element: Element): void {
  const { left, top, width, height } = element.getBoundingClientRect();
  element.dispatchEvent(
    new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true,
      clientX: left + width / 2,
      clientY: top + height / 2,
    }),
  );
}
