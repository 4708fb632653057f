import { type FocusEvent, useState } from 'react';
import type { Point, Target } from './geometry.ts';

/** Something on the stage, and where on it the pointer came to it. */
export interface Pointed {
  readonly target: NonNullable<Target>;
  readonly at: Point;
}

/** What is pointed at, by the pointer or by the keyboard's focus. */
export function usePointed() {
  const [over, setOver] = useState<Pointed>();
  return {
    over,
    pointTo: (target: Target, at: Point): void => {
      setOver((now) => {
        if (target === undefined) return undefined;
        return now !== undefined && isSame(now.target, target) ? now : { target, at };
      });
    },
    pointAway: (): void => setOver(undefined),
    onFocus: (event: FocusEvent<HTMLDivElement>): void => {
      const node = event.target.getAttribute('data-node');
      if (node === null || !event.target.matches(':focus-visible')) return;
      const { left, top, width, height } = event.target.getBoundingClientRect();
      const area = event.currentTarget.getBoundingClientRect();
      const at = { x: left - area.left + width / 2, y: top - area.top + height / 2 };
      setOver({ target: { type: 'node', node }, at });
    },
  };
}

function isSame(one: NonNullable<Target>, other: NonNullable<Target>): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
