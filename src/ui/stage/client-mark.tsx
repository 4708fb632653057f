import { usePlayground } from '../hooks.ts';
import { CLIENT_RADIUS, type Point } from './geometry.ts';

/** A client outside of the ring: head and shoulders. It is filled while it waits for an answer. */
export function ClientMark({ place }: { readonly place: Point & { readonly id: string } }) {
  const isWaiting = usePlayground(({ view }) =>
    view.requests.some((request) => request.client === place.id && request.fate === undefined),
  );
  return (
    <g className="client-mark" data-waiting={isWaiting ? '' : undefined} transform={`translate(${place.x} ${place.y})`}>
      <circle className="client-hull" r={CLIENT_RADIUS} />
      <circle cy={-4} r={3.5} />
      <path d="M-6.5,7.5 a6.5,6 0 0 1 13,0" />
      <text y={CLIENT_RADIUS + 15}>{place.id === 'c1' ? 'you' : place.id}</text>
    </g>
  );
}
