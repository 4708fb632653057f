import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useCalmly } from '../calm.ts';
import { usePlaygroundStore } from '../hooks.ts';
import { cellId } from './log-columns.ts';
import { explainPlace } from './log-words.tsx';
import { explainProgress } from './progress-words.ts';
import type { TipContent } from './tip.tsx';

/** One place in one log; index 0 is the node's name, before the first entry. */
export interface LogPlace {
  readonly node: string;
  readonly index: number;
}

/** Explains what the pointer is over, or where the arrow keys have gone: to the places up to `last`. */
export function useLogPointing(
  scroller: { readonly current: HTMLDivElement | null },
  last: number,
  reveal: (index: number) => void,
) {
  const [active, setActive] = useState<LogPlace>();
  const [tip, setTip] = useState<TipContent>();
  const explained = useRef<string>(undefined);
  const hide = useCallback(() => {
    explained.current = undefined;
    setTip(undefined);
  }, []);
  const explain = useCallback((place: LogPlace, element: Element) => {
    explained.current = element.id;
    setTip({ anchor: element.getBoundingClientRect(), content: <PlaceWords place={place} /> });
  }, []);
  const move = useCallback(
    (place: LogPlace): void => {
      setActive(place);
      reveal(place.index);
      // The cell may have to be scrolled to and drawn first.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          const cell = elementAt(scroller.current, place);
          if (cell instanceof Element) explain(place, cell);
          else hide();
        }),
      );
    },
    [explain, hide, reveal, scroller],
  );
  const onKeyDown = useArrowKeys(active, last, move);
  const handlers = useMemo(
    () => ({
      // A move of the pointer, not of what is below it: who scrolls is not in need of words.
      onPointerMove: (event: PointerEvent) => {
        const cell = event.target instanceof Element ? event.target.closest('[data-index]') : null;
        const node = cell?.closest('[data-node]')?.getAttribute('data-node');
        if (cell === null || node === null || node === undefined) hide();
        else if (cell.id !== explained.current) explain({ node, index: Number(cell.getAttribute('data-index')) }, cell);
      },
      onPointerLeave: hide,
      onWheel: hide,
      onBlur: () => {
        setActive(undefined);
        hide();
      },
      onKeyDown,
    }),
    [explain, hide, onKeyDown],
  );
  return { active, tip, handlers };
}

function useArrowKeys(active: LogPlace | undefined, last: number, move: (place: LogPlace) => void) {
  const store = usePlaygroundStore();
  return useCallback(
    (event: KeyboardEvent) => {
      const { nodes } = store.getState().view.world;
      const row = Math.max(0, nodes.indexOf(active?.node ?? ''));
      const next = movedBy(event.key, row, active?.index ?? last);
      if (next === undefined) return;
      event.preventDefault();
      const node = nodes[Math.max(0, Math.min(next.row, nodes.length - 1))];
      if (node !== undefined) move({ node, index: Math.max(0, Math.min(next.index, last)) });
    },
    [active, last, move, store],
  );
}

/** Where it is drawn: as an entry, or as a part of the snapshot that took its place. */
function elementAt(grid: Element | null, { node, index }: LogPlace): Element | null | undefined {
  const block = grid?.querySelector(`[data-node=${node}] .log-snapshot`);
  // Place 0 is the node's name.
  const isInBlock = index > 0 && index <= Number(block?.getAttribute('data-index') ?? 0);
  return isInBlock ? block : grid?.querySelector(`#${cellId(node, index)}`);
}

/** What there is to say of a place in a log, for as long as it is pointed at. */
function PlaceWords({ place: { node, index } }: { readonly place: LogPlace }) {
  const words = useCalmly(({ view, config }) =>
    (index === 0 ? explainProgress(view, config, node) : explainPlace(view, node, index)).join('\n'),
  );
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
