import type { MessageView } from '../../timeline/view.ts';
import { waitsAtDoor, type World } from '../../timeline/world.ts';
import { between, cutShare, type Lane, laneOf, type Point, type Scene } from './geometry.ts';

/** How long the burst of a lost message is seen, in virtual microseconds. */
export const BURST_US = 14_000;

/** Where a message is at a moment, and in what state. */
export type Flight =
  /** `faded`: it is on its way to a node that is down, or that died under it. `angle` in degrees, clockwise from the right. */
  | { readonly state: 'flying'; readonly at: Point; readonly angle: number; readonly faded: boolean }
  /** It has arrived at a paused or slow node and waits at its door. */
  | { readonly state: 'waiting'; readonly at: Point; readonly angle: number }
  /** It was lost here; `share` of its burst is over. */
  | { readonly state: 'burst'; readonly at: Point; readonly share: number }
  | undefined;

/** Where the message is drawn at that moment: linearly from its sender to its receiver, because that is the truth. */
export function flightOf(message: MessageView, world: World, scene: Scene, nowUs: number): Flight {
  const { sentUs, dueUs, fate } = message;
  const lane = laneOf(scene, message.from, message.to);
  if (lane === undefined || nowUs < sentUs) return undefined;
  const endUs = endOf(message, scene);
  const share = (at: number): number => (at - sentUs) / Math.max(1, dueUs - sentUs);
  if (nowUs < endUs) {
    const faded = fate === 'down' || world.machines[message.to]?.status === 'down';
    return { state: 'flying', at: between(lane.from, lane.to, share(nowUs)), angle: angleOf(lane), faded };
  }
  if (fate === 'sent' && waitsAtDoor(world, message.to)) return { state: 'waiting', at: lane.to, angle: angleOf(lane) };
  const isLost = fate !== 'sent' || world.machines[message.to]?.status === 'down';
  if (!isLost || nowUs >= endUs + BURST_US) return undefined;
  return { state: 'burst', at: between(lane.from, lane.to, share(endUs)), share: (nowUs - endUs) / BURST_US };
}

/** When it stops flying. What was sent into a cut link flies as far as the cut; what a node's death took flies on to the dead node. */
function endOf({ from, to, sentUs, dueUs, lostUs, fate }: MessageView, scene: Scene): number {
  if (fate === 'lost') return lostUs ?? dueUs;
  if (fate !== 'cut') return dueUs;
  if (lostUs !== undefined && lostUs > sentUs) return lostUs;
  return sentUs + cutShare(scene, from, to) * (dueUs - sentUs);
}

function angleOf({ from, to }: Lane): number {
  return (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
}
