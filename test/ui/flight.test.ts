import { describe, expect, it } from 'vitest';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { MessageView } from '../../src/timeline/view.ts';
import { changeWorld, initialWorld, nodeIds } from '../../src/timeline/world.ts';
import { BURST_US, flightOf } from '../../src/ui/stage/flight.ts';
import { between, cutShare, distance, laneOf, layOut } from '../../src/ui/stage/geometry.ts';
import { shareLeft } from '../../src/ui/stage/timer-arcs.ts';

const world = initialWorld(defaultRunConfig);
const scene = layOut(nodeIds(5), ['c1'], { x: 0, y: 0, width: 800, height: 480 });
const lane = laneOf(scene, 'n1', 'n3');
if (lane === undefined) throw new Error('no lane');

const message: MessageView = {
  messageId: 'n1-1',
  from: 'n1',
  to: 'n3',
  sentUs: 1_000,
  dueUs: 21_000,
  fate: 'sent',
  lostUs: undefined,
  message: { type: 'request-vote', term: 1, lastLogIndex: 0, lastLogTerm: 0 },
};

describe('a message', () => {
  it('moves linearly from its sender to its receiver', () => {
    for (const share of [0, 0.25, 0.5, 0.95]) {
      const flight = flightOf(message, world, scene, 1_000 + share * 20_000);
      expect(flight?.state).toBe('flying');
      expect(flight === undefined ? Infinity : distance(flight.at, between(lane.from, lane.to, share))).toBeLessThan(
        0.01,
      );
    }
  });

  it('is not seen before it is sent or once it is due', () => {
    expect(flightOf(message, world, scene, 999)).toBeUndefined();
    expect(flightOf(message, world, scene, 21_000)).toBeUndefined();
  });

  it('waits at the door of a paused node', () => {
    const paused = changeWorld(world, { type: 'pause', node: 'n3' }, 0);
    const flight = flightOf(message, paused, scene, 90_000);
    expect(flight).toMatchObject({ state: 'waiting', at: lane.to });
  });

  it('that the network loses bursts where it was lost, and is then gone', () => {
    const lost: MessageView = { ...message, fate: 'lost', lostUs: 11_000 };
    expect(flightOf(lost, world, scene, 10_999)?.state).toBe('flying');
    const burst = flightOf(lost, world, scene, 11_000 + BURST_US / 2);
    expect(burst).toMatchObject({ state: 'burst', share: 0.5 });
    expect(burst === undefined ? Infinity : distance(burst.at, between(lane.from, lane.to, 0.5))).toBeLessThan(0.01);
    expect(flightOf(lost, world, scene, 11_000 + BURST_US)).toBeUndefined();
  });

  it('that is sent into a cut link flies as far as the cut', () => {
    const cut: MessageView = { ...message, fate: 'cut', lostUs: 1_000 };
    const burst = flightOf(cut, world, scene, 12_000);
    expect(burst?.state).toBe('burst');
    const at = between(lane.from, lane.to, cutShare(scene, 'n1', 'n3'));
    expect(burst === undefined ? Infinity : distance(burst.at, at)).toBeLessThan(0.01);
  });

  it('that is under way when its link is cut bursts where it is', () => {
    const cut: MessageView = { ...message, fate: 'cut', lostUs: 6_000 };
    const burst = flightOf(cut, world, scene, 6_001);
    expect(burst?.state).toBe('burst');
    expect(burst === undefined ? Infinity : distance(burst.at, between(lane.from, lane.to, 0.25))).toBeLessThan(0.01);
  });

  it('to a dead node fades, and bursts at its hull', () => {
    const dead = changeWorld(world, { type: 'kill', node: 'n3' }, 0);
    expect(flightOf(message, dead, scene, 5_000)).toMatchObject({ state: 'flying', faded: true });
    expect(flightOf(message, dead, scene, 21_001)).toMatchObject({ state: 'burst' });
  });
});

describe('a timer', () => {
  it('runs from full to empty between being set and its deadline', () => {
    expect(shareLeft(1_000, 5_000, 1_000)).toBe(1);
    expect(shareLeft(1_000, 5_000, 4_000)).toBe(0.25);
    expect(shareLeft(1_000, 5_000, 9_000)).toBe(0);
    expect(shareLeft(5_000, 5_000, 5_000)).toBe(0);
  });
});
