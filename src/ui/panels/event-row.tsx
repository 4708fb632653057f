import { memo } from 'react';
import { describe } from '../../timeline/describe.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import { termColor } from '../term-color.ts';
import { secondsOf } from './format.ts';

/** The height of a row, in pixels. */
export const EVENT_PX = 24;

export interface EventRowProps {
  readonly event: TimelineEvent;
  readonly position: number;
  readonly row: number;
  readonly top: number;
  /** The cluster is shown as it was just after this event. */
  readonly shown: boolean;
}

/** One event: when, who, what in words, and the section of the rule that decided it. */
export const EventRow = memo(function EventRow({ event, position, row, top, shown }: EventRowProps) {
  const { text, section } = describe(event);
  const term = termOf(event);
  return (
    <div
      id={eventRowId(position)}
      className={`event${shown ? ' shown' : ''}${isBroken(event) ? ' broken' : ''}`}
      style={{ top }}
      role="option"
      aria-selected={shown}
      aria-posinset={row + 1}
      data-position={position}
    >
      <span className="event-time">{secondsOf(event.atUs)}</span>
      <span className="event-actor" style={term === undefined ? undefined : { color: termColor(term) }}>
        {whoDid(event)}
      </span>
      <span className="event-text">{text}</span>
      <span className="event-section">{section}</span>
    </div>
  );
});

/** The hand from outside is the person's, but for what befalls a machine by itself. */
function whoDid({ actor, event }: TimelineEvent): string {
  if (actor !== 'cluster') return actor;
  return event.type === 'action' && event.action.type === 'crash' ? event.action.node : 'you';
}

/** The term that the event itself speaks of, where it does. */
function termOf({ event }: TimelineEvent): number | undefined {
  return 'term' in event ? event.term : undefined;
}

/** What is lost, cut or stopped for good. */
function isBroken({ event }: TimelineEvent): boolean {
  return event.type === 'halted' || (event.type === 'message-sent' && event.fate !== 'sent');
}

export function eventRowId(position: number): string {
  return `event-${position}`;
}
