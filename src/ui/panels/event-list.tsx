import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';
import { describe } from '../../timeline/describe.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import { useHand, usePlayground } from '../hooks.ts';
import type { EventIndex } from './event-index.ts';
import { EVENT_PX, EventRow, eventRowId } from './event-row.tsx';
import { countOf } from '../../timeline/words.ts';
import { Tip } from './tip.tsx';
import { useEventKeys } from './use-event-keys.ts';
import { useEventTips } from './use-event-tips.tsx';
import { spanOf, useFixedSpan } from './use-fixed-span.ts';
import { useFollowEnd } from './use-follow-end.ts';

/** How many rows are drawn beyond those in sight. */
const OVERSCAN = 6;

/** The events that the index has found. A click, or the arrow keys, show the cluster as it was just after one. */
export function EventList({ index }: { readonly index: EventIndex }) {
  const timeline = usePlayground((playground) => playground.timeline);
  const cursor = usePlayground((playground) => playground.cursor);
  const scroller = useRef<HTMLDivElement>(null);
  const { count } = index;
  const live = cursor === undefined;
  const rows = useRows(scroller, index, cursor);
  const shownRow = live ? undefined : Math.max(0, index.rowOf(cursor));
  const shownPosition = shownRow === undefined ? undefined : index.at(shownRow);
  const pointing = useEventTips();
  const onKeyDown = useEventKeys(index, rows.reveal);
  const hand = useHand();

  return (
    <div className="events-box">
      <div
        ref={scroller}
        className="events"
        role="listbox"
        aria-label="Events; arrow keys show the cluster as it was just after each"
        aria-activedescendant={shownPosition === undefined ? undefined : eventRowId(shownPosition)}
        tabIndex={0}
        onScroll={rows.onScroll}
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
        {count === 0 && <p className="empty">{emptyWords(timeline.length, index.complete)}</p>}
        <div className="events-body" style={{ height: count * EVENT_PX }} role="presentation">
          <EventRows index={index} from={rows.from} to={rows.to} shownPosition={shownPosition} />
        </div>
      </div>
      <button type="button" className="to-end" onClick={rows.follow} hidden={rows.following || !live || count === 0}>
        To the latest event
      </button>
      {cursor !== undefined && <Explained event={timeline.at(cursor)} />}
      <Tip tip={pointing.tip} />
    </div>
  );
}

interface EventRowsProps {
  readonly index: EventIndex;
  readonly from: number;
  readonly to: number;
  readonly shownPosition: number | undefined;
}

function EventRows({ index, from, to, shownPosition }: EventRowsProps) {
  const timeline = usePlayground((playground) => playground.timeline);
  const rows = Array.from({ length: Math.max(0, to - from) }, (_, place) => from + place);
  return rows.map((row) => {
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
  });
}

function emptyWords(events: number, isComplete: boolean): string {
  if (events === 0) return 'Events appear here as they happen. Press play.';
  return isComplete ? 'No event matches. Take a filter off, or let time pass.' : 'Looking…';
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

/** Which rows to draw: the newest while live and nobody scrolls, those about the cursor when it moves. */
function useRows(scroller: { readonly current: HTMLDivElement | null }, index: EventIndex, cursor: number | undefined) {
  const { count } = index;
  const live = cursor === undefined;
  const span = useFixedSpan(scroller, { direction: 'vertical', count, itemPx: EVENT_PX, overscan: OVERSCAN });
  const { following, onScroll: onFollow, follow } = useFollowEnd(scroller, 'vertical', count, live);
  const { room, onScroll: onSpan, reveal } = span;
  useKeptPlace(scroller, index, following && live);
  useEffect(() => {
    if (live) follow();
  }, [live, follow]);
  const revealCursor = useEffectEvent((position: number) => reveal(Math.max(0, index.rowOf(position))));
  useEffect(() => {
    // Only a move of the cursor scrolls; new events do not.
    if (cursor !== undefined) revealCursor(cursor);
  }, [cursor]);
  const onScroll = (): void => {
    onSpan();
    onFollow();
  };
  // While the end is followed it is known before the box has scrolled there: nothing has to be drawn twice.
  const { from, to } = following && live ? spanOf({ first: count, room, count, overscan: OVERSCAN, step: 1 }) : span;
  return { from, to, following, follow, onScroll, reveal };
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
