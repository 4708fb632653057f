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
  /** Draws the moment, and says where each mark is. */
  draw(view: View, scene: Scene, nowUs: number, stepwise: boolean): readonly MarkPlace[];
  dispose(): void;
}

/** `canvas` covers the drawing that the scene was laid out for; nobody else draws on it. */
export function createMotion(canvas: HTMLCanvasElement): Motion {
  const context = canvas.getContext('2d');
  const { ink, dispose } = createInk(canvas.parentElement ?? document.body);
  let isClear = true;
  return {
    draw(view, scene, nowUs, stepwise) {
      const places: MarkPlace[] = [];
      if (context === null) return places;
      if (fit(canvas) || !isClear) clear(context);
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

/** Gives the canvas a dot for each dot of the screen; true if its size changed, which also clears it. */
function fit(canvas: HTMLCanvasElement): boolean {
  const scale = devicePixelRatio;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.scale(scale, scale);
  return true;
}

function clear(context: CanvasRenderingContext2D): void {
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
}
