import { memo } from 'react';
import { columnLeft } from './log-columns.ts';

interface LogHeadsProps {
  /** The first index to draw, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** How long the longest log is; the places after it are still ahead. */
  readonly entries: number;
  readonly width: number;
}

/** The indexes, above the columns. */
export const LogHeads = memo(function LogHeads({ from, to, entries, width }: LogHeadsProps) {
  const indexes = Array.from({ length: Math.max(0, to - from) }, (_, place) => from + place);
  return (
    <div className="log-heads" style={{ width }} aria-hidden="true">
      <div className="log-corner">index</div>
      {indexes.map((index) => (
        <div
          key={index}
          className={index <= entries ? 'log-head' : 'log-head ahead'}
          style={{ left: columnLeft(index) }}
        >
          {index}
        </div>
      ))}
    </div>
  );
});
