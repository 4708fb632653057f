import { ContextMenu } from 'radix-ui';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import type { NodeId } from '../../raft/entry.ts';
import { nodeActions } from '../actions/action-list.ts';
import { useHand, usePlayground, usePlaygroundStore } from '../hooks.ts';
import { ClientMark } from './client-mark.tsx';
import { layOut, linksOf, type Point, type Scene, splitAlong, type Target, targetAt } from './geometry.ts';
import { LinkMark } from './link-mark.tsx';
import { NodeMark, nodeSelector } from './node-mark.tsx';
import { SplitLine } from './split-line.tsx';
import { StageMenu } from './stage-menu.tsx';
import { StageTooltip } from './stage-tooltip.tsx';
import { useMotion } from './use-motion.ts';
import { useSize } from './use-size.ts';
import { useStagePointer } from './use-stage-pointer.ts';

interface StageProps {
  /** Room at the left that something else stands in, in pixels. */
  readonly leftInset: number;
}

/** The ring: who leads? Structure is drawn by React, what moves by the scheduler. */
export function Stage({ leftInset }: StageProps) {
  const area = useRef<HTMLDivElement>(null);
  const hand = useHand();
  const scene = useScene(area, leftInset);
  const motion = useMotion(scene);
  const [menuTarget, setMenuTarget] = useState<Target>();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [tabStop, setTabStop] = useState<NodeId>('n1');

  const findTarget = (point: Point, reach: number): Target =>
    scene === undefined ? undefined : targetAt(scene, point, motion.marks(), reach);
  const pointer = useStagePointer({
    findTarget,
    onSplit: (from, to) => {
      const groups = scene === undefined ? undefined : splitAlong(scene, from, to);
      if (groups !== undefined) hand.act({ type: 'split', groups });
    },
  });
  const keys = useNodeKeys(setTabStop);
  const sides =
    pointer.drag === undefined || scene === undefined
      ? undefined
      : splitAlong(scene, pointer.drag.from, pointer.drag.to);
  const focusable = scene?.nodes.some(({ id }) => id === tabStop) === true ? tabStop : 'n1';

  return (
    <ContextMenu.Root modal={false} onOpenChange={setMenuOpen}>
      <ContextMenu.Trigger asChild>
        {/* The pointer is heard here for the whole stage; nodes take the keys. */}
        <div
          ref={area}
          className="stage"
          role="group"
          aria-label="Ring of nodes"
          data-dragging={pointer.drag === undefined ? undefined : ''}
          data-over={pointer.over === undefined ? undefined : pointer.over.target.type}
          {...pointer.handlers}
          onContextMenu={(event) => {
            pointer.rest();
            setMenuTarget(menuTargetOf(event.nativeEvent, pointer.pointOf(event), findTarget));
          }}
          onKeyDown={keys}
        >
          {scene !== undefined && (
            <svg className="stage-drawing" aria-hidden={false}>
              <Hatch />
              {pointer.drag !== undefined && <SplitLine drag={pointer.drag} sides={sides} />}
              <g>
                {linksOf(scene).map(({ from, to }) => (
                  <LinkMark key={`${from.id}-${to.id}`} scene={scene} from={from} to={to} />
                ))}
              </g>
              <g ref={motion.timers} />
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
              <g ref={motion.messages} className="messages" />
            </svg>
          )}
          {pointer.over !== undefined && !isMenuOpen && pointer.drag === undefined && (
            <StageTooltip target={pointer.over.target} at={pointer.over.at} />
          )}
        </div>
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content
          className="menu"
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (menuTarget?.type === 'node') focusNode(area.current, menuTarget.node);
          }}
        >
          <StageMenu target={menuTarget} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function useScene(area: React.RefObject<HTMLDivElement | null>, leftInset: number): Scene | undefined {
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

/** A key opens the menu of what has the focus, a pointer that of what is under it. */
function menuTargetOf(event: MouseEvent, point: Point, findTarget: (point: Point, reach: number) => Target): Target {
  const focused = event.target instanceof Element ? event.target.closest('[data-node]') : null;
  const node = focused?.getAttribute('data-node') ?? undefined;
  if (node !== undefined) return { type: 'node', node };
  return findTarget(point, 10);
}

/** Arrow keys go round the ring; a letter does what the menu says it does; Enter opens the menu. */
function useNodeKeys(setTabStop: (node: NodeId) => void) {
  const store = usePlaygroundStore();
  const hand = useHand();
  return (event: KeyboardEvent<HTMLDivElement>): void => {
    const element = event.target instanceof Element ? event.target.closest('[data-node]') : null;
    const node = element?.getAttribute('data-node');
    if (element === null || node === null || node === undefined || event.ctrlKey || event.metaKey || event.altKey)
      return;
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
      openMenu(element);
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
function openMenu(element: Element): void {
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

/** The pattern of what is paused. */
function Hatch() {
  return (
    <defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line className="hatch-line" x1="0" y1="0" x2="0" y2="6" />
      </pattern>
    </defs>
  );
}
