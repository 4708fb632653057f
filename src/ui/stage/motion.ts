import type { View } from '../../timeline/view.ts';
import type { Scene } from './geometry.ts';
import { createMessageCanvas, type MarkPlace } from './message-canvas.ts';
import { STEPS } from './steps.ts';
import { svg } from './svg.ts';

/** What moves on the stage. It draws by itself: sixty times a second is too often for React. */
export interface Motion {
  /** Draws the moment. `stepwise` for who prefers reduced motion. */
  draw(view: View, scene: Scene, nowUs: number, stepwise: boolean): void;
  /** Where the messages were drawn last. */
  readonly marks: readonly MarkPlace[];
  dispose(): void;
}

/** `timers` is an empty group, `messages` a canvas over it; nobody else draws in either. */
export function createMotion(timers: SVGGElement, messages: HTMLCanvasElement): Motion {
  const drawTimers = createTimers(timers);
  const canvas = createMessageCanvas(messages);
  let marks: readonly MarkPlace[] = [];
  return {
    get marks() {
      return marks;
    },
    draw(view, scene, nowUs, stepwise) {
      drawTimers(view, scene, nowUs, stepwise);
      marks = canvas.draw(view, scene, nowUs, stepwise);
    },
    dispose() {
      canvas.dispose();
      timers.replaceChildren();
    },
  };
}

/** The arcs around nodes: how much of the election timeout is left. */
function createTimers(group: SVGGElement) {
  const arcs = new Map<string, SVGCircleElement>();
  let scene: Scene | undefined;

  const rebuild = (next: Scene): void => {
    scene = next;
    arcs.clear();
    group.replaceChildren();
    for (const { id, x, y } of next.nodes) {
      const arc = svg('circle', {
        class: 'timer',
        r: next.nodeRadius + 6,
        pathLength: 100,
        'stroke-dasharray': '100 100',
        transform: `translate(${x} ${y}) rotate(-90)`,
      });
      arcs.set(id, arc);
      group.append(arc);
    }
  };

  return (view: View, next: Scene, nowUs: number, stepwise: boolean): void => {
    if (scene !== next) rebuild(next);
    for (const [id, arc] of arcs) {
      const node = view.nodes[id];
      const status = view.world.machines[id]?.status;
      const runs = node !== undefined && status !== 'down' && node.role !== 'leader' && node.halted === undefined;
      const left = runs ? shareLeft(node.timerSetUs, node.deadlineUs, nowUs) : 0;
      const shown = stepwise ? Math.ceil(left * STEPS * 2) / (STEPS * 2) : left;
      setAttribute(arc, 'stroke-dashoffset', (100 - shown * 100).toFixed(1));
      setAttribute(arc, 'visibility', shown > 0 ? 'visible' : 'hidden');
    }
  };
}

/** How much of a timer is left, 0 to 1. */
export function shareLeft(setUs: number, deadlineUs: number, nowUs: number): number {
  if (deadlineUs <= setUs) return 0;
  return Math.max(0, Math.min(1, (deadlineUs - nowUs) / (deadlineUs - setUs)));
}

function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
