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
  /** Where a node's name stands: beside it where there is room, else above the upper and below the lower ones. */
  readonly labels: 'beside' | 'above-below' | 'short';
  readonly nodes: readonly NodePlace[];
  readonly clients: readonly (Point & { readonly id: string })[];
  readonly places: ReadonlyMap<string, Point>;
}

const MAX_NODE_RADIUS = 34;
const MIN_NODE_RADIUS = 9;
export const CLIENT_RADIUS = 13;
/** What a node's timer and votes take around it. */
const AROUND = 20;
/** Room for a line above or below a node, and for two lines beside it. */
const LINE_HEIGHT = 22;
const BESIDE_WIDTH = 112;
/** On a box narrower than this there is room only for short labels. */
const SHORT_BELOW = 460;
/** How far a label above or below a node reaches sideways. */
const SHORT_ASIDE = 46;
const LONG_ASIDE = 108;

/** Nodes on a ring as large as the box allows, n1 at the top, then clockwise; clients right of it, where there is a gap. */
export function layOut(nodes: readonly NodeId[], clients: readonly string[], box: Box): Scene {
  const beside = ringIn(nodes.length, box, true);
  const ring = beside.hasRoomBeside ? beside : ringIn(nodes.length, box, false);
  const { center, ringRadius, nodeRadius } = ring;
  const places = nodes.map((id, position): NodePlace => {
    const angle = angleOf(position, nodes.length);
    // The first node stands at the top; angles run clockwise.
    return { id, angle, x: center.x + ringRadius * Math.sin(angle), y: center.y - ringRadius * Math.cos(angle) };
  });
  const clientPlaces = placeClients(clients, places, ring, box);
  return {
    center,
    ringRadius,
    nodeRadius,
    labels: box.width < SHORT_BELOW ? 'short' : beside.hasRoomBeside ? 'beside' : 'above-below',
    nodes: places,
    clients: clientPlaces,
    places: new Map([...places, ...clientPlaces].map((place) => [place.id, { x: place.x, y: place.y }])),
  };
}

/** Whether a node of this angle stands far enough to a side that its label has room beside it. */
export function standsAside(angle: number): boolean {
  return Math.abs(Math.sin(angle)) > 0.35;
}

/** Below this radius a node has room for its term and its name alone. */
export const SMALL_RADIUS = 18;

interface Ring {
  readonly center: Point;
  readonly ringRadius: number;
  readonly nodeRadius: number;
  readonly hasRoomBeside: boolean;
}

function ringIn(count: number, box: Box, labelsBeside: boolean): Ring {
  const angles = Array.from({ length: Math.max(1, count) }, (_, position) => angleOf(position, Math.max(1, count)));
  // A pentagon's lowest nodes stand higher than the lowest point of its circle: the ring may be larger for it.
  const lowest = Math.max(...angles.map((angle) => -Math.cos(angle)));
  const widest = Math.max(...angles.map((angle) => Math.abs(Math.sin(angle))), 0.2);
  const hasLowLabels = angles.some((angle) => Math.cos(angle) < 0 && !(labelsBeside && standsAside(angle)));
  const radiusFor = (nodeRadius: number): number => {
    const around = nodeRadius + AROUND;
    const heightLeft = box.height - 2 * around - LINE_HEIGHT * (hasLowLabels ? 2 : 1);
    const byHeight = count < 2 ? heightLeft : heightLeft / (1 + lowest);
    const aside = box.width < SHORT_BELOW ? SHORT_ASIDE : LONG_ASIDE;
    const byWidth = (box.width / 2 - (labelsBeside ? around : Math.max(around, aside))) / widest;
    return Math.max(nodeRadius, Math.min(byHeight, byWidth));
  };
  const roomy = radiusFor(MAX_NODE_RADIUS);
  const byNeighbour = count < 3 ? Infinity : roomy * Math.sin(Math.PI / count) * 0.6;
  const nodeRadius = Math.max(MIN_NODE_RADIUS, Math.min(MAX_NODE_RADIUS, roomy * 0.24, byNeighbour));
  const ringRadius = count < 2 ? 0 : radiusFor(nodeRadius);
  const top = box.y + nodeRadius + AROUND + LINE_HEIGHT;
  const spare =
    box.height - 2 * (nodeRadius + AROUND) - LINE_HEIGHT * (hasLowLabels ? 2 : 1) - ringRadius * (1 + lowest);
  return {
    center: { x: box.x + box.width / 2, y: top + ringRadius + Math.max(0, spare / 2) },
    ringRadius,
    nodeRadius,
    hasRoomBeside: box.width / 2 - ringRadius * widest - nodeRadius - AROUND >= BESIDE_WIDTH,
  };
}

/** At the right, at the height where the widest gap between nodes is. */
function placeClients(clients: readonly string[], nodes: readonly NodePlace[], ring: Ring, box: Box): Scene['clients'] {
  const { center, ringRadius, nodeRadius } = ring;
  const right = nodes.filter((node) => node.x > center.x + 1).map((node) => node.y);
  const heights = [center.y - ringRadius, ...right, center.y + ringRadius];
  const gaps = heights.slice(1).map((y, position) => ({ from: heights[position] ?? y, to: y }));
  const inside = gaps.length > 2 ? gaps.slice(1, -1) : gaps;
  const widest = inside.reduce((best, gap) => (gap.to - gap.from > best.to - best.from + 1 ? gap : best));
  const middle = right.length === 1 ? center.y + Math.max(60, ringRadius / 2) : (widest.from + widest.to) / 2;
  const x = Math.min(box.x + box.width - CLIENT_RADIUS - 14, center.x + ringRadius + nodeRadius + AROUND + 150);
  const pace = 52;
  return clients.map((id, position) => ({ id, x, y: middle + (position - (clients.length - 1) / 2) * pace }));
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
function sideOf(point: Point, from: Point, to: Point): number {
  return (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x);
}
