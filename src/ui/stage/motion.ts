import type { MessageView, View } from '../../timeline/view.ts';
import { type Flight, flightOf } from './flight.ts';
import type { Point, Scene } from './geometry.ts';
import { burstMark, messageMark } from './message-mark.ts';
import { shapeOf } from './message-shape.ts';
import { svg } from './svg.ts';

/** The most marks drawn at once; with more on their way the oldest are drawn. */
const MAX_MARKS = 400;
/** With reduced motion a flight is shown in this many steps, and a timer too. */
const STEPS = 4;

/** What moves on the stage. It sets attributes itself: sixty times a second is too often for React. */
export interface Motion {
  /** Draws the moment. `stepwise` for who prefers reduced motion. */
  draw(view: View, scene: Scene, nowUs: number, stepwise: boolean): void;
  /** Where the messages were drawn last. */
  readonly marks: readonly (Point & { readonly messageId: string })[];
}

interface Mark {
  readonly element: SVGGElement;
  readonly burst: boolean;
  /** Only what has a length points where it flies. */
  readonly turns: boolean;
}

/** `timers` and `messages` are empty groups that nobody else draws in. */
export function createMotion(timers: SVGGElement, messages: SVGGElement): Motion {
  const drawn = new Map<string, Mark>();
  const drawTimers = createTimers(timers);
  let marks: readonly (Point & { readonly messageId: string })[] = [];

  const place = (message: MessageView, flight: NonNullable<Flight>, stepwise: boolean): void => {
    const burst = flight.state === 'burst';
    let mark = drawn.get(message.messageId);
    if (mark === undefined || mark.burst !== burst) {
      mark?.element.remove();
      const shape = shapeOf(message.message);
      mark = { element: burst ? burstMark() : messageMark(shape), burst, turns: shape.form === 'entries' };
      messages.append(mark.element);
      drawn.set(message.messageId, mark);
    }
    const { x, y } = flight.at;
    if (flight.state === 'burst') {
      const share = stepwise ? 0.4 : flight.share;
      mark.element.setAttribute(
        'transform',
        `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${(6 + 9 * share).toFixed(1)})`,
      );
      mark.element.setAttribute('opacity', (1 - share).toFixed(2));
      return;
    }
    mark.element.setAttribute(
      'transform',
      `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${mark.turns ? flight.angle.toFixed(0) : 0})`,
    );
    mark.element.classList.toggle('faded', flight.state === 'flying' && flight.faded);
  };

  return {
    get marks() {
      return marks;
    },
    draw(view, scene, nowUs, stepwise) {
      drawTimers(view, scene, nowUs, stepwise);
      const seen = new Set<string>();
      const places: (Point & { messageId: string })[] = [];
      for (const message of view.messages.values()) {
        if (seen.size >= MAX_MARKS) break;
        const flight = flightOf(message, view.world, scene, stepwise ? stepped(message, nowUs) : nowUs);
        if (flight === undefined) continue;
        seen.add(message.messageId);
        place(message, flight, stepwise);
        places.push({ messageId: message.messageId, x: flight.at.x, y: flight.at.y });
      }
      marks = places;
      for (const [messageId, mark] of drawn) {
        if (seen.has(messageId)) continue;
        mark.element.remove();
        drawn.delete(messageId);
      }
    },
  };
}

/** The moment at which the flight stands still: the last of its steps. */
function stepped({ sentUs, dueUs }: MessageView, nowUs: number): number {
  if (nowUs >= dueUs) return nowUs;
  const stepUs = (dueUs - sentUs) / STEPS;
  return sentUs + Math.floor((nowUs - sentUs) / stepUs) * stepUs + stepUs / 2;
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
