import type { MouseEvent, PointerEvent, TouchEvent } from 'react';
import { useHand } from '../hooks.ts';
import { type Point, REACH, type Target } from './geometry.ts';
import type { MenuRequest } from './stage-menu.tsx';
import { type DragLine, useDragLine } from './use-drag-line.ts';
import { useLongPress } from './use-long-press.ts';
import { usePointed } from './use-pointed.ts';

interface StagePointerOptions {
  readonly findTarget: (point: Point, reach: number) => Target;
  /** A line was drawn across the stage and let go. */
  readonly onSplit: (from: Point, to: Point) => void;
  /** The actions of a place were asked for. */
  readonly onMenu: (request: MenuRequest) => void;
}

/** What is under the pointer, and the line that is being drawn: a press on a node is no line. */
export function useStagePointer(options: StagePointerOptions) {
  const pointed = usePointed();
  const line = useDragLine();
  const longPress = useLongPress();
  const tools = { pointed, line, longPress };
  const press = pressHandlers(options, tools);
  const menu = useMenuHandlers(options, tools);
  return {
    over: pointed.over,
    drag: line.drag,
    handlers: {
      ...press,
      ...menu,
      onPointerLeave: pointed.pointAway,
      onFocus: pointed.onFocus,
      onBlur: pointed.pointAway,
    },
  };
}

interface Tools {
  readonly pointed: ReturnType<typeof usePointed>;
  readonly line: DragLine;
  readonly longPress: ReturnType<typeof useLongPress>;
}

/** Pressing, moving, letting go: a line across the ring, or a finger that rests. */
function pressHandlers(options: StagePointerOptions, { pointed, line, longPress }: Tools) {
  const { findTarget, onSplit, onMenu } = options;
  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>): void {
      if (event.button !== 0) return;
      const from = pointOf(event);
      const target = findTarget(from, reachOf(event));
      line.press(from, target?.type !== 'node');
      if (event.pointerType !== 'touch') return;
      const at = { x: event.clientX, y: event.clientY };
      longPress.begin(() => {
        // The finger's click that follows is not another one.
        line.takeOver();
        onMenu({ target, at });
      });
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>): void {
      const point = pointOf(event);
      if (!line.isPressed()) {
        if (event.pointerType !== 'touch') pointed.pointTo(findTarget(point, reachOf(event)), point);
        return;
      }
      const drawn = line.move(point);
      if (drawn === undefined) return;
      longPress.end();
      pointed.pointAway();
      if (drawn === 'begins') event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerUp(event: PointerEvent<HTMLDivElement>): void {
      longPress.end();
      const lane = line.release(pointOf(event));
      if (lane !== undefined) onSplit(lane.from, lane.to);
    },
    /** The mouse events that a browser makes up after a touch would take the focus from the menu that a long press opened. */
    onTouchEnd(event: TouchEvent<HTMLDivElement>): void {
      if (line.hasDrawn() && event.cancelable) event.preventDefault();
    },
    onPointerCancel(): void {
      longPress.end();
      line.cancel();
    },
  };
}

/** Clicks, right clicks, and keys that stand for them. */
function useMenuHandlers({ findTarget, onMenu }: StagePointerOptions, { pointed, line, longPress }: Tools) {
  const hand = useHand();
  const select = (target: Target): void =>
    hand.select(target?.type === 'node' || target?.type === 'link' ? target : undefined);
  return {
    /** A click does what the place offers: it selects, and opens the same menu as a right click. */
    onClick(event: MouseEvent<HTMLDivElement>): void {
      if (line.hasDrawn() || event.detail === 0) return;
      const target = findTarget(pointOf(event), REACH.mouse);
      select(target);
      const at = { x: event.clientX, y: event.clientY };
      if (target?.type === 'node' || target?.type === 'link') onMenu({ target, at });
    },
    /** A right click, the Menu key, or Enter on a node: a key means what has the focus, a pointer what is under it. */
    onContextMenu(event: MouseEvent<HTMLDivElement>): void {
      event.preventDefault();
      longPress.end();
      pointed.pointAway();
      const at = { x: event.clientX, y: event.clientY };
      const node =
        event.target instanceof Element ? event.target.closest('[data-node]')?.getAttribute('data-node') : undefined;
      const target: Target =
        typeof node === 'string' ? { type: 'node', node } : findTarget(pointOf(event), REACH.mouse);
      select(target);
      onMenu({ target, at });
    },
  };
}

function pointOf(event: MouseEvent): Point {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

function reachOf(event: PointerEvent): number {
  return event.pointerType === 'touch' ? REACH.finger : REACH.mouse;
}
