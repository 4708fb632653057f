import { presentConfiguration } from '../../timeline/membership.ts';
import type { NodeId } from '../../raft/entry.ts';
import { usePlayground } from '../hooks.ts';
import type { Scene } from './geometry.ts';
import { majorityOf } from './node-membership.ts';

/** How wide a character is on average, and what is left free beside the nodes, in pixels. */
const CHARACTER_WIDTH = 7.2;
const MARGIN = 14;

/** While two configurations hold jointly: both majorities, in the middle of the ring, in as many words as it has room for. */
export function JointCaption({ scene: { center, ringRadius, nodeRadius } }: { readonly scene: Scene }) {
  // A text stays the same while the configuration does.
  const names = usePlayground(({ view }) => {
    const { voters, outgoing } = presentConfiguration(view);
    return outgoing.length === 0 ? '' : `${outgoing.join(' ')}|${voters.join(' ')}`;
  });
  const [old, next] = names.split('|').map((one) => one.split(' '));
  if (old === undefined || next === undefined) return null;
  const characters = (2 * (ringRadius - nodeRadius - MARGIN)) / CHARACTER_WIDTH;
  const long = [majorityIn('Old', old), majorityIn('New', next)];
  const short = [
    `Old: ${majorityOf(old.length)} of ${old.length}`,
    `New: ${majorityOf(next.length)} of ${next.length}`,
  ];
  const lines = [long, short].find((some) => some.every((line) => line.length <= characters));
  if (lines === undefined) return null;
  return (
    <text className="joint-caption" y={center.y} textAnchor="middle">
      <tspan className="joint-title" x={center.x} dy={-15}>
        Joint (§6)
      </tspan>
      {lines.map((line, place) => (
        <tspan key={line} x={center.x} dy={place === 0 ? 20 : 18}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

function majorityIn(name: string, members: readonly NodeId[]): string {
  return `${name}: ${majorityOf(members.length)} of ${members.join(' ')}`;
}
