import { useCallback, useState, type RefObject } from 'react';
import { useBoxSize } from './use-box-size.ts';

export interface FixedRows {
  /** The first row to draw, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** To be told of every scroll of the box. */
  readonly onScroll: () => void;
  /** Scrolls as little as it takes to have the row in sight. */
  readonly reveal: (row: number) => void;
}

/**
 * Which rows of one height are in sight of a scrolled box. A virtualizer that measures keeps a record for each row, and
 * makes all of them anew when one is added: with 200,000 rows that is too much for every frame.
 */
export function useFixedRows(
  box: RefObject<HTMLElement | null>,
  count: number,
  rowPx: number,
  overscan: number,
): FixedRows {
  const { height } = useBoxSize(box);
  const [first, setFirst] = useState(0);
  const onScroll = useCallback(() => {
    setFirst(Math.floor((box.current?.scrollTop ?? 0) / rowPx));
  }, [box, rowPx]);
  const reveal = useCallback(
    (row: number) => {
      const element = box.current;
      if (element === null) return;
      const top = row * rowPx;
      const { scrollTop, clientHeight } = element;
      if (top < scrollTop) element.scrollTo({ top, behavior: 'instant' });
      else if (top + rowPx > scrollTop + clientHeight) {
        element.scrollTo({ top: top + rowPx - clientHeight, behavior: 'instant' });
      }
    },
    [box, rowPx],
  );
  const from = Math.max(0, Math.min(first, count) - overscan);
  const to = Math.min(count, first + Math.ceil(height / rowPx) + overscan);
  return { from, to, onScroll, reveal };
}
