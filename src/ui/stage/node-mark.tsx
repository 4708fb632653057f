import type { CSSProperties } from 'react';
import { isVoter } from '../../raft/configuration.ts';
import { membershipIn, presentConfiguration, type Membership } from '../../timeline/membership.ts';
import { isDiskBad, isSlow } from '../../timeline/world.ts';
import { usePlayground } from '../hooks.ts';
import { termColor } from '../term-color.ts';
import { ClockMark } from './clock-mark.tsx';
import { type NodePlace, type Scene, SMALL_RADIUS, standsAside, voteDots } from './geometry.ts';
import { nodeLabel, standingOf } from './node-label.ts';
import { membershipWord, voteShare } from './node-membership.ts';

interface NodeMarkProps {
  readonly scene: Scene;
  readonly place: NodePlace;
  /** Whether this one takes the Tab key; the arrow keys move on from it. */
  readonly isTabStop: boolean;
  /** The side of the split that is being drawn. */
  readonly side: 'left' | 'right' | undefined;
}

/** A node: role by shape and weight, term by hue and number, votes as dots. Its timer is drawn by the scheduler. */
export function NodeMark({ scene, place, isTabStop, side }: NodeMarkProps) {
  const node = usePlayground(({ view }) => view.nodes[place.id]);
  const machine = usePlayground(({ view }) => view.world.machines[place.id]);
  const membership = usePlayground(({ view }) => membershipIn(presentConfiguration(view), place.id));
  const isJoint = usePlayground(({ view }) => presentConfiguration(view).outgoing.length > 0);
  const isSelected = usePlayground(({ selection }) => selection?.type === 'node' && selection.node === place.id);
  if (node === undefined) return null;
  const standing = standingOf(node, machine);
  const radius = scene.nodeRadius;
  const isCandidate = standing === 'candidate';
  const clip = `hull-${place.id}`;
  const driftPpm = machine?.clock.driftPpm ?? 0;
  return (
    <g
      className="node"
      data-node={place.id}
      data-standing={standing}
      data-role={node.role}
      data-membership={membership}
      data-side={side}
      data-selected={isSelected ? '' : undefined}
      transform={`translate(${place.x} ${place.y})`}
      style={{ '--hue': termColor(node.term) } as CSSProperties}
      tabIndex={isTabStop ? 0 : -1}
      role="button"
      aria-haspopup="menu"
      aria-label={nodeLabel(node, machine, membership)}
    >
      <circle className="node-halo" r={radius + 11} />
      <circle className="node-hull" r={radius} />
      {membership === 'learner' && <circle className="node-learning" r={radius - 5} />}
      {isJoint && <JointHalves membership={membership} radius={radius - 5} />}
      {isCandidate && (
        <>
          <clipPath id={clip}>
            <circle r={radius - 3} />
          </clipPath>
          <rect
            className="node-water"
            clipPath={`url(#${clip})`}
            x={-radius}
            width={radius * 2}
            y={radius - 2 * radius * voteShare(node)}
            height={2 * radius}
          />
        </>
      )}
      {standing === 'paused' && (
        <circle r={radius - 1} fill={node.role === 'leader' ? 'url(#hatch-leader)' : 'url(#hatch)'} />
      )}
      <text className={radius < SMALL_RADIUS ? 'node-term small' : 'node-term'} y={radius < SMALL_RADIUS ? 4 : 2}>
        {node.term}
      </text>
      {radius >= (isJoint ? ROOMY_RADIUS : SMALL_RADIUS) && (
        <text className="node-term-caption" y={Math.min(15, radius / 2)}>
          term
        </text>
      )}
      {(isDiskBad(place.id, machine) || (node.diskWrite !== undefined && standing !== 'down')) && (
        <DiskMark radius={radius} isBad={isDiskBad(place.id, machine)} />
      )}
      {isSlow(machine) && standing !== 'down' && <PaceMark radius={radius} />}
      {driftPpm !== 0 && <ClockMark radius={radius} driftPpm={driftPpm} />}
      {(isCandidate || standing === 'pre-candidate') &&
        voteDots(scene, place, radius + 15)
          .filter(({ id }) => isVoter(node.configuration, id))
          .map((dot) => <VoteDot key={dot.id} x={dot.x - place.x} y={dot.y - place.y} vote={node.votes[dot.id]} />)}
      <NodeLabel
        scene={scene}
        place={place}
        // Beside the node there is room for both; the hatching says the one, the hull's shape the other.
        standing={
          standing === 'paused' && scene.labels === 'beside'
            ? `${node.role}, paused`
            : standing === 'follower'
              ? (membershipWord(membership) ?? standing)
              : standing
        }
        commitIndex={standing === 'down' ? undefined : node.commitIndex}
      />
    </g>
  );
}

/** Below this radius the halves of a joint configuration leave no room for a second line. */
const ROOMY_RADIUS = 32;

