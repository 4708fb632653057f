import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

/** What a tip says and the box on the screen that it is about. */
export interface TipContent {
  readonly anchor: { readonly left: number; readonly top: number; readonly bottom: number; readonly width: number };
  readonly content: ReactNode;
}

/** How far a tip keeps from its box and from the edge of the window, in pixels. */
const GAP_PX = 6;

/** A small box that explains what is pointed at, above it or, where there is no room, below. It takes no pointer. */
export function Tip({ tip }: { readonly tip: TipContent | undefined }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || tip === undefined) return;
    const { width, height } = element.getBoundingClientRect();
    const { anchor } = tip;
    const left = anchor.left + anchor.width / 2 - width / 2;
    const above = anchor.top - height - GAP_PX;
    element.style.left = `${Math.max(GAP_PX, Math.min(left, globalThis.innerWidth - width - GAP_PX))}px`;
    element.style.top = `${above >= GAP_PX ? above : anchor.bottom + GAP_PX}px`;
  }, [tip]);
  if (tip === undefined) return null;
  return createPortal(
    <div ref={box} className="panel-tip" role="tooltip">
      {tip.content}
    </div>,
    document.body,
  );
}
