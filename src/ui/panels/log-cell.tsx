import { memo } from 'react';
import type { Entry } from '../../raft/entry.ts';
import { termColor } from '../term-color.ts';
import { entryBrief } from './format.ts';

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
  const classes = ['log-cell'];
  if (faded !== undefined) classes.push('gone');
  else if (!committed) classes.push('uncommitted');
  if (!durable) classes.push('volatile');
  if (beneath) classes.push('beneath');
  if (active) classes.push('active');
  if (entry.type !== 'command') classes.push('no-op');
  const style = {
    left,
    '--term': termColor(entry.term),
    ...(faded === undefined ? {} : { opacity: 1 - 0.75 * faded }),
  };
  return (
    <div id={id} className={classes.join(' ')} style={style} data-index={entry.index} role="gridcell">
      <span className="log-term">{entry.term}</span>
      <span className="log-command">{entryBrief(entry)}</span>
    </div>
  );
});
