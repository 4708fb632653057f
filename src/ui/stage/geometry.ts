import type { NodeId } from '../../raft/entry.ts';
import type { DirectedLink } from '../../timeline/action.ts';

/** A place on the stage, in CSS pixels from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A node's place: `angle` runs clockwise from the top, in radians. */
export interface NodePlace extends Point {
  readonly id: NodeId;
  readonly angle: number;
}

/** Where everything stands. A pure function of the size of the stage and of who is on it. */
export interface Scene {
  readonly center: Point;
  readonly ringRadius: number;
  readonly nodeRadius: number;
  readonly nodes: readonly NodePlace[];
  readonly clients: readonly (Point & { readonly id: string })[];
  readonly places: ReadonlyMap<string, Point>;
}

/** Room that a node's writing takes beside it, sideways and upright. */
const LABEL_WIDTH = 74;
const LABEL_HEIGHT = 36;
const MAX_NODE_RADIUS = 34;
const MIN_NODE_RADIUS = 9;
export const CLIENT_RADIUS = 13;

/** Nodes on a ring as large as the box allows, n1 at the top, then clockwise; clients in a column right of it. */
export function layOut(nodes: readonly NodeId[], clients: readonly string[], box: Box): Scene {
  const clientColumn = CLIENT_RADIUS * 2 + 16;
  const width = Math.max(60, box.width - clientColumn);
  const count = Math.max(1, nodes.length);
  // Half of the chord to the neighbour, at the ring that would just fit, bounds a node's size.
  const widest = Math.min(width / 2, box.height / 2);
  const nodeRadius = Math.max(
    MIN_NODE_RADIUS,
    Math.min(MAX_NODE_RADIUS, widest * 0.16, count < 3 ? Infinity : widest * 0.8 * Math.sin(Math.PI / count) * 0.62),
  );
  const around = nodeRadius + 10;
  const ringRadius = Math.max(
    nodeRadius,
    Math.min(width / 2 - around - LABEL_WIDTH * Math.min(1, width / 420), box.height / 2 - around - LABEL_HEIGHT),
  );
  // A pentagon's lowest nodes stand higher than the lowest point of its circle: use the room that is left.
  const lowest = Math.max(...nodes.map((_, position) => -Math.cos(angleOf(position, count))), -1);
  const center = {
    x: box.x + width / 2,
    y: box.y + box.height / 2 + (ringRadius * (1 - lowest)) / 2,
  };
  const places = nodes.map((id, position): NodePlace => {
    const angle = angleOf(position, count);
    return { id, angle, x: center.x + ringRadius * Math.sin(angle), y: center.y - ringRadius * Math.cos(angle) };
  });
  const pace = Math.min(64, box.height / Math.max(1, clients.length));
  const clientPlaces = clients.map((id, position) => ({
    id,
    x: box.x + box.width - CLIENT_RADIUS - 10,
    y: box.y + box.height / 2 + (position - (clients.length - 1) / 2) * pace,
  }));
  return {
    center,
    ringRadius,
    nodeRadius,
    nodes: places,
    clients: clientPlaces,
    places: new Map([...places, ...clientPlaces].map((place) => [place.id, { x: place.x, y: place.y }])),
  };
}

function angleOf(position: number, count: number): number {
  return (2 * Math.PI * position) / count;
}

/** A straight way from one place to another, from rim to rim, a little to the right of the middle so that two can pass. */
export interface Lane {
  readonly from: Point;
  readonly to: Point;
}

const LANE_OFFSET = 5;

/** The way that messages take; `undefined` where one of the two is not on the stage. */
export function laneOf(scene: Scene, from: string, to: string): Lane | undefined {
  const start = scene.places.get(from);
  const end = scene.places.get(to);
  if (start === undefined || end === undefined) return undefined;
  const length = distance(start, end);
  if (length === 0) return undefined;
  const along = { x: (end.x - start.x) / length, y: (end.y - start.y) / length };
  const aside = { x: -along.y * LANE_OFFSET, y: along.x * LANE_OFFSET };
  const rimOf = (id: string): number =>
    (scene.clients.some((client) => client.id === id) ? CLIENT_RADIUS : scene.nodeRadius) + 8;
  const [near, far] = [rimOf(from), rimOf(to)];
  return {
    from: { x: start.x + along.x * near + aside.x, y: start.y + along.y * near + aside.y },
    to: { x: end.x - along.x * far + aside.x, y: end.y - along.y * far + aside.y },
  };
}

