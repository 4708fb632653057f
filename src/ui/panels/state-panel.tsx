import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { usePlayground, usePlaygroundStore } from '../hooks.ts';
import type { View } from '../../timeline/view.ts';
import { counted, listed } from '../../timeline/words.ts';
import { RoleMark } from './role-mark.tsx';
import { StateRow, stateCellId } from './state-row.tsx';
import { StoreComparison, type StoreRows } from './store-rows.ts';
import { Tip, type TipContent } from './tip.tsx';
import '../styles/panels.css';

const ROW_PX = 28;
/** The height of the row of names, which the rows scroll under. */
const HEAD_PX = 28;
/** The least widths of the column of keys and of a node's column; where they do not fit, the nodes scroll. */
const KEY_PX = 68;
const CELL_PX = 44;
/** The longest text that an explanation shows. */
const MAX_TIP_TEXT = 2_000;

/** What is stored: the key-value map on each node, what differs marked. It fills the box that it is given. */
export function StatePanel() {
  const view = usePlayground((playground) => playground.view);
  const [comparison] = useState(() => new StoreComparison());
  const rows = comparison.of(view);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    paddingStart: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    overscan: 4,
    useFlushSync: false,
  });
  const { nodes } = view.world;
  const pointing = usePointing(scroller, rows, (row) => virtual.scrollToIndex(row));
  const columns = `minmax(${KEY_PX}px, 1.2fr) repeat(${nodes.length}, minmax(${CELL_PX}px, 1fr))`;
  const summary = summaryOf(rows, view);
  const bodyStyle = {
    height: virtual.getTotalSize(),
    '--state-columns': columns,
    minWidth: KEY_PX + CELL_PX * nodes.length + 8,
  };
  const reference = rows.reference === undefined ? undefined : view.nodes[rows.reference]?.store;
  return (
    <section className="panel state" aria-label="State: what is stored">
      <div
        ref={scroller}
        className="state-grid"
        role="grid"
        aria-label="Keys and their values on each node"
        aria-rowcount={rows.keys.length + 1}
        aria-colcount={nodes.length + 1}
        aria-activedescendant={pointing.active && stateCellId(pointing.active.row, pointing.active.column)}
        tabIndex={0}
        {...pointing.handlers}
      >
        <div className="state-body" style={bodyStyle}>
          <div className="state-head" role="row" aria-rowindex={1}>
            <div role="columnheader">key</div>
            {nodes.map((id) => (
              <NodeHead key={id} id={id} view={view} />
            ))}
          </div>
          {virtual.getVirtualItems().map((item) => {
            const key = rows.keys[item.index] ?? '';
            return (
              <StateRow
                key={key}
                storeKey={key}
                row={item.index}
                top={item.start}
                nodes={nodes}
                values={valuesOf(view, key)}
                expected={reference?.get(key)}
                activeColumn={pointing.active?.row === item.index ? pointing.active.column : undefined}
              />
            );
          })}
        </div>
        {rows.keys.length === 0 && rows.reference !== undefined && <NothingStored awaitsLeader={awaitsLeader(view)} />}
      </div>
      <p className="panel-foot" role="status" title={summary}>
        {summary}
      </p>
      <Tip tip={pointing.tip} />
    </section>
  );
}

function NothingStored({ awaitsLeader }: { readonly awaitsLeader: boolean }) {
  return awaitsLeader ? (
    <p className="empty">
      Nothing is applied yet, for nobody knows how much of the logs is committed. A leader finds out when it commits an
      entry of its own term (§5.4.2), and the keys are back.
    </p>
  ) : (
    <p className="empty">
      Nothing is stored yet. Type <kbd>x=5</kbd> in the client: a key appears here on each node as it applies the entry.
    </p>
  );
}

/** Commands stand in logs, and no running node knows of anything that is committed: so it is when the power comes back. */
function awaitsLeader({ nodes, world }: View): boolean {
  const running = world.nodes.flatMap((id) => (world.machines[id]?.status === 'down' ? [] : (nodes[id] ?? [])));
  return (
    running.every(({ commitIndex }) => commitIndex === 0) &&
    running.some(({ log }) => log.some(({ type }) => type === 'command'))
  );
}

function NodeHead({ id, view }: { readonly id: string; readonly view: View }) {
  const node = view.nodes[id];
  const status = view.world.machines[id]?.status ?? 'down';
  if (node === undefined) return null;
  return (
    <div role="columnheader" className={status === 'down' ? 'down' : undefined}>
      <RoleMark role={node.role} status={status} term={node.term} />
      {id}
      {status === 'down' && <span className="visually-hidden">, down</span>}
    </div>
  );
}

