import { useRef, useState } from 'react';
import type { NodeId } from '../../raft/entry.ts';
import { useHand } from '../hooks.ts';
import { Late } from '../late.tsx';
import { latePart } from '../late-part.ts';
import { AddNode } from './add-node.tsx';
import { splitAlong, targetAt } from './geometry.ts';
import { StageDrawing } from './stage-drawing.tsx';
import { useMotion } from './use-motion.ts';
import { useNodeKeys } from './use-node-keys.ts';
import { useScene } from './use-scene.ts';
import { useStageMenu } from './use-stage-menu.tsx';
import { useStagePointer } from './use-stage-pointer.ts';

const stageTooltip = latePart('What explains the ring', async () => (await import('./stage-tooltip.tsx')).StageTooltip);

interface StageProps {
  /** Room at the left that something else stands in, in pixels. */
  readonly leftInset: number;
}

/** The ring: who leads? Structure is drawn by React, what moves by the scheduler. */
export function Stage({ leftInset }: StageProps) {
  const area = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const hand = useHand();
  const scene = useScene(area, leftInset);
  const marks = useMotion(scene, canvas);
  const menu = useStageMenu(area);
  const [tabStop, setTabStop] = useState<NodeId>('n1');
  const keys = useNodeKeys(setTabStop);
  const { over, drag, handlers } = useStagePointer({
    findTarget: (point, reach) => (scene === undefined ? undefined : targetAt(scene, point, marks(), reach)),
    onSplit: (from, to) => {
      const groups = scene === undefined ? undefined : splitAlong(scene, from, to);
      if (groups !== undefined) hand.act({ type: 'split', groups });
    },
    onMenu: menu.open,
  });
  const isThere = scene?.nodes.some(({ id }) => id === tabStop) === true;

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
        {...handlers}
        onKeyDown={keys}
      >
        {scene !== undefined && (
          <>
            <StageDrawing scene={scene} tabStop={isThere ? tabStop : 'n1'} drag={drag} />
            <canvas ref={canvas} className="messages" aria-hidden="true" />
          </>
        )}
        <Late part={stageTooltip}>
          {(StageTooltip) =>
            over !== undefined &&
            !menu.isOpen &&
            drag === undefined && <StageTooltip target={over.target} at={over.at} />
          }
        </Late>
      </div>
      <AddNode />
      {/* Beside the stage and not in it: what is pressed in a menu would else be heard as pressed on the stage below it. */}
      {menu.menu}
    </>
  );
}
