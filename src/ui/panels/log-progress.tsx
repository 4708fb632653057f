import { memo } from 'react';
import type { NodeView } from '../../timeline/view.ts';
import { termColor } from '../term-color.ts';

/** For so many peers there is room for a mark each. */
const MOST_MARKS = 4;

/**
 * On a leader's row: how each peer is sent to, a mark a peer, or where there are many a mark for each way that occurs. The
 * marks are in the key, and pointing at the node's name tells the figures.
 */
export const LogProgress = memo(function LogProgress({ progress, term }: Pick<NodeView, 'progress' | 'term'>) {
  const peers = Object.entries(progress);
  const states = peers.map(([, { state }]) => state);
  const marks = states.length > MOST_MARKS ? [...new Set(states)] : states;
  return (
    <span className="log-progress" style={{ color: termColor(term) }}>
      {marks.map((state, place) => (
        <span key={peers[place]?.[0]} className={`progress-mark ${state}`} data-state={state} aria-hidden="true" />
      ))}
      <span className="visually-hidden">{peers.map(([peer, { state }]) => `${peer}: ${state}`).join(', ')}</span>
    </span>
  );
});
