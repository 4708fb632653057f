import type { KeyboardEvent } from 'react';
import { useHand, usePlaygroundStore } from '../hooks.ts';
import type { EventIndex } from './event-index.ts';

/** How many rows a page is. */
const PAGE_ROWS = 10;

/** Arrow keys move from row to row, and the moment shown with them. */
export function useEventKeys(index: EventIndex, reveal: (row: number) => void) {
  const store = usePlaygroundStore();
  const hand = useHand();
  return (event: KeyboardEvent): void => {
    const { cursor } = store.getState();
    const last = index.count - 1;
    const row = cursor === undefined ? last + 1 : index.rowOf(cursor);
    const next = rowAfter(event.key, row, last);
    if (next === undefined || last < 0) return;
    event.preventDefault();
    if (next > last) {
      hand.rewind(undefined);
      return;
    }
    const wanted = Math.max(0, next);
    const position = index.at(wanted);
    if (position === undefined) return;
    hand.rewind(position);
    reveal(wanted);
  };
}

function rowAfter(key: string, row: number, last: number): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return row - 1;
    case 'ArrowDown':
      return row + 1;
    case 'PageUp':
      return row - PAGE_ROWS;
    case 'PageDown':
      return Math.min(last, row + PAGE_ROWS);
    case 'Home':
      return 0;
    case 'End':
    case 'Escape':
      return last + 1;
    default:
      return undefined;
  }
}
