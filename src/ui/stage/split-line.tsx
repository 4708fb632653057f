import type { NodeId } from '../../raft/entry.ts';
import { distance, type Lane } from './geometry.ts';

/** Longer than any stage. */
const FAR = 4_000;

interface SplitLineProps {
  readonly drag: Lane;
  readonly sides: readonly [readonly NodeId[], readonly NodeId[]] | undefined;
}

/** The line along which the ring is about to be split, with its two sides tinted. */
export function SplitLine({ drag: { from, to }, sides }: SplitLineProps) {
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  const length = distance(from, to);
  return (
    <g className="split" aria-hidden="true">
      <g transform={`translate(${from.x} ${from.y}) rotate(${angle})`}>
        {sides !== undefined && (
          <>
            <rect className="split-left" x={-FAR} y={-FAR} width={2 * FAR} height={FAR} />
            <rect className="split-right" x={-FAR} y={0} width={2 * FAR} height={FAR} />
            <line className="split-reach" x1={-FAR} x2={FAR} />
          </>
        )}
        <line className="split-drawn" x1={0} x2={length} />
      </g>
    </g>
  );
}

/** Who will be on which side, above everything else. */
export function SplitText({ drag: { to }, sides }: SplitLineProps) {
  return (
    <text className="split-text" x={to.x + 16} y={to.y - 14} aria-hidden="true">
      {sides === undefined ? 'draw on, between nodes' : `${sides[0].join(' ')} | ${sides[1].join(' ')}`}
    </text>
  );
}
