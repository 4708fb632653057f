import { useCallback, useEffect, useMemo, useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { describe } from '../../timeline/describe.ts';
import type { Timeline } from '../../timeline/timeline.ts';
import { usePlaygroundStore } from '../hooks.ts';
import { secondsOf } from './format.ts';
import type { TipContent } from './tip.tsx';

/** How long the pointer rests on a row before it is explained. */
const TIP_DELAY_MS = 300;

/** The whole sentence of the row under the pointer, with the rule behind it. */
export function useEventTips() {
  const store = usePlaygroundStore();
  const [tip, setTip] = useState<TipContent>();
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hide = useCallback(() => {
    clearTimeout(waiting.current);
    setTip(undefined);
  }, []);
  useEffect(() => hide, [hide]);
  const handlers = useMemo(
    () => ({
      onPointerOver: (pointer: PointerEvent) => {
        hide();
        const row = pointer.target instanceof Element ? pointer.target.closest('[data-position]') : null;
        if (row === null || pointer.pointerType === 'touch') return;
        // Who only passes over the rows is not in need of words.
        waiting.current = setTimeout(() => {
          const position = Number(row.getAttribute('data-position'));
          const content = explainEvent(store.getState().timeline, position);
          if (content !== undefined && row.isConnected) setTip({ anchor: row.getBoundingClientRect(), content });
        }, TIP_DELAY_MS);
      },
      onPointerLeave: hide,
      onPointerDown: hide,
      onWheel: hide,
    }),
    [hide, store],
  );
  return { tip, handlers };
}

function explainEvent(timeline: Timeline, position: number): ReactNode {
  const event = timeline.at(position);
  if (event === undefined) return undefined;
  const context = position > timeline.first ? timeline.viewAfter(position - 1) : undefined;
  const { text, why, section } = describe(event, context);
  return (
    <>
      <strong>{text}.</strong>
      {why !== undefined && <span>{section === undefined ? why : `${section}: ${why}`}</span>}
      <span className="tip-note">{`at ${secondsOf(event.atUs)} s; click to see the cluster just after it`}</span>
    </>
  );
}
