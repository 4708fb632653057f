import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { usePlaygroundStore, useScheduler } from '../hooks.ts';
import { useMedia } from '../use-media.ts';
import type { Scene } from './geometry.ts';
import { createMotion, type MarkPlace } from './motion.ts';

/**
 * Hands a canvas over the drawing to the scheduler, which moves timers and marks on it. What it returns tells where the
 * messages are drawn now.
 */
export function useMotion(scene: Scene | undefined, canvas: RefObject<HTMLCanvasElement | null>) {
  const store = usePlaygroundStore();
  const scheduler = useScheduler();
  const stepwise = useMedia('(prefers-reduced-motion: reduce)');
  const marks = useRef<readonly MarkPlace[]>([]);

  useEffect(() => {
    if (scene === undefined || canvas.current === null) return undefined;
    const motion = createMotion(canvas.current);
    const stop = scheduler.add('draw', () => {
      const { view, shownUs } = store.getState();
      marks.current = motion.draw(view, scene, shownUs, stepwise) ?? marks.current;
    });
    return () => {
      stop();
      motion.dispose();
    };
  }, [scene, store, scheduler, stepwise, canvas]);

  return useCallback((): readonly MarkPlace[] => marks.current, []);
}
