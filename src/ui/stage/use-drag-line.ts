import { useEffect, useRef, useState } from 'react';
import { distance, type Lane, type Point } from './geometry.ts';

/** How far a pressed pointer moves before it draws a line. */
const DRAG_THRESHOLD = 6;

export interface DragLine {
  /** The line as far as it is drawn. */
  readonly drag: Lane | undefined;
  /** Whether the last press did something else than click. */
  readonly hasDrawn: () => boolean;
  /** The pointer was pressed; a press on a node draws no line. */
  readonly press: (from: Point, draws: boolean) => void;
  readonly isPressed: () => boolean;
  /** The pressed pointer moved; says whether a line begins, goes on, or neither. */
  readonly move: (to: Point) => 'begins' | 'goes on' | undefined;
  /** The press is over: the line that was drawn, if one was. */
  readonly release: (to: Point) => Lane | undefined;
  /** Whatever comes of this press, it is no click and no line. */
  readonly takeOver: () => void;
  readonly cancel: () => void;
}

/** A line that a pressed pointer draws; Escape drops it. */
export function useDragLine(): DragLine {
  const [drag, setDrag] = useState<Lane>();
  const pressed = useRef<{ readonly from: Point; readonly draws: boolean }>(undefined);
  const hasDrawn = useRef(false);
  const cancel = (): void => {
    pressed.current = undefined;
    setDrag(undefined);
  };

  useEffect(() => {
    if (drag === undefined) return undefined;
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      pressed.current = undefined;
      setDrag(undefined);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [drag]);

  return {
    drag,
    hasDrawn: () => hasDrawn.current,
    press(from, draws) {
      pressed.current = { from, draws };
      hasDrawn.current = false;
    },
    isPressed: () => pressed.current !== undefined,
    move(to) {
      const press = pressed.current;
      if (press?.draws !== true) return undefined;
      if (drag === undefined && distance(press.from, to) < DRAG_THRESHOLD) return undefined;
      hasDrawn.current = true;
      setDrag({ from: press.from, to });
      return drag === undefined ? 'begins' : 'goes on';
    },
    release(to) {
      const press = pressed.current;
      cancel();
      return drag === undefined || press === undefined ? undefined : { from: press.from, to };
    },
    takeOver() {
      hasDrawn.current = true;
      pressed.current = undefined;
    },
    cancel,
  };
}