/** While two configurations hold jointly: a half for each of them in which it votes, the old one left and dashed. */
function JointHalves({ membership, radius }: { readonly membership: Membership; readonly radius: number }) {
  const half = (sweep: 0 | 1): string => `M0,${-radius} A${radius},${radius} 0 0 ${sweep} 0,${radius}`;
  const isOld = membership === 'voter' || membership === 'outgoing';
  const isNew = membership === 'voter' || membership === 'incoming';
  return (
    <>
      {isOld && <path className="joint-half old" d={half(0)} />}
      {isNew && <path className="joint-half" d={half(1)} />}
    </>
  );
}

/** A small cylinder on the rim: a write to the disk is under way, or, struck through, the disk is in trouble. */
function DiskMark({ radius, isBad }: { readonly radius: number; readonly isBad: boolean }) {
  const far = radius * 0.74;
  return (
    <g className="disk-mark" data-bad={isBad ? '' : undefined} transform={`translate(${far} ${far})`}>
      <path d="M-6,-4 v8 a6,2.5 0 0 0 12,0 v-8" />
      <ellipse cy={-4} rx={6} ry={2.5} />
      {isBad && <path className="strike" d="M-7,7 L7,-8" />}
    </g>
  );
}

/** Three dots in a row on the rim: the node takes its time over messages, and they queue. */
function PaceMark({ radius }: { readonly radius: number }) {
  const far = radius * 0.74;
  return (
    <g className="pace-mark" transform={`translate(${far} ${-far})`}>
      <rect x={-9} y={-4.5} width={18} height={9} rx={4.5} />
      {[-4.5, 0, 4.5].map((x) => (
        <circle key={x} cx={x} r={1.25} />
      ))}
    </g>
  );
}

function VoteDot({ x, y, vote }: { readonly x: number; readonly y: number; readonly vote: boolean | undefined }) {
  return (
    <g
      className="vote"
      data-vote={vote === undefined ? 'none' : vote ? 'granted' : 'refused'}
      transform={`translate(${x} ${y})`}
    >
      <circle r={4} />
      {vote === false && <path d="M-4.5,-4.5 L4.5,4.5 M-4.5,4.5 L4.5,-4.5" />}
    </g>
  );
}

/** With more nodes than this, what stands between two of them is close to both. */
const CROWDED = 5;

interface NodeLabelProps {
  readonly scene: Scene;
  readonly place: NodePlace;
  readonly standing: string;
  /** Undefined where it is not known: how far a dead node had committed is not on its disk. */
  readonly commitIndex: number | undefined;
}

/** Name and role, and the commit index, small, outside of the ring where nothing flies. */
function NodeLabel({ scene, place, standing, commitIndex }: NodeLabelProps) {
  const [right, up] = [Math.sin(place.angle), Math.cos(place.angle)];
  const isSmall = scene.nodeRadius < SMALL_RADIUS;
  const commit = commitIndex === undefined ? '' : `commit ${commitIndex}`;
  const isCrowded = scene.nodes.length > CROWDED;
  if (
    (scene.labels === 'beside' || (isCrowded && scene.labels === 'above-below')) &&
    !isSmall &&
    standsAside(place.angle)
  ) {
    const x = Math.sign(right) * (scene.nodeRadius + 24);
    return (
      <text textAnchor={right > 0 ? 'start' : 'end'} y={up > 0.2 ? -8 : up < -0.2 ? 4 : -2}>
        <tspan className="node-name" x={x}>
          {place.id}
        </tspan>
        {scene.labels === 'beside' && (
          <tspan className="node-role" dx={6}>
            {standing}
          </tspan>
        )}
        <tspan className="node-commit" x={x} dy={17}>
          {commit}
        </tspan>
      </text>
    );
  }
  if (isSmall || (isCrowded && scene.labels === 'short')) {
    // A candidate has its own vote there.
    const far = scene.nodeRadius + (isSmall ? 20 : 30);
    return (
      <text className={isSmall ? 'node-name small' : 'node-name'} textAnchor="middle" x={right * far} y={-up * far + 4}>
        {place.id}
      </text>
    );
  }
  const isAbove = up > -0.1;
  const [anchor, x] = labelAside(scene, right);
  const far = scene.nodeRadius + 24;
  return (
    <text textAnchor={anchor} x={x} y={isAbove ? -far : far + 10}>
      <tspan className="node-name">{place.id}</tspan>
      {scene.labels !== 'short' && (
        <tspan className="node-role" dx={5}>
          {commit === '' ? standing : `${standing},`}
        </tspan>
      )}
      <tspan className="node-commit" dx={5}>
        {commit}
      </tspan>
    </text>
  );
}

/** Outward of its node, clear of the lines to its neighbours, and of the label of the one beside it. */
function labelAside(
  { labels, nodes, nodeRadius }: Scene,
  right: number,
): readonly ['start' | 'middle' | 'end', number] {
  if (labels === 'short') return ['middle', 0];
  if (nodes.length <= CROWDED || Math.abs(right) < 0.05) return ['middle', right * 28];
  return right > 0 ? ['start', -nodeRadius] : ['end', nodeRadius];
}
