import { useEffect, useRef } from 'react';
import { usePlaygroundStore, useScheduler } from '../hooks.ts';
import { useMedia } from '../use-media.ts';
import type { View } from '../../timeline/view.ts';
import type { Point, Scene } from './geometry.ts';
import { createMotion, type Motion } from './motion.ts';

/** Hands two groups of the drawing to the scheduler, which moves marks and timers in them. */
export function useMotion(scene: Scene | undefined) {
  const store = usePlaygroundStore();
  const scheduler = useScheduler();
  const stepwise = useMedia('(prefers-reduced-motion: reduce)');
  const timers = useRef<SVGGElement>(null);
  const messages = useRef<SVGGElement>(null);
  const motion = useRef<Motion>(undefined);

  useEffect(() => {
    if (scene === undefined || timers.current === null || messages.current === null) return undefined;
    const drawing = (motion.current ??= createMotion(timers.current, messages.current));
    let drawn: { readonly view: View; readonly shownUs: number } | undefined;
    const draw = (): void => {
      const { view, shownUs } = store.getState();
      // A cluster that stands still is not drawn again.
      if (drawn?.view === view && drawn.shownUs === shownUs) return;
      drawn = { view, shownUs };
      drawing.draw(view, scene, shownUs, stepwise);
    };
    return scheduler.add('draw', draw);
  }, [scene, store, scheduler, stepwise]);

  return {
    timers,
    messages,
    /** Where the messages are drawn now. */
    marks: (): readonly (Point & { readonly messageId: string })[] => motion.current?.marks ?? [],
  };
}
