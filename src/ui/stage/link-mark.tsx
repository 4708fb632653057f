import { usePlayground } from '../hooks.ts';
import { linkKey, qualityOf } from '../../timeline/world.ts';
import { linkState } from './link-state.ts';
import { between, cutShare, type NodePlace, type Point, type Scene } from './geometry.ts';

interface LinkMarkProps {
  readonly scene: Scene;
  readonly from: NodePlace;
  readonly to: NodePlace;
}

/** Half of the gap that a cut leaves in the line, in pixels. */
const GAP = 9;

/** The two directions between two nodes: a faint line, visibly cut or rough. */
export function LinkMark({ scene, from, to }: LinkMarkProps) {
  const isCut = usePlayground(({ view }) => view.world.cuts.has(linkKey(from.id, to.id)));
  const isCutBack = usePlayground(({ view }) => view.world.cuts.has(linkKey(to.id, from.id)));
  const roughness = usePlayground(({ view: { world } }) =>
    roughnessOf(qualityOf(world, from.id, to.id), qualityOf(world, to.id, from.id), world.network),
  );
  const state = usePlayground(
    ({ view: { world }, shownUs }) =>
      linkState(world, from.id, to.id, shownUs) ?? linkState(world, to.id, from.id, shownUs),
  );
  const isSelected = usePlayground(
    ({ selection }) =>
      selection?.type === 'link' &&
      [selection.link.from, selection.link.to].every((id) => id === from.id || id === to.id),
  );
  const at = between(from, to, cutShare(scene, from.id, to.id));
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return (
    <g className="link" data-rough={roughness} data-state={state} data-selected={isSelected ? '' : undefined}>
      {isCut && isCutBack ? (
        <>
          <LinkLine from={from} to={towards(at, from)} />
          <LinkLine from={towards(at, to)} to={to} />
        </>
      ) : (
        <LinkLine from={from} to={to} />
      )}
      {state === 'clogged' && !isCut && !isCutBack && (
        <path
          className="clog"
          transform={`translate(${at.x} ${at.y}) rotate(${angle})`}
          d="M-7,-6 L0,-2 L7,-6 V6 L0,2 L-7,6 Z"
        />
      )}
      {(isCut || isCutBack) && (
        <g className="cut" transform={`translate(${at.x} ${at.y}) rotate(${isCut ? angle : angle + 180})`}>
          {isCut && isCutBack ? (
            <path d={`M${-GAP + 3},-7 L${-GAP + 3},7 M${GAP - 3},-7 L${GAP - 3},7`} />
          ) : (
            <>
              <rect className="cut-gap" x={-9} y={-6} width={18} height={12} />
              <path d="M-8,0 H3 M-2,-4.5 L3.5,0 L-2,4.5 M7,-7 V7" />
            </>
          )}
        </g>
      )}
    </g>
  );
}

function LinkLine({ from, to }: { readonly from: Point; readonly to: Point }) {
  return <line className="link-line" x1={from.x} y1={from.y} x2={to.x} y2={to.y} />;
}

function towards(at: Point, end: Point): Point {
  const length = Math.hypot(end.x - at.x, end.y - at.y) || 1;
  return between(at, end, Math.min(1, GAP / length));
}

type Quality = ReturnType<typeof qualityOf>;

/** Whether either direction is worse than a calm link: it loses, repeats or reorders messages, or is slower than the network. */
function roughnessOf(one: Quality, other: Quality, network: Quality): 'lossy' | 'slow' | undefined {
  const both = [one, other];
  const isLossy = ({ loss, duplication, reordering, replay }: Quality): boolean =>
    loss > 0 || duplication > 0 || reordering !== undefined || replay !== undefined;
  if (both.some(isLossy)) return 'lossy';
  return both.some((quality) => quality.latency.meanMs > network.latency.meanMs) ? 'slow' : undefined;
}
