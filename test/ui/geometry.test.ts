import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeIds } from '../../src/timeline/world.ts';
import {
  cutShare,
  distance,
  distanceToSegment,
  laneOf,
  layOut,
  linksOf,
  MIN_SPLIT_LINE,
  type Scene,
  splitAlong,
  targetAt,
  voteDots,
} from '../../src/ui/stage/geometry.ts';

const wide = { x: 264, y: 0, width: 788, height: 475 };
const phone = { x: 0, y: 0, width: 390, height: 340 };
const ring = (count: number, box = wide): Scene => layOut(nodeIds(count), ['c1'], box);

function placeOf(scene: Scene, id: string) {
  const place = scene.nodes.find((node) => node.id === id);
  if (place === undefined) throw new Error(`${id} is not on the stage`);
  return place;
}

describe('the ring', () => {
  it('has n1 at the top and goes on clockwise', () => {
    const scene = ring(4);
    const [n1, n2, n3, n4] = ['n1', 'n2', 'n3', 'n4'].map((id) => placeOf(scene, id));
    expect(n1?.y).toBeLessThan(scene.center.y);
    expect(n2?.x).toBeGreaterThan(scene.center.x);
    expect(n3?.y).toBeGreaterThan(scene.center.y);
    expect(n4?.x).toBeLessThan(scene.center.x);
  });

  it('keeps every node whole inside of its box, and apart from the others, from 1 to 25 nodes', () => {
    for (const box of [wide, phone, { x: 208, y: 0, width: 496, height: 380 }]) {
      for (let count = 1; count <= 25; count += 1) {
        const scene = ring(count, box);
        for (const node of scene.nodes) {
          expect(node.x - scene.nodeRadius, `${count} nodes`).toBeGreaterThanOrEqual(box.x);
          expect(node.x + scene.nodeRadius).toBeLessThanOrEqual(box.x + box.width);
          expect(node.y - scene.nodeRadius).toBeGreaterThanOrEqual(box.y);
          expect(node.y + scene.nodeRadius).toBeLessThanOrEqual(box.y + box.height);
        }
        for (const { from, to } of linksOf(scene)) expect(distance(from, to)).toBeGreaterThan(scene.nodeRadius * 2);
      }
    }
  });

  it('puts the client where no node is', () => {
    for (let count = 1; count <= 9; count += 1) {
      const scene = ring(count);
      const [client] = scene.clients;
      if (client === undefined) throw new Error('no client');
      for (const node of scene.nodes) expect(distance(node, client)).toBeGreaterThan(scene.nodeRadius + 40);
    }
  });
});

describe('links', () => {
  it('of n nodes are n(n-1)/2, each pair once', () => {
    const links = linksOf(ring(5)).map(({ from, to }) => `${from.id}-${to.id}`);
    expect(links).toHaveLength(10);
    expect(new Set(links).size).toBe(10);
  });

  it('carry the two directions on lanes that do not touch', () => {
    const scene = ring(5);
    const there = laneOf(scene, 'n1', 'n3');
    const back = laneOf(scene, 'n3', 'n1');
    if (there === undefined || back === undefined) throw new Error('no lane');
    expect(distanceToSegment(there.from, back.from, back.to)).toBeGreaterThan(6);
  });

  it('through the centre are not all cut at one point', () => {
    const scene = ring(6);
    expect(cutShare(scene, 'n1', 'n4')).not.toBe(0.5);
    expect(cutShare(scene, 'n1', 'n4') + cutShare(scene, 'n4', 'n1')).toBe(1);
    expect(cutShare(scene, 'n1', 'n2')).toBe(0.5);
  });
});

