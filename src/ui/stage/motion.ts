import type { MessageView, View } from '../../timeline/view.ts';
import { type Flight, flightOf } from './flight.ts';
import type { Point, Scene } from './geometry.ts';
import { createInk } from './ink.ts';
import { drawBurst, drawMessage, type Ink } from './message-mark.ts';
import { shapeOf } from './message-shape.ts';
import { stepped } from './steps.ts';
import { drawTimers } from './timer-arcs.ts';

/** The most marks drawn at once; with more on their way the oldest are drawn. */
const MAX_MARKS = 400;

/** Where a message was drawn last. */
export type MarkPlace = Point & { readonly messageId: string };

/** What moves on the stage, on a canvas: dozens of marks that change at every frame are too many for elements. */
export interface Motion {
  /** Draws the moment and says where each mark is; undefined where the same moment is drawn already. */
  draw(view: View, scene: Scene, nowUs: number, stepwise: boolean): readonly MarkPlace[] | undefined;
  dispose(): void;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** `canvas` covers the drawing that the scene was laid out for, and keeps its size; nobody else draws on it. */
export function createMotion(canvas: HTMLCanvasElement): Motion {
  const context = canvas.getContext('2d');
  let drawn: { readonly view: View; readonly nowUs: number; readonly scale: number } | undefined;
  const { ink, dispose } = createInk(canvas.parentElement ?? document.body, () => (drawn = undefined));
  // Read once: to ask in every frame would have the page laid out for it. A stage of another size is another scene.
  const size = { width: canvas.clientWidth, height: canvas.clientHeight };
  let fitted: number | undefined;
  let isClear = true;
  return {
    draw(view, scene, nowUs, stepwise) {
      // A cluster that stands still is not drawn again, unless the theme or the screen's density has changed.
      if (drawn?.view === view && drawn.nowUs === nowUs && drawn.scale === devicePixelRatio) return undefined;
      const places: MarkPlace[] = [];
      if (context === null) return places;
      drawn = { view, nowUs, scale: devicePixelRatio };
      if (fitted !== devicePixelRatio) {
        fitted = devicePixelRatio;
        fit(context, size, fitted);
      } else if (!isClear) {
        clear(context);
      }
      isClear = !drawTimers(context, { view, scene, nowUs, stepwise, ink });
      for (const message of view.messages.values()) {
        if (places.length >= MAX_MARKS) break;
        const flight = flightOf(message, view.world, scene, stepwise ? stepped(message, nowUs) : nowUs);
        if (flight === undefined) continue;
        drawMark(context, message, flight, stepwise, ink);
        isClear = false;
        places.push({ messageId: message.messageId, x: flight.at.x, y: flight.at.y });
      }
      return places;
    },
    dispose,
  };
}

function drawMark(
  context: CanvasRenderingContext2D,
  message: MessageView,
  flight: NonNullable<Flight>,
  stepwise: boolean,
  ink: Ink,
): void {
  context.save();
  context.translate(flight.at.x, flight.at.y);
  if (flight.state === 'burst') {
    drawBurst(context, stepwise ? 0.4 : flight.share, ink);
  } else {
    const shape = shapeOf(message.message);
    // Only what has a length or a point shows where it flies.
    if (shape.form === 'entries' || shape.form === 'summons') context.rotate((flight.angle * Math.PI) / 180);
    if (flight.state === 'flying' && flight.faded) context.globalAlpha = 0.4;
    drawMessage(context, shape, ink);
  }
  context.restore();
}

/** Gives a canvas of that size on the page a dot for each dot of the screen, which also clears it. */
function fit({ canvas }: CanvasRenderingContext2D, size: Size, scale: number): void {
  canvas.width = Math.round(size.width * scale);
  canvas.height = Math.round(size.height * scale);
  canvas.getContext('2d')?.scale(scale, scale);
}

function clear(context: CanvasRenderingContext2D): void {
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
}
