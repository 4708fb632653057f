import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { ScrollDirection } from './use-fixed-span.ts';

/** How near to its end, in pixels, a scrolled box counts as being at it. */
const NEAR_PX = 32;

export interface FollowEnd {
  /** Whether the box keeps to its end as it grows. */
  readonly following: boolean;
  /** To be told of every scroll of the box. */
  readonly onScroll: () => void;
  /** Goes to the end and follows it again. */
  readonly follow: () => void;
}

/**
 * Keeps a scrolled box at its end while its content grows, until the person scrolls away from it; coming back to the end
 * follows again. `extent` changes whenever there is more of it. While not `enabled`
 * nothing is followed.
 */
export function useFollowEnd(
  box: RefObject<HTMLElement | null>,
  direction: ScrollDirection,
  extent: number,
  enabled = true,
): FollowEnd {
  const [following, setFollowing] = useState(true);
  const last = useRef(0);

  const toEnd = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    if (direction === 'horizontal') element.scrollTo({ left: element.scrollWidth, behavior: 'instant' });
    else element.scrollTo({ top: element.scrollHeight, behavior: 'instant' });
  }, [box, direction]);

  useLayoutEffect(() => {
    if (following && enabled) toEnd();
  }, [following, enabled, extent, toEnd]);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    const horizontal = direction === 'horizontal';
    const offset = horizontal ? element.scrollLeft : element.scrollTop;
    const rest = horizontal
      ? element.scrollWidth - element.clientWidth - offset
      : element.scrollHeight - element.clientHeight - offset;
    // Only going back leaves the end: growth alone, before the box has caught up, does not.
    if (rest <= NEAR_PX) setFollowing(true);
    else if (offset < last.current) setFollowing(false);
    last.current = offset;
  }, [box, direction]);

  const follow = useCallback(() => {
    setFollowing(true);
    toEnd();
  }, [toEnd]);
  return { following, onScroll, follow };
}