describe('a vote dot', () => {
  it('lies on the side of the member whose vote it is, and no two lie on each other', () => {
    for (let count = 2; count <= 9; count += 1) {
      const scene = ring(count);
      for (const candidate of scene.nodes) {
        const dots = voteDots(scene, candidate, scene.nodeRadius + 15);
        expect(dots).toHaveLength(count);
        for (const dot of dots) {
          if (dot.id === candidate.id) continue;
          const voter = placeOf(scene, dot.id);
          expect(distance(dot, voter)).toBeLessThan(distance(candidate, voter));
        }
        const pairs = dots.flatMap((one, position) => dots.slice(position + 1).map((other) => distance(one, other)));
        expect(Math.min(...pairs)).toBeGreaterThan(8);
      }
    }
  });
});

describe('a line across the ring', () => {
  it('between n1 and n2 and between n3 and n4 splits n2 n3 from n4 n5 n1', () => {
    const scene = ring(5);
    const [n1, n2, n3, n4] = ['n1', 'n2', 'n3', 'n4'].map((id) => placeOf(scene, id));
    if (!n1 || !n2 || !n3 || !n4) throw new Error('nodes are missing');
    const from = { x: (n1.x + n2.x) / 2, y: (n1.y + n2.y) / 2 };
    const to = { x: (n3.x + n4.x) / 2, y: (n3.y + n4.y) / 2 };
    const sides = splitAlong(scene, from, to);
    expect(sides?.map((side) => side.join(' ')).sort()).toEqual(['n1 n4 n5', 'n2 n3']);
  });

  it('has every node on exactly one side, whichever way it is drawn', () => {
    const coordinate = fc.double({ min: 0, max: 900, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 25 }),
        fc.record({ x: coordinate, y: coordinate }),
        fc.record({ x: coordinate, y: coordinate }),
        (count, from, to) => {
          const sides = splitAlong(ring(count), from, to);
          if (sides === undefined) return;
          expect([...sides[0], ...sides[1]].sort()).toEqual([...nodeIds(count)].sort());
          expect(sides[0].length * sides[1].length).toBeGreaterThan(0);
        },
      ),
      { seed: 7 },
    );
  });

  it('that passes all nodes by, or is a mere twitch, splits nothing', () => {
    const scene = ring(5);
    expect(splitAlong(scene, { x: 300, y: 0 }, { x: 300, y: 470 })).toBeUndefined();
    expect(
      splitAlong(scene, scene.center, { x: scene.center.x + MIN_SPLIT_LINE - 1, y: scene.center.y }),
    ).toBeUndefined();
    expect(splitAlong(scene, scene.center, { x: scene.center.x + MIN_SPLIT_LINE, y: scene.center.y })).toBeDefined();
  });
});

describe('a pointer', () => {
  it('hits a node a little beside its rim: targets are larger than what is drawn', () => {
    const scene = ring(5);
    const { x, y } = placeOf(scene, 'n2');
    expect(targetAt(scene, { x: x + scene.nodeRadius + 6, y }, [])).toEqual({ type: 'node', node: 'n2' });
    expect(targetAt(scene, { x: x + scene.nodeRadius + 16, y }, [])).toBeUndefined();
    expect(targetAt(scene, { x: x + scene.nodeRadius + 16, y }, [], 18)).toEqual({ type: 'node', node: 'n2' });
  });

  it('hits a message before the link that it flies on', () => {
    const scene = ring(5);
    const [n3, n4] = [placeOf(scene, 'n3'), placeOf(scene, 'n4')];
    const middle = { x: (n3.x + n4.x) / 2, y: n3.y };
    expect(targetAt(scene, middle, [])).toEqual({ type: 'link', link: { from: 'n3', to: 'n4' } });
    expect(targetAt(scene, middle, [{ ...middle, messageId: 'm1' }])).toEqual({ type: 'message', messageId: 'm1' });
  });

  it('hits the nearest of several links', () => {
    const scene = ring(5);
    const [n1, n2] = [placeOf(scene, 'n1'), placeOf(scene, 'n2')];
    const near = { x: n1.x * 0.6 + n2.x * 0.4, y: n1.y * 0.6 + n2.y * 0.4 - 4 };
    expect(targetAt(scene, near, [])).toEqual({ type: 'link', link: { from: 'n1', to: 'n2' } });
  });
});
