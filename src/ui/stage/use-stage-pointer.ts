import {
  type FocusEvent,
  type MouseEvent,
  type PointerEvent,
  type TouchEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useHand } from '../hooks.ts';
import type { MenuRequest } from './stage-menu.tsx';
import { distance, type Lane, type Point, REACH, type Target } from './geometry.ts';

/** How far a pressed pointer moves before it draws a line. */
const DRAG_THRESHOLD = 6;

interface StagePointerOptions {
  readonly findTarget: (point: Point, reach: number) => Target;
  /** A line was drawn across the stage and let go. */
  readonly onSplit: (from: Point, to: Point) => void;
  /** The actions of a place were asked for. */
  readonly onMenu: (request: MenuRequest) => void;
}

/** How long a finger rests until that counts as a right click, in real milliseconds; some browsers do not say so themselves. */
const LONG_PRESS_MS = 600;

/** What is under the pointer, and the line that is being drawn: a press on a node is no line. */
export function useStagePointer({ findTarget, onSplit, onMenu }: StagePointerOptions) {
  const hand = useHand();
  const [over, setOver] = useState<{ readonly target: NonNullable<Target>; readonly at: Point }>();
  const [drag, setDrag] = useState<Lane>();
  const press = useRef<{ readonly from: Point; readonly draws: boolean } | undefined>(undefined);
  const hasDrawn = useRef(false);
  const longPress = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(longPress.current), []);

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
      const target = findTarget(from, reachOf(event));
      press.current = { from, draws: target?.type !== 'node' };
      if (event.pointerType !== 'touch') return;
      const at = { x: event.clientX, y: event.clientY };
      clearTimeout(longPress.current);
      longPress.current = setTimeout(() => {
        // The finger's click that follows is not another one.
        hasDrawn.current = true;
        press.current = undefined;
        onMenu({ target, at });
      }, LONG_PRESS_MS);
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>): void {
      const point = pointOf(event);
      const pressed = press.current;
      if (pressed === undefined) {
        if (event.pointerType !== 'touch') pointTo(findTarget(point, reachOf(event)), point);
        return;
      }
      if (!pressed.draws || (drag === undefined && distance(pressed.from, point) < DRAG_THRESHOLD)) return;
      clearTimeout(longPress.current);
      if (drag === undefined) event.currentTarget.setPointerCapture(event.pointerId);
      hasDrawn.current = true;
      setOver(undefined);
      setDrag({ from: pressed.from, to: point });
    },
    onPointerUp(event: PointerEvent<HTMLDivElement>): void {
      clearTimeout(longPress.current);
      const pressed = press.current;
      press.current = undefined;
      if (drag === undefined || pressed === undefined) return;
      setDrag(undefined);
      onSplit(pressed.from, pointOf(event));
    },
    /** The mouse events that a browser makes up after a touch would take the focus from the menu that a long press opened. */
    onTouchEnd(event: TouchEvent<HTMLDivElement>): void {
      if (hasDrawn.current && event.cancelable) event.preventDefault();
    },
    onPointerCancel(): void {
      clearTimeout(longPress.current);
      press.current = undefined;
      setDrag(undefined);
    },
    onPointerLeave(): void {
      setOver(undefined);
    },
    /** A click does what the place offers: it selects, and opens the same menu as a right click. */
    onClick(event: MouseEvent<HTMLDivElement>): void {
      if (hasDrawn.current || event.detail === 0) return;
      const target = findTarget(pointOf(event), REACH.mouse);
      hand.select(target?.type === 'node' || target?.type === 'link' ? target : undefined);
      const at = { x: event.clientX, y: event.clientY };
      if (target?.type === 'node' || target?.type === 'link') onMenu({ target, at });
    },
    /** A right click, the Menu key, or Enter on a node: a key means what has the focus, a pointer what is under it. */
    onContextMenu(event: MouseEvent<HTMLDivElement>): void {
      event.preventDefault();
      clearTimeout(longPress.current);
      setOver(undefined);
      const at = { x: event.clientX, y: event.clientY };
      const node =
        event.target instanceof Element ? event.target.closest('[data-node]')?.getAttribute('data-node') : undefined;
      const target: Target =
        typeof node === 'string' ? { type: 'node', node } : findTarget(pointOf(event), REACH.mouse);
      hand.select(target?.type === 'node' || target?.type === 'link' ? target : undefined);
      onMenu({ target, at });
    },
    onFocus(event: FocusEvent<HTMLDivElement>): void {
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
  return { over, drag, handlers };
}

function pointOf(event: MouseEvent): Point {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

function reachOf(event: PointerEvent): number {
  return event.pointerType === 'touch' ? REACH.finger : REACH.mouse;
}

function sameTarget(one: NonNullable<Target>, other: NonNullable<Target>): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
