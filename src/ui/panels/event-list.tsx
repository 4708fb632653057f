import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from 'react';
import { describe } from '../../timeline/describe.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { Timeline } from '../../timeline/timeline.ts';
import { useHand, usePlayground, usePlaygroundStore } from '../hooks.ts';
import type { EventIndex } from './event-index.ts';
import { EVENT_PX, EventRow, eventRowId } from './event-row.tsx';
import { countOf, secondsOf } from './format.ts';
import { Tip, type TipContent } from './tip.tsx';
import { useBoxSize } from './use-box-size.ts';
import { useFixedRows } from './use-fixed-rows.ts';
import { endRange, useFollowEnd } from './use-follow-end.ts';

/** How many rows are drawn beyond those in sight. */
const OVERSCAN = 6;
/** How long the pointer rests on a row before it is explained. */
const TIP_DELAY_MS = 300;
/** How many rows a page is. */
const PAGE_ROWS = 10;

/** The events that the index has found. A click, or the arrow keys, show the cluster as it was just after one. */
export function EventList({ index }: { readonly index: EventIndex }) {
  const store = usePlaygroundStore();
  const timeline = usePlayground((playground) => playground.timeline);
  const cursor = usePlayground((playground) => playground.cursor);
  const scroller = useRef<HTMLDivElement>(null);
  const { height } = useBoxSize(scroller);
  const { count } = index;
  const sight = useFixedRows(scroller, count, EVENT_PX, OVERSCAN);
  const live = cursor === undefined;
  const { following, onScroll, follow } = useFollowEnd(scroller, 'vertical', count, live);
  useKeptPlace(scroller, index, following && live);
  const [from, to] = following && live ? endRange(count, EVENT_PX, height, OVERSCAN) : [sight.from, sight.to];
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, place) => from + place);
  const shownRow = live ? undefined : Math.max(0, index.rowOf(cursor));
  const shownPosition = shownRow === undefined ? undefined : index.at(shownRow);
  const pointing = useTips(store);
  const { reveal } = sight;
  const onKeyDown = useRowKeys(index, reveal);
  const hand = useHand();
  useEffect(() => {
    if (live) follow();
  }, [live, follow]);
  useEffect(() => {
    if (cursor !== undefined) reveal(Math.max(0, index.rowOf(cursor)));
    // Only a move of the cursor scrolls; new events do not.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [cursor]);

  return (
    <div className="events-box">
      <div
        ref={scroller}
        className="events"
        role="listbox"
        aria-label="Events; arrow keys show the cluster as it was just after each"
        aria-activedescendant={shownPosition === undefined ? undefined : eventRowId(shownPosition)}
        tabIndex={0}
        onScroll={() => {
          sight.onScroll();
          onScroll();
        }}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const position = positionUnder(event.target);
          if (position !== undefined) hand.rewind(position);
        }}
        {...pointing.handlers}
      >
        {timeline.dropped > 0 && (
          <p className="dropped">{`The oldest ${countOf(timeline.dropped)} events are no longer held.`}</p>
        )}
        {count === 0 && (
          <p className="empty">
            {timeline.length === 0
              ? 'Events appear here as they happen. Press play.'
              : index.complete
                ? 'No event matches. Take a filter off, or let time pass.'
                : 'Looking…'}
          </p>
        )}
        <div className="events-body" style={{ height: count * EVENT_PX }} role="presentation">
          {rows.map((row) => {
            const position = index.at(row);
            const event = position === undefined ? undefined : timeline.at(position);
            if (position === undefined || event === undefined) return null;
            return (
              <EventRow
                key={position}
                event={event}
                position={position}
                row={row}
                top={row * EVENT_PX}
                shown={position === shownPosition}
              />
            );
          })}
        </div>
      </div>
      <button type="button" className="to-end" onClick={follow} hidden={following || !live || count === 0}>
        To the latest event
      </button>
      {cursor !== undefined && <Explained event={timeline.at(cursor)} />}
      <Tip tip={pointing.tip} />
    </div>
  );
}

/** The event after which the cluster is shown, in full, with the rule behind it. */
function Explained({ event }: { readonly event: TimelineEvent | undefined }) {
  if (event === undefined) return null;
  const { text, why, section } = describe(event);
  return (
    <p className="explained" role="status">
      <strong>{text}.</strong> {section !== undefined && `${section}: `}
      {why}
    </p>
  );
}

function positionUnder(target: EventTarget): number | undefined {
  const row = target instanceof Element ? target.closest('[data-position]') : null;
  return row === null ? undefined : Number(row.getAttribute('data-position'));
}

/** Rows that come before those in sight, or are dropped there, move nothing in sight. */
function useKeptPlace(
  scroller: { readonly current: HTMLDivElement | null },
  index: EventIndex,
  following: boolean,
): void {
  const kept = useRef({ index, shift: index.shift });
  useLayoutEffect(() => {
    const { shift } = index;
    const element = scroller.current;
    if (kept.current.index === index && !following && element !== null && shift !== kept.current.shift) {
      element.scrollBy({ top: (shift - kept.current.shift) * EVENT_PX, behavior: 'instant' });
    }
    kept.current = { index, shift };
  });
}

/** Arrow keys move from row to row, and the moment shown with them. */
function useRowKeys(index: EventIndex, reveal: (row: number) => void) {
  const store = usePlaygroundStore();
  const hand = useHand();
  return (event: KeyboardEvent): void => {
    const { cursor } = store.getState();
    const last = index.count - 1;
    const row = cursor === undefined ? last + 1 : index.rowOf(cursor);
    const next = rowAfter(event.key, row, last);
    if (next === undefined || last < 0) return;
    event.preventDefault();
    if (next > last) {
      hand.rewind(undefined);
      return;
    }
    const wanted = Math.max(0, next);
    const position = index.at(wanted);
    if (position === undefined) return;
    hand.rewind(position);
    reveal(wanted);
  };
}

function rowAfter(key: string, row: number, last: number): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return row - 1;
    case 'ArrowDown':
      return row + 1;
    case 'PageUp':
      return row - PAGE_ROWS;
    case 'PageDown':
      return Math.min(last, row + PAGE_ROWS);
    case 'Home':
      return 0;
    case 'End':
    case 'Escape':
      return last + 1;
    default:
      return undefined;
  }
}

/** The whole sentence of the row under the pointer, with the rule behind it. */
function useTips(store: ReturnType<typeof usePlaygroundStore>) {
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
