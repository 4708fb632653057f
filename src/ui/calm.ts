import { useCallback, useRef, useSyncExternalStore } from 'react';
import { usePlaygroundStore } from './hooks.ts';
import type { Playground } from './store.ts';

/** How often a text that changes with every frame is written anew, in real milliseconds: as fast as it can be read. */
const CALM_MS = 100;

/**
 * Reads a part of the playground that changes with every frame, as a clock does, and draws again at most every
 * `everyMs`. The first change after a pause is drawn at once, and the last one always is. What is selected is compared
 * with `Object.is`.
 */
export function useCalmly<Part>(selector: (playground: Playground) => Part, everyMs = CALM_MS): Part {
  const store = usePlaygroundStore();
  const drawnAtMs = useRef(-Infinity);
  const subscribe = useCallback(
    (changed: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const draw = (): void => {
        timer = undefined;
        drawnAtMs.current = performance.now();
        changed();
      };
      const unsubscribe = store.subscribe(() => {
        if (timer !== undefined) return;
        const waitMs = drawnAtMs.current + everyMs - performance.now();
        if (waitMs <= 0) draw();
        else timer = setTimeout(draw, waitMs);
      });
      return () => {
        unsubscribe();
        clearTimeout(timer);
      };
    },
    [store, everyMs],
  );
  return useSyncExternalStore(subscribe, () => selector(store.getState()));
}
