import { type KeyboardEvent, lazy, type RefObject, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import type { NodeId } from '../../raft/entry.ts';
import { nodeActions } from '../actions/action-list.ts';
import { useHand, usePlayground, usePlaygroundStore } from '../hooks.ts';
import { useLater } from '../later.ts';
import { ClientMark } from './client-mark.tsx';
import { layOut, linksOf, type Point, type Scene, splitAlong, type Target, targetAt } from './geometry.ts';
import { LinkMark } from './link-mark.tsx';
import { NodeMark, nodeSelector } from './node-mark.tsx';
import { SplitLine, SplitText } from './split-line.tsx';
import type { MenuRequest } from './stage-menu.tsx';
import { StageTooltip } from './stage-tooltip.tsx';
import { useMotion } from './use-motion.ts';
import { useSize } from './use-size.ts';
import { useStagePointer } from './use-stage-pointer.ts';

const loadStageMenu = () => import('./stage-menu.tsx');
const StageMenu = lazy(async () => ({ default: (await loadStageMenu()).StageMenu }));

interface StageProps {
  /** Room at the left that something else stands in, in pixels. */
  readonly leftInset: number;
}

/** The ring: who leads? Structure is drawn by React, what moves by the scheduler. */
export function Stage({ leftInset }: StageProps) {
  const area = useRef<HTMLDivElement>(null);
  const hand = useHand();
  const scene = useScene(area, leftInset);
  const messages = useRef<HTMLCanvasElement>(null);
  const marks = useMotion(scene, messages);
  const [menu, setMenu] = useState<MenuRequest>();
  const openMenu = useRef<MenuRequest>(undefined);
  useEffect(() => {
    openMenu.current = menu;
  }, [menu]);
  const [tabStop, setTabStop] = useState<NodeId>('n1');
  useStageMenuAhead();

  const findTarget = (point: Point, reach: number): Target =>
    scene === undefined ? undefined : targetAt(scene, point, marks(), reach);
  const pointer = useStagePointer({
    findTarget,
    onSplit: (from, to) => {
      const groups = scene === undefined ? undefined : splitAlong(scene, from, to);
      if (groups !== undefined) hand.act({ type: 'split', groups });
    },
    onMenu: setMenu,
  });
  const keys = useNodeKeys(setTabStop);
  const { drag, over } = pointer;
  const sides = drag === undefined || scene === undefined ? undefined : splitAlong(scene, drag.from, drag.to);
  const focusable = scene?.nodes.some(({ id }) => id === tabStop) === true ? tabStop : 'n1';

  return (
    <>
      {/* The pointer is heard for the whole stage, since most of what it points at is drawn by the scheduler; nodes are buttons. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={area}
        className="stage"
        role="group"
        aria-label="Ring of nodes"
        data-dragging={drag === undefined ? undefined : ''}
        data-over={over?.target.type}
        {...pointer.handlers}
        onKeyDown={keys}
      >
        {scene !== undefined && (
          <svg className="stage-drawing">
            <Hatch />
            {drag !== undefined && <SplitLine drag={drag} sides={sides} />}
            <g className="links" data-crowded={scene.nodes.length > 12 ? '' : undefined}>
              {linksOf(scene).map(({ from, to }) => (
                <LinkMark key={`${from.id}-${to.id}`} scene={scene} from={from} to={to} />
              ))}
            </g>
            <g>
              {scene.nodes.map((place) => (
                <NodeMark
                  key={place.id}
                  scene={scene}
                  place={place}
                  isTabStop={place.id === focusable}
                  side={sides === undefined ? undefined : sides[0].includes(place.id) ? 'left' : 'right'}
                />
              ))}
            </g>
            <g>
              {scene.clients.map((place) => (
                <ClientMark key={place.id} place={place} />
              ))}
            </g>
            {drag !== undefined && <SplitText drag={drag} sides={sides} />}
          </svg>
        )}
        {scene !== undefined && <canvas ref={messages} className="messages" aria-hidden="true" />}
        {over !== undefined && menu === undefined && drag === undefined && (
          <StageTooltip target={over.target} at={over.at} />
        )}
      </div>
      {/* Beside the stage and not in it: what is pressed in a menu would else be heard as pressed on the stage below it. */}
      {menu !== undefined && (
        <Suspense>
          <StageMenu
            key={`${menu.at.x} ${menu.at.y}`}
            request={menu}
            onClose={() => setMenu(undefined)}
            onReturnFocus={() => {
              // Where a click on another place closed the one menu, it has opened the next, which holds the focus.
              const isLast = openMenu.current === undefined;
              if (isLast && menu.target?.type === 'node') focusNode(area.current, menu.target.node);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

/** Loads the menu before it is asked for, so that it opens at once. */
function useStageMenuAhead(): void {
  const isTime = useLater();
  useEffect(() => {
    // A failure shows itself when the menu is opened.
    if (isTime) loadStageMenu().catch(() => undefined);
  }, [isTime]);
}

function useScene(area: RefObject<HTMLDivElement | null>, leftInset: number): Scene | undefined {
  const size = useSize(area);
  const nodes = usePlayground(({ view }) => view.world.nodes);
  // Clients are known by what they asked; the person at the screen is always one.
  const clients = usePlayground(({ view }) =>
    [...new Set(['c1', ...view.requests.map(({ client }) => client)])].join(),
  );
  return useMemo(() => {
    if (size === undefined || size.width === 0 || size.height === 0) return undefined;
    const box = { x: leftInset, y: 0, width: size.width - leftInset, height: size.height };
    return layOut(nodes, clients.split(','), box);
  }, [size, nodes, clients, leftInset]);
}

/** Arrow keys go round the ring; a letter does what the menu says it does; Enter opens the menu. */
function useNodeKeys(setTabStop: (node: NodeId) => void) {
  const store = usePlaygroundStore();
  const hand = useHand();
  return (event: KeyboardEvent<HTMLDivElement>): void => {
    const element = event.target instanceof Element ? event.target.closest('[data-node]') : null;
    const node = element?.getAttribute('data-node');
    const isCommand = event.ctrlKey || event.metaKey || event.altKey;
    if (element === null || node === null || node === undefined || isCommand) return;
    const { nodes } = store.getState().view.world;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const next = nodes[(nodes.indexOf(node) + step + nodes.length) % nodes.length];
      if (next === undefined) return;
      event.preventDefault();
      setTabStop(next);
      focusNode(event.currentTarget, next);
      return;
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      openMenuOf(element);
      return;
    }
    const entries = nodeActions(store.getState().view, node).flat();
    const chosen = entries.find((entry) => entry.type === 'item' && entry.key === event.key.toUpperCase());
    if (chosen?.type !== 'item') return;
    event.preventDefault();
    if (chosen.reason === undefined) hand.act(chosen.action);
    else hand.notify('info', chosen.reason);
  };
}

/** Opens the context menu of an element, as a right click on its middle would. */
function openMenuOf(element: Element): void {
  const { left, top, width, height } = element.getBoundingClientRect();
  element.dispatchEvent(
    new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true,
      clientX: left + width / 2,
      clientY: top + height / 2,
    }),
  );
}

function focusNode(area: Element | null, node: NodeId): void {
  const element = area?.querySelector(nodeSelector(node));
  if (element instanceof SVGElement) element.focus({ preventScroll: true });
}

/** The patterns of what is paused: on paper, and on the hue of a leader. */
function Hatch() {
  return (
    <defs>
      {['hatch', 'hatch-leader'].map((id) => (
        <pattern key={id} id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line className={`${id}-line`} x1="0" y1="0" x2="0" y2="6" />
        </pattern>
      ))}
    </defs>
  );
}
