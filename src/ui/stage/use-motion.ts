import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { View } from '../../timeline/view.ts';
import { usePlaygroundStore, useScheduler } from '../hooks.ts';
import { useMedia } from '../use-media.ts';
import type { Scene } from './geometry.ts';
import type { MarkPlace } from './message-canvas.ts';
import { createMotion, type Motion } from './motion.ts';

interface MotionPlaces {
  readonly timers: RefObject<SVGGElement | null>;
  readonly messages: RefObject<HTMLCanvasElement | null>;
}

/**
 * Hands a group of the drawing and a canvas over it to the scheduler, which moves timers and marks in them. What it returns
 * tells where the messages are drawn now.
 */
export function useMotion(scene: Scene | undefined, { timers, messages }: MotionPlaces) {
  const store = usePlaygroundStore();
  const scheduler = useScheduler();
  const stepwise = useMedia('(prefers-reduced-motion: reduce)');
  const motion = useRef<Motion>(undefined);

  useEffect(() => {
    if (scene === undefined || timers.current === null || messages.current === null) return undefined;
    const drawing = createMotion(timers.current, messages.current);
    motion.current = drawing;
    let drawn: { readonly view: View; readonly shownUs: number } | undefined;
    const stop = scheduler.add('draw', () => {
      const { view, shownUs } = store.getState();
      // A cluster that stands still is not drawn again.
      if (drawn?.view === view && drawn.shownUs === shownUs) return;
      drawn = { view, shownUs };
      drawing.draw(view, scene, shownUs, stepwise);
    });
    return () => {
      stop();
      motion.current = undefined;
      drawing.dispose();
    };
  }, [scene, store, scheduler, stepwise, timers, messages]);

  return useCallback((): readonly MarkPlace[] => motion.current?.marks ?? [], []);
}