function valuesOf(view: View, key: string): readonly (string | undefined | null)[] {
  return view.world.nodes.map((id) =>
    view.world.machines[id]?.status === 'down' ? null : view.nodes[id]?.store.get(key),
  );
}

function summaryOf({ keys, reference, differing }: StoreRows, view: View): string {
  const down = view.world.nodes.filter((id) => view.world.machines[id]?.status === 'down');
  const also = down.length === 0 ? '' : ` ${listed(down)} ${down.length === 1 ? 'is' : 'are'} down.`;
  const running = view.world.nodes.length - down.length;
  if (reference === undefined) return 'All nodes are down; what is on their disks comes back with them.';
  if (differing.length === 0) {
    if (keys.length === 0) return `All stores are empty.${also}`;
    return running === 1
      ? `${counted(keys.length, 'key')}.${also}`
      : `All ${running} running nodes agree on ${counted(keys.length, 'key')}.${also}`;
  }
  const counts = [...new Set(differing.map(({ keys: count }) => count))].sort((one, other) => one - other);
  const who = counts.map((count) => {
    const nodes = differing.filter((one) => one.keys === count).map(({ node }) => node);
    return `${listed(nodes)} ${nodes.length === 1 ? 'differs' : 'differ'} in ${counted(count, 'key')}`;
  });
  return `Compared with ${reference}, which has applied most, ${who.join('; ')}.${also}`;
}

interface Place {
  readonly row: number;
  readonly column: number;
}

/** Shows the whole of a text that the pointer is over, or the arrow keys have gone to. */
function usePointing(
  scroller: { readonly current: HTMLDivElement | null },
  rows: StoreRows,
  reveal: (row: number) => void,
) {
  const store = usePlaygroundStore();
  const [active, setActive] = useState<Place>();
  const [tip, setTip] = useState<TipContent>();

  const explain = useCallback(
    (place: Place, element: Element) => {
      const { view } = store.getState();
      const key = rows.keys[place.row];
      const id = view.world.nodes[place.column - 1];
      if (key === undefined) return;
      const value = id === undefined ? undefined : view.nodes[id]?.store.get(key);
      const isDown = id !== undefined && view.world.machines[id]?.status === 'down';
      const says = isDown ? `${id} is down` : value === undefined ? `${id} does not hold this key` : `on ${id}`;
      const content = (
        <>
          <strong className="tip-key">{key.slice(0, MAX_TIP_TEXT)}</strong>
          {id !== undefined && <span>{says}</span>}
          {value !== undefined && !isDown && (
            <span className="tip-value">{value === '' ? '(an empty value)' : value.slice(0, MAX_TIP_TEXT)}</span>
          )}
        </>
      );
      setTip({ anchor: element.getBoundingClientRect(), content });
    },
    [rows, store],
  );

  const handlers = useMemo(
    () => ({
      onPointerOver: (event: PointerEvent) => {
        const cell = event.target instanceof Element ? event.target.closest('[data-column]') : null;
        const row = cell?.closest('[data-row]')?.getAttribute('data-row');
        if (cell === null || row === null || row === undefined) setTip(undefined);
        else explain({ row: Number(row), column: Number(cell.getAttribute('data-column')) }, cell);
      },
      onPointerLeave: () => setTip(undefined),
      onBlur: () => {
        setActive(undefined);
        setTip(undefined);
      },
      onKeyDown: (event: KeyboardEvent) => {
        const step = steps[event.key];
        if (step === undefined || rows.keys.length === 0) return;
        event.preventDefault();
        const { nodes } = store.getState().view.world;
        const from = active ?? { row: -step.row, column: -step.column };
        const place = {
          row: Math.max(0, Math.min(from.row + step.row, rows.keys.length - 1)),
          column: Math.max(0, Math.min(from.column + step.column, nodes.length)),
        };
        setActive(place);
        reveal(place.row);
        requestAnimationFrame(() => {
          const cell = scroller.current?.querySelector(`#${stateCellId(place.row, place.column)}`);
          if (!(cell instanceof Element)) return;
          cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
          explain(place, cell);
        });
      },
    }),
    [active, explain, reveal, rows, scroller, store],
  );
  return { active, tip, handlers };
}

const steps: Readonly<Record<string, Place | undefined>> = {
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  PageUp: { row: -10, column: 0 },
  PageDown: { row: 10, column: 0 },
};
