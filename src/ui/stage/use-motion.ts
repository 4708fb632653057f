import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { View } from '../../timeline/view.ts';
import { usePlaygroundStore, useScheduler } from '../hooks.ts';
import { useMedia } from '../use-media.ts';
import type { Point, Scene } from './geometry.ts';
import { createMotion, type Motion } from './motion.ts';

interface MotionGroups {
  readonly timers: RefObject<SVGGElement | null>;
  readonly messages: RefObject<SVGGElement | null>;
}

/**
 * Hands two groups of the drawing to the scheduler, which moves timers and marks in them. What it returns tells where the
 * messages are drawn now.
 */
export function useMotion(scene: Scene | undefined, { timers, messages }: MotionGroups) {
  const store = usePlaygroundStore();
  const scheduler = useScheduler();
  const stepwise = useMedia('(prefers-reduced-motion: reduce)');
  const motion = useRef<Motion>(undefined);

  useEffect(() => {
    const groups = [timers.current, messages.current];
    const [timerGroup, messageGroup] = groups;
    if (scene === undefined || !timerGroup || !messageGroup) return undefined;
    const drawing = createMotion(timerGroup, messageGroup);
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
      for (const group of groups) group?.replaceChildren();
    };
  }, [scene, store, scheduler, stepwise, timers, messages]);

  return useCallback((): readonly (Point & { readonly messageId: string })[] => motion.current?.marks ?? [], []);
}
