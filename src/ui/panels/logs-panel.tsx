import { useCallback, useId, useRef } from 'react';
import { usePlayground } from '../hooks.ts';
import { lastIndexOf } from '../../timeline/node-log.ts';
import type { View } from '../../timeline/view.ts';
import { cellId, COLUMN_PX, NAMES_PX } from './log-columns.ts';
import { LogHeads } from './log-heads.tsx';
import { LogLegend } from './log-legend.tsx';
import { LogRows } from './log-rows.tsx';
import { Tip } from './tip.tsx';
import { spanOf, useFixedSpan } from './use-fixed-span.ts';
import { useFollowEnd } from './use-follow-end.ts';
import { useLogPointing } from './use-log-pointing.tsx';
import '../styles/panels.css';

/** How many columns are drawn beyond those in sight, and by how many at once. */
const OVERSCAN = 2;
const COLUMN_STEP = 2;

/** What is agreed: every node's log, a row a node, a column an index. It fills the box that it is given. */
export function LogsPanel() {
  const entries = usePlayground((playground) => longestLog(playground.view));
  const nodes = usePlayground((playground) => playground.view.world.nodes.length);
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useColumns(scroller, entries);
  const { from, to, width, following, reveal } = columns;
  const pointing = useLogPointing(scroller, entries, reveal);
  const hint = useId();

  return (
    <section className="panel logs" aria-label="Logs: what is agreed">
      <div
        ref={scroller}
        className="log-grid"
        role="grid"
        aria-label="Logs, a row a node, a column an index"
        aria-describedby={hint}
        aria-rowcount={nodes}
        aria-colcount={entries}
        aria-activedescendant={pointing.active && cellId(pointing.active.node, pointing.active.index)}
        tabIndex={0}
        onScroll={columns.onScroll}
        {...pointing.handlers}
      >
        <LogHeads from={from} to={to} entries={entries} width={width} />
        <LogRows from={from} to={to} width={width} active={pointing.active} />
      </div>
      <p id={hint} className="visually-hidden">
        Arrow keys move from entry to entry.
      </p>
      <div className="panel-foot">
        {entries === 0 ? (
          <span>Entries appear here when a leader stands: first its own, then what is written.</span>
        ) : (
          <LogLegend />
        )}
        <button type="button" className="to-end" onClick={columns.follow} hidden={following}>
          To the latest entry
        </button>
      </div>
      <Tip tip={pointing.tip} />
    </section>
  );
}

/** The indexes to draw (`to` is the one after the last), and how wide all of them would be. */
function useColumns(scroller: { readonly current: HTMLDivElement | null }, entries: number) {
  const sight = { direction: 'horizontal', itemPx: COLUMN_PX, headPx: NAMES_PX, overscan: OVERSCAN } as const;
  // One more than there are, where the next entry will stand.
  const span = useFixedSpan(scroller, { ...sight, count: entries + 1, step: COLUMN_STEP });
  const count = Math.max(entries + 1, span.room - 1);
  const width = NAMES_PX + count * COLUMN_PX;
  const { following, onScroll: onFollow, follow } = useFollowEnd(scroller, 'horizontal', width);
  // While the end is followed it is known before the box has scrolled there: nothing has to be drawn twice.
  const { from, to } = following
    ? spanOf({ first: count, room: span.room, count, overscan: OVERSCAN, step: COLUMN_STEP })
    : span;
  const { onScroll: onSpan, reveal: revealPlace } = span;
  const onScroll = useCallback(() => {
    onSpan();
    onFollow();
  }, [onSpan, onFollow]);
  const reveal = useCallback((index: number) => revealPlace(index - 1), [revealPlace]);
  return { from: from + 1, to: to + 1, width, following, follow, onScroll, reveal };
}

function lastIndexIn(view: View, id: string): number {
  const node = view.nodes[id];
  return node === undefined ? 0 : lastIndexOf(node);
}

function longestLog(view: View): number {
  let longest = 0;
  for (const id of view.world.nodes) longest = Math.max(longest, lastIndexIn(view, id));
  return longest;
}
