// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { View } from '../../src/timeline/view.ts';
import { layOut } from '../../src/ui/stage/geometry.ts';
import { createMotion, type Motion } from '../../src/ui/stage/motion.ts';

const base = initialView(defaultRunConfig);
const scene = layOut(base.world.nodes, ['c1'], { x: 0, y: 0, width: 800, height: 480 });
/** Five followers whose timers run out in a second. */
const waiting: View = {
  ...base,
  nodes: Object.fromEntries(
    Object.entries(base.nodes).map(([id, node]) => [id, { ...node, timerSetUs: 0, deadlineUs: 1_000_000 }]),
  ),
};

let themes: EventTarget;
let arcs: number;
let motion: Motion;
let dispose: () => void;

beforeEach(() => {
  themes = new EventTarget();
  vi.stubGlobal('matchMedia', () => themes);
  arcs = 0;
  const canvas = document.createElement('canvas');
  // happy-dom has no canvas: what counts here is how often something is drawn on it.
  const context = { canvas, scale() {}, clearRect() {}, beginPath() {}, stroke() {}, arc: () => (arcs += 1) };
  Object.defineProperty(canvas, 'getContext', { value: () => context });
  document.body.append(canvas);
  motion = createMotion(canvas);
  dispose = () => {
    motion.dispose();
    canvas.remove();
  };
});
afterEach(() => {
  dispose();
  vi.unstubAllGlobals();
});

test('the same moment is drawn once, the next one anew', () => {
  expect(motion.draw(waiting, scene, 1_000, false)).toEqual([]);
  expect(arcs).toBe(5);
  expect(motion.draw(waiting, scene, 1_000, false)).toBeUndefined();
  expect(arcs).toBe(5);
  expect(motion.draw(waiting, scene, 2_000, false)).toEqual([]);
  expect(arcs).toBe(10);
});

test('a change of theme draws the moment again, though the cluster stands still', () => {
  motion.draw(waiting, scene, 1_000, false);
  themes.dispatchEvent(new Event('change'));
  expect(motion.draw(waiting, scene, 1_000, false)).toEqual([]);
  expect(arcs).toBe(10);
});

test('a screen of another density draws the moment again', () => {
  motion.draw(waiting, scene, 1_000, false);
  vi.stubGlobal('devicePixelRatio', 2);
  expect(motion.draw(waiting, scene, 1_000, false)).toEqual([]);
  expect(arcs).toBe(10);
});
