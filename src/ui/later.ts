import { useEffect, useState } from 'react';
import { usePlaygroundStore } from './hooks.ts';
import { leaderOf } from '../cluster/cluster-status.ts';

/** If nothing else does, this much real time lets what can wait be loaded, in milliseconds. */
const AT_LAST_MS = 6_000;
/** When the first leader stands, one part after the other: all at once would be a task long enough to be felt. */
const APART_MS = 120;
let asked = 0;

/**
 * Whether it is time to load what can wait (menus, dialogs): the first leader stands, or a hand is on the page. So the
 * code that is not drawn at first is not in the way of what is.
 */
export function useLater(): boolean {
  const store = usePlaygroundStore();
  const [isTime, setTime] = useState(false);
  const [turn] = useState(() => asked++);
  useEffect(() => {
    if (isTime) return undefined;
    const come = (): void => setTime(true);
    let timer = setTimeout(come, AT_LAST_MS);
    const unsubscribe = store.subscribe(({ view }) => {
      if (leaderOf(view) === undefined) return;
      unsubscribe();
      clearTimeout(timer);
      timer = setTimeout(come, turn * APART_MS);
    });
    const hands = ['pointermove', 'pointerdown', 'keydown'] as const;
    for (const type of hands) addEventListener(type, come, { once: true, passive: true });
    return () => {
      unsubscribe();
      clearTimeout(timer);
      for (const type of hands) removeEventListener(type, come);
    };
  }, [isTime, store, turn]);
  return isTime;
}
