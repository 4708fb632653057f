import { type PointerEvent, type MouseEvent as ReactMouseEvent, useEffect, useRef, useState } from 'react';
import { useHand } from '../hooks.ts';
import { distance, type Lane, type Point, REACH, type Target } from './geometry.ts';

/** How far a pressed pointer moves before it draws a line. */
const DRAG_THRESHOLD = 6;

interface StagePointerOptions {
  readonly findTarget: (point: Point, reach: number) => Target;
  /** A line was drawn across the stage and let go. */
  readonly onSplit: (from: Point, to: Point) => void;
}

/** What is under the pointer, and the line that is being drawn: a press on a node is no line. */
export function useStagePointer({ findTarget, onSplit }: StagePointerOptions) {
  const hand = useHand();
  const [over, setOver] = useState<{ readonly target: NonNullable<Target>; readonly at: Point }>();
  const [drag, setDrag] = useState<Lane>();
  const press = useRef<{ readonly from: Point; readonly draws: boolean } | undefined>(undefined);
  const hasDrawn = useRef(false);

  useEffect(() => {
    if (drag === undefined) return undefined;
    const cancel = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      press.current = undefined;
      setDrag(undefined);
    };
    addEventListener('keydown', cancel);
    return () => removeEventListener('keydown', cancel);
  }, [drag]);

  const pointTo = (target: Target, at: Point): void => {
    setOver((now) => {
      if (target === undefined) return undefined;
      return now !== undefined && sameTarget(now.target, target) ? now : { target, at };
    });
  };

  const handlers = {
    onPointerDown(event: PointerEvent<HTMLDivElement>): void {
      hasDrawn.current = false;
      if (event.button !== 0) return;
      const from = pointOf(event);
      press.current = { from, draws: findTarget(from, reachOf(event))?.type !== 'node' };
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>): void {
      const point = pointOf(event);
      const pressed = press.current;
      if (pressed === undefined) {
        if (event.pointerType !== 'touch') pointTo(findTarget(point, reachOf(event)), point);
        return;
      }
      if (!pressed.draws || (drag === undefined && distance(pressed.from, point) < DRAG_THRESHOLD)) return;
      if (drag === undefined) event.currentTarget.setPointerCapture(event.pointerId);
      hasDrawn.current = true;
      setOver(undefined);
      setDrag({ from: pressed.from, to: point });
    },
    onPointerUp(event: PointerEvent<HTMLDivElement>): void {
      const pressed = press.current;
      press.current = undefined;
      if (drag === undefined || pressed === undefined) return;
      setDrag(undefined);
      onSplit(pressed.from, pointOf(event));
    },
    onPointerCancel(): void {
      press.current = undefined;
      setDrag(undefined);
    },
    onPointerLeave(): void {
      setOver(undefined);
    },
    /** A click does what the place offers: it selects, and opens the same menu as a right click. */
    onClick(event: ReactMouseEvent<HTMLDivElement>): void {
      if (hasDrawn.current || event.detail === 0) return;
      const target = findTarget(pointOf(event), REACH.mouse);
      hand.select(target?.type === 'node' || target?.type === 'link' ? target : undefined);
      if (target?.type !== 'node' && target?.type !== 'link') return;
      const { clientX, clientY } = event;
      event.currentTarget.dispatchEvent(
        new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX, clientY }),
      );
    },
    onFocus(event: React.FocusEvent<HTMLDivElement>): void {
      const node = event.target.getAttribute('data-node');
      if (node === null || !event.target.matches(':focus-visible')) return;
      const { left, top, width, height } = event.target.getBoundingClientRect();
      const area = event.currentTarget.getBoundingClientRect();
      setOver({
        target: { type: 'node', node },
        at: { x: left - area.left + width / 2, y: top - area.top + height / 2 },
      });
    },
    onBlur(): void {
      setOver(undefined);
    },
  };
  return { over, drag, handlers, pointOf, rest: () => setOver(undefined) };
}

function pointOf(event: ReactMouseEvent<Element>): Point {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

function reachOf(event: PointerEvent): number {
  return event.pointerType === 'touch' ? REACH.finger : REACH.mouse;
}

function sameTarget(one: NonNullable<Target>, other: NonNullable<Target>): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
