import { useCallback, useState, type RefObject } from 'react';
import { useBoxSize } from './use-box-size.ts';

export type ScrollDirection = 'horizontal' | 'vertical';

export interface FixedSpanOptions {
  readonly direction: ScrollDirection;
  readonly count: number;
  /** The height of a row or the width of a column, in pixels. */
  readonly itemPx: number;
  /** What stands still at the start of the box, over what is scrolled, in pixels. */
  readonly headPx?: number;
  /** How many are drawn on either side of those in sight. */
  readonly overscan: number;
  /** The span begins and ends at multiples of this, so that it changes less often than what is in sight. */
  readonly step?: number;
}

export interface FixedSpan {
  /** The first item to draw, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** How many items the box has room for, those cut by its edge included. */
  readonly room: number;
  /** To be told of every scroll of the box. */
  readonly onScroll: () => void;
  /** Scrolls as little as it takes to have the item in sight. */
  readonly reveal: (item: number) => void;
}

/**
 * Which rows of one height, or columns of one width, are in sight of a scrolled box. A virtualizer that measures keeps a
 * record for each of them, and makes all of them anew when one is added: with 10,000 that is too much for every frame.
 */
export function useFixedSpan(box: RefObject<HTMLElement | null>, options: FixedSpanOptions): FixedSpan {
  const { direction, count, itemPx, headPx = 0, overscan, step = 1 } = options;
  const isHorizontal = direction === 'horizontal';
  const size = useBoxSize(box);
  const room = Math.ceil(Math.max(0, (isHorizontal ? size.width : size.height) - headPx) / itemPx);
  const [first, setFirst] = useState(0);
  const onScroll = useCallback(() => {
    const offset = (isHorizontal ? box.current?.scrollLeft : box.current?.scrollTop) ?? 0;
    setFirst(Math.floor(offset / itemPx / step) * step);
  }, [box, isHorizontal, itemPx, step]);
  const reveal = useCallback(
    (item: number) => {
      const element = box.current;
      if (element === null) return;
      const start = isHorizontal ? element.scrollLeft : element.scrollTop;
      const length = (isHorizontal ? element.clientWidth : element.clientHeight) - headPx;
      const wanted = Math.min(item * itemPx, Math.max(start, (item + 1) * itemPx - length));
      if (wanted === start) return;
      element.scrollTo({ [isHorizontal ? 'left' : 'top']: wanted, behavior: 'instant' });
    },
    [box, headPx, isHorizontal, itemPx],
  );
  return { ...spanOf({ first, room, count, overscan, step }), room, onScroll, reveal };
}

/** The items to draw where `first` is the first in sight, in whole steps; never more than `count` has. */
export function spanOf(sight: {
  readonly first: number;
  readonly room: number;
  readonly count: number;
  readonly overscan: number;
  readonly step: number;
}): { readonly from: number; readonly to: number } {
  const { room, count, overscan, step } = sight;
  const first = Math.max(0, Math.min(sight.first, count - room));
  const from = Math.max(0, Math.floor((first - overscan) / step) * step);
  // As much as one step further may come into sight before `first` changes.
  const to = Math.min(count, Math.ceil((first + room + step - 1 + overscan) / step) * step);
  return { from, to };
}
