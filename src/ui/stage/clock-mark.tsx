/**
 * A small clock on the rim: this node's own runs fast (its hand is ahead) or slow (it is behind). It does not move: the
 * rate is what matters, and the tooltip tells it.
 */
export function ClockMark({ radius, driftPpm }: { readonly radius: number; readonly driftPpm: number }) {
  const far = radius * 0.74;
  const ahead = driftPpm > 0 ? 1 : -1;
  return (
    <g className="clock-mark" data-clock={driftPpm > 0 ? 'fast' : 'slow'} transform={`translate(${-far} ${far})`}>
      <circle r={7} />
      <path d={`M0,-4.5 V0 L${3.6 * ahead},${-2.1}`} />
    </g>
  );
}
