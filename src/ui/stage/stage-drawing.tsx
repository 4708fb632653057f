import type { NodeId } from '../../raft/entry.ts';
import { ClientMark } from './client-mark.tsx';
import { type Lane, linksOf, type Scene, splitAlong } from './geometry.ts';
import { JointCaption } from './joint-caption.tsx';
import { LinkMark } from './link-mark.tsx';
import { NodeMark } from './node-mark.tsx';
import { SplitLine, SplitText } from './split-line.tsx';

interface StageDrawingProps {
  readonly scene: Scene;
  /** The node that takes the Tab key. */
  readonly tabStop: NodeId;
  /** The line that is being drawn across the ring. */
  readonly drag: Lane | undefined;
}

/** What of the stage has a shape and a place: links, nodes, clients, and the line that would split them. */
export function StageDrawing({ scene, tabStop, drag }: StageDrawingProps) {
  const sides = drag === undefined ? undefined : splitAlong(scene, drag.from, drag.to);
  return (
    <svg className="stage-drawing">
      <Hatch />
      {drag !== undefined && <SplitLine drag={drag} sides={sides} />}
      <g className="links" data-crowded={scene.nodes.length > 12 ? '' : undefined}>
        {linksOf(scene).map(({ from, to }) => (
          <LinkMark key={`${from.id}-${to.id}`} scene={scene} from={from} to={to} />
        ))}
      </g>
      <JointCaption scene={scene} />
      <g>
        {scene.nodes.map((place) => (
          <NodeMark
            key={place.id}
            scene={scene}
            place={place}
            isTabStop={place.id === tabStop}
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
  );
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
