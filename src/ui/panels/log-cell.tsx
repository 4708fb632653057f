import { memo } from 'react';
import type { Entry } from '../../raft/entry.ts';
import { termColor } from '../term-color.ts';
import { entryBrief } from './entry-words.ts';

export interface LogCellProps {
  readonly id: string;
  readonly entry: Entry;
  /** Pixels from the left edge of the row. */
  readonly left: number;
  readonly committed: boolean;
  readonly durable: boolean;
  readonly active: boolean;
  /** Undefined for an entry that stands; else how far one that was overwritten has faded, 0 to 1. */
  readonly faded: number | undefined;
  /** Overwritten, with the new entry in its place: it is drawn beneath. */
  readonly beneath: boolean;
}

/** One entry of a log: its term as a coloured tag, its command beside it. */
export const LogCell = memo(function LogCell(props: LogCellProps) {
  const { id, entry, left, committed, durable, active, faded, beneath } = props;
  const brief = entryBrief(entry);
  const command = fitted(brief, placesBeside(entry.term));
  const classes = ['log-cell'];
  if (faded !== undefined) classes.push('gone');
  else if (!committed) classes.push('uncommitted');
  if (!durable) classes.push('volatile');
  if (beneath) classes.push('beneath');
  if (active) classes.push('active');
  if (entry.type === 'no-op') classes.push('no-op');
  if (command === undefined) classes.push('clipped');
  const style = {
    left,
    '--term': termColor(entry.term),
    ...(faded === undefined ? {} : { opacity: 1 - 0.75 * faded }),
  };
  return (
    <div
      id={id}
      className={classes.join(' ')}
      style={style}
      data-index={entry.index}
      role="gridcell"
      aria-label={`${brief}, term ${entry.term}`}
    >
      <span className="log-term">{entry.term}</span>
      {command ?? brief}
    </div>
  );
});

/** How many letters of a command stand beside a term of one digit; each further digit takes the room of one. */
const PLACES = 5;

function placesBeside(term: number): number {
  return Math.max(1, PLACES + 1 - String(term).length);
}

/**
 * A text as it is drawn where there is room for so many letters, or undefined where letters do not tell how wide it is:
 * then the browser clips it. A hundred clipped boxes take a browser 30 ms a frame to sort into layers; texts that fit take
 * it two.
 */
export function fitted(text: string, places: number): string | undefined {
  if (!/^[\u0020-\u007E]*$/.test(text)) return undefined;
  return text.length <= places ? text : `${text.slice(0, places - 1)}…`;
}