export function between(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

export function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

/** How far a point is from a stretch between two others. */
export function distanceToSegment(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const squared = dx * dx + dy * dy;
  if (squared === 0) return distance(point, from);
  const share = Math.max(0, Math.min(1, ((point.x - from.x) * dx + (point.y - from.y) * dy) / squared));
  return distance(point, between(from, to, share));
}

/**
 * How far along the link its cut is drawn, from the node with the lower place on the ring. Not in the middle where
 * links through the centre would all be cut at one point.
 */
export function cutShare(scene: Scene, from: NodeId, to: NodeId): number {
  const start = scene.nodes.findIndex((node) => node.id === from);
  const end = scene.nodes.findIndex((node) => node.id === to);
  const isDiameter = Math.abs(start - end) * 2 === scene.nodes.length;
  if (!isDiameter || scene.nodes.length === 2) return 0.5;
  return start < end ? 0.4 : 0.6;
}

/** A dot around a candidate for every member's vote, each on the side where that member stands; its own points away. */
export function voteDots(scene: Scene, candidate: NodePlace, dotDistance: number): readonly NodePlace[] {
  return scene.nodes.map((voter) => {
    const outward = { x: Math.sin(candidate.angle), y: -Math.cos(candidate.angle) };
    const far = distance(candidate, voter);
    const toward = far === 0 ? outward : { x: (voter.x - candidate.x) / far, y: (voter.y - candidate.y) / far };
    return {
      id: voter.id,
      angle: voter.angle,
      x: candidate.x + toward.x * dotDistance,
      y: candidate.y + toward.y * dotDistance,
    };
  });
}

/** What a pointer is on. */
export type Target =
  | { readonly type: 'node'; readonly node: NodeId }
  | { readonly type: 'message'; readonly messageId: string }
  | { readonly type: 'link'; readonly link: DirectedLink }
  | { readonly type: 'client'; readonly client: string }
  | undefined;

/** Targets are larger than what is drawn, and larger still for a finger. */
export const REACH = { mouse: 8, finger: 18 };

/**
 * What stands at a point: a node first, then the nearest message, then a client, then the nearest link. A link is named in the order of the ring.
 */
export function targetAt(
  scene: Scene,
  point: Point,
  messages: Iterable<Point & { readonly messageId: string }>,
  reach: number = REACH.mouse,
): Target {
  const node = nearest(scene.nodes, (place) => distance(place, point), scene.nodeRadius + reach);
  if (node !== undefined) return { type: 'node', node: node.id };
  const message = nearest(messages, (place) => distance(place, point), 6 + reach);
  if (message !== undefined) return { type: 'message', messageId: message.messageId };
  const client = nearest(scene.clients, (place) => distance(place, point), CLIENT_RADIUS + reach);
  if (client !== undefined) return { type: 'client', client: client.id };
  const link = nearest(linksOf(scene), ({ from, to }) => distanceToSegment(point, from, to), reach);
  return link === undefined ? undefined : { type: 'link', link: { from: link.from.id, to: link.to.id } };
}

/** Every pair of nodes once, in the order of the ring. */
export function linksOf(scene: Scene): readonly { readonly from: NodePlace; readonly to: NodePlace }[] {
  return scene.nodes.flatMap((from, position) => scene.nodes.slice(position + 1).map((to) => ({ from, to })));
}

function nearest<Item>(items: Iterable<Item>, far: (item: Item) => number, within: number): Item | undefined {
  let best: Item | undefined;
  let bestDistance = within;
  for (const item of items) {
    const itemDistance = far(item);
    if (itemDistance <= bestDistance) {
      best = item;
      bestDistance = itemDistance;
    }
  }
  return best;
}

/** The shortest drag that counts as a line, in pixels. */
export const MIN_SPLIT_LINE = 40;

/** The two sides of the line through these points; undefined where it is too short or leaves all nodes on one side. */
export function splitAlong(
  scene: Scene,
  from: Point,
  to: Point,
): readonly [readonly NodeId[], readonly NodeId[]] | undefined {
  if (distance(from, to) < MIN_SPLIT_LINE) return undefined;
  const [left, right] = [
    scene.nodes.filter((node) => sideOf(node, from, to) < 0),
    scene.nodes.filter((node) => sideOf(node, from, to) >= 0),
  ];
  if (left.length === 0 || right.length === 0) return undefined;
  return [left.map(({ id }) => id), right.map(({ id }) => id)];
}

/** Below 0 left of the line, above 0 right of it, looking along it on a screen (where y grows downward). */
export function sideOf(point: Point, from: Point, to: Point): number {
  return (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x);
}

/** The two ends of a line where it leaves the box, so that a split can be drawn across the whole stage. */
export function acrossBox(from: Point, to: Point, box: Box): Lane {
  const length = distance(from, to) || 1;
  const reach = box.width + box.height;
  const along = { x: ((to.x - from.x) / length) * reach, y: ((to.y - from.y) / length) * reach };
  return { from: { x: from.x - along.x, y: from.y - along.y }, to: { x: from.x + along.x, y: from.y + along.y } };
}
