import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useId, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { leaderOf } from '../../cluster/cluster-status.ts';
import { useCalmly } from '../calm.ts';
import { usePlayground, usePlaygroundStore } from '../hooks.ts';
import type { View } from '../../timeline/view.ts';
import { LogLegend } from './log-legend.tsx';
import { cellId, COLUMN_PX, columnLeft, GHOST_US, LogRow, NAMES_PX } from './log-row.tsx';
import { explainPlace } from './log-words.tsx';
import { Tip, type TipContent } from './tip.tsx';
import { useBoxSize } from './use-box-size.ts';
import { endRange, useFollowEnd } from './use-follow-end.ts';
import '../styles/panels.css';

/** Steps in which overwritten entries fade, in virtual microseconds. */
const FADE_STEP_US = 100_000;

/** How many columns are drawn beyond those in sight, and by how many at once. */
const OVERSCAN = 4;
const COLUMN_STEP = 4;

/** One place in one log. */
interface Place {
  readonly node: string;
  readonly index: number;
}

/** What is agreed: every node's log, a row a node, a column an index. It fills the box that it is given. */
export function LogsPanel() {
  const view = usePlayground((playground) => playground.view);
  const scroller = useRef<HTMLDivElement>(null);
  const { width } = useBoxSize(scroller);
  const entries = longestLog(view);
  // One more than there are, where the next entry will stand; and as many as fill the box.
  const columns = Math.max(entries + 1, Math.floor((width - NAMES_PX) / COLUMN_PX));
  const virtual = useVirtualizer({
    horizontal: true,
    count: columns,
    getScrollElement: () => scroller.current,
    estimateSize: () => COLUMN_PX,
    paddingStart: NAMES_PX,
    scrollPaddingStart: NAMES_PX,
    overscan: OVERSCAN,
    useFlushSync: false,
  });
  const { following, onScroll, follow } = useFollowEnd(scroller, 'horizontal', virtual.getTotalSize());
  const pointing = usePointing(scroller, columns, (index) => virtual.scrollToIndex(index - 1));
  const items = virtual.getVirtualItems();
  const [first, end] = following
    ? endRange(columns, COLUMN_PX, width, OVERSCAN)
    : [items[0]?.index ?? 0, (items.at(-1)?.index ?? -1) + 1];
  // In whole steps, so that the rows are not drawn anew for each column that comes into sight.
  const from = Math.floor(first / COLUMN_STEP) * COLUMN_STEP + 1;
  const to = Math.min(columns, Math.ceil(end / COLUMN_STEP) * COLUMN_STEP) + 1;
  const total = virtual.getTotalSize();
  const hint = useId();

  return (
    <section className="panel logs" aria-label="Logs: what is agreed">
      <div
        ref={scroller}
        className="log-grid"
        role="grid"
        aria-label="Logs, a row a node, a column an index"
        aria-describedby={hint}
        aria-rowcount={view.world.nodes.length}
        aria-colcount={entries}
        aria-activedescendant={pointing.active && cellId(pointing.active.node, pointing.active.index)}
        tabIndex={0}
        onScroll={onScroll}
        {...pointing.handlers}
      >
        <div className="log-heads" style={{ width: total }} aria-hidden="true">
          <div className="log-corner">index</div>
          {Array.from({ length: to - from }, (_, place) => from + place).map((index) => (
            <div
              key={index}
              className={index <= entries ? 'log-head' : 'log-head ahead'}
              style={{ left: columnLeft(index) }}
            >
              {index}
            </div>
          ))}
        </div>
        <LogRows view={view} from={from} to={to} width={total} active={pointing.active} />
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
        <button type="button" className="to-end" onClick={follow} hidden={following}>
          To the latest entry
        </button>
      </div>
      <Tip tip={pointing.tip} />
    </section>
  );
}

interface LogRowsProps {
  readonly view: View;
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly active: Place | undefined;
}

function LogRows({ view, from, to, width, active }: LogRowsProps) {
  const shownUs = usePlayground((playground) => Math.floor(playground.shownUs / FADE_STEP_US) * FADE_STEP_US);
  const leaderId = leaderOf(view);
  const leader = leaderId === undefined ? undefined : view.nodes[leaderId];
  return view.world.nodes.map((id) => {
    const node = view.nodes[id];
    const machine = view.world.machines[id];
    if (node === undefined || machine === undefined) return null;
    const known = leader?.progress[id];
    const newestGone = node.overwritten.last()?.atUs;
    const fading = newestGone !== undefined && shownUs - newestGone < GHOST_US;
    return (
      <LogRow
        key={id}
        node={node}
        machine={machine}
        from={from}
        to={to}
        width={width}
        knownTerm={known === undefined ? undefined : leader?.term}
        matchIndex={known?.matchIndex}
        nextIndex={known?.nextIndex}
        fadingAtUs={fading ? Math.max(shownUs, 1) : 0}
        activeIndex={active?.node === id ? active.index : undefined}
      />
    );
  });
}

function longestLog(view: View): number {
  let longest = 0;
  for (const id of view.world.nodes) longest = Math.max(longest, view.nodes[id]?.log.size ?? 0);
  return longest;
}

/** Explains what the pointer is over, or where the arrow keys have gone. */
function usePointing(
  scroller: { readonly current: HTMLDivElement | null },
  columns: number,
  reveal: (index: number) => void,
) {
  const store = usePlaygroundStore();
  const [active, setActive] = useState<Place>();
  const [tip, setTip] = useState<TipContent>();
  const explain = useCallback((place: Place, element: Element) => {
    setTip({ anchor: element.getBoundingClientRect(), content: <PlaceWords place={place} /> });
  }, []);

  const handlers = useMemo(() => {
    const move = (place: Place): void => {
      setActive(place);
      reveal(place.index);
      // The cell may have to be scrolled to and drawn first.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          const cell = scroller.current?.querySelector(`#${cellId(place.node, place.index)}`);
          if (cell instanceof Element) explain(place, cell);
          else setTip(undefined);
        }),
      );
    };
    return {
      onPointerOver: (event: PointerEvent) => {
        const cell = event.target instanceof Element ? event.target.closest('[data-index]') : null;
        const node = cell?.closest('[data-node]')?.getAttribute('data-node');
        if (cell === null || node === null || node === undefined) setTip(undefined);
        else explain({ node, index: Number(cell.getAttribute('data-index')) }, cell);
      },
      onPointerLeave: () => setTip(undefined),
      onBlur: () => {
        setActive(undefined);
        setTip(undefined);
      },
      onKeyDown: (event: KeyboardEvent) => {
        const { nodes } = store.getState().view.world;
        const row = Math.max(0, nodes.indexOf(active?.node ?? ''));
        const index = active?.index ?? columns - 1;
        const next = movedBy(event.key, row, index);
        if (next === undefined) return;
        event.preventDefault();
        const node = nodes[Math.max(0, Math.min(next.row, nodes.length - 1))];
        if (node !== undefined) move({ node, index: Math.max(1, Math.min(next.index, columns - 1)) });
      },
    };
  }, [active, columns, explain, reveal, scroller, store]);

  return { active, tip, handlers };
}

/** What there is to say of a place in a log, for as long as it is pointed at. */
function PlaceWords({ place: { node, index } }: { readonly place: Place }) {
  const words = useCalmly(({ view }) => explainPlace(view, node, index).join('\n'));
  const [head, ...rest] = words.split('\n');
  return (
    <>
      <strong>{head}</strong>
      {rest.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </>
  );
}

function movedBy(
  key: string,
  row: number,
  index: number,
): { readonly row: number; readonly index: number } | undefined {
  switch (key) {
    case 'ArrowLeft':
      return { row, index: index - 1 };
    case 'ArrowRight':
      return { row, index: index + 1 };
    case 'ArrowUp':
      return { row: row - 1, index };
    case 'ArrowDown':
      return { row: row + 1, index };
    case 'PageUp':
      return { row, index: index - 10 };
    case 'PageDown':
      return { row, index: index + 10 };
    case 'Home':
      return { row, index: 1 };
    case 'End':
      return { row, index: Number.POSITIVE_INFINITY };
    default:
      return undefined;
  }
}
