import { termColor } from '../term-color.ts';
import type { MessageShape } from './message-shape.ts';

/** What a mark is drawn with: colours as the canvas takes them, by their CSS value. */
export type Ink = (cssColor: string) => string;

const OUTLINE = 1.75;
const CROSS = 4;
const DASHES = [3, 2.5];
const SOLID: number[] = [];
const BURST_RAYS = 6;

/** Draws the mark of a message around the origin, flying to the right. */
export function drawMessage(context: CanvasRenderingContext2D, shape: MessageShape, ink: Ink): void {
  const hue = ink(shape.term === undefined ? 'var(--ink-soft)' : termColor(shape.term));
  context.beginPath();
  traceForm(context, shape);
  context.fillStyle = fillOf(shape, hue, ink);
  context.fill();
  context.strokeStyle = hue;
  context.lineWidth = OUTLINE;
  if (shape.dashed) context.setLineDash(DASHES);
  context.stroke();
  context.setLineDash(SOLID);
  drawTicks(context, shape, ink);
  if (shape.crossed) drawCross(context, ink);
}

/** Six rays that grow and fade: here a message was lost. `share` is how much of the burst is over, 0 to 1. */
export function drawBurst(context: CanvasRenderingContext2D, share: number, ink: Ink): void {
  const radius = 6 + 9 * share;
  context.globalAlpha = 1 - share;
  context.strokeStyle = ink('var(--broken)');
  context.lineWidth = 2;
  context.beginPath();
  for (let ray = 0; ray < BURST_RAYS; ray += 1) {
    const angle = (ray * 2 * Math.PI) / BURST_RAYS;
    const [x, y] = [Math.cos(angle) * radius, Math.sin(angle) * radius];
    context.moveTo(x * 0.4, y * 0.4);
    context.lineTo(x, y);
  }
  context.stroke();
}

function traceForm(context: CanvasRenderingContext2D, { form, hollow, ticks }: MessageShape): void {
  switch (form) {
    case 'ballot':
      context.moveTo(-8, 0);
      context.lineTo(0, -8);
      context.lineTo(8, 0);
      context.lineTo(0, 8);
      context.closePath();
      break;
    case 'summons':
      context.moveTo(-6, -7);
      context.lineTo(8, 0);
      context.lineTo(-6, 7);
      context.closePath();
      break;
    case 'heartbeat':
      context.arc(0, 0, hollow ? 4 : 4.5, 0, 2 * Math.PI);
      break;
    case 'block':
      context.rect(-8, -8, 16, 16);
      break;
    case 'client':
      context.roundRect(-5, -5, 10, 10, 2);
      break;
    case 'entries': {
      const width = widthOf(ticks);
      context.roundRect(-width / 2, -7, width, 14, 3);
      break;
    }
  }
}

/** Room for a tick an entry; one without entries is as wide as one with one. */
function widthOf(ticks: readonly number[]): number {
  return 9 + Math.max(1, ticks.length) * 5;
}

function fillOf({ form, hollow, dashed }: MessageShape, hue: string, ink: Ink): string {
  if (hollow) return ink('var(--paper)');
  return form === 'entries' || dashed ? ink(`color-mix(in oklch, ${hue} 24%, var(--paper))`) : hue;
}

function drawTicks(context: CanvasRenderingContext2D, { form, ticks }: MessageShape, ink: Ink): void {
  if (form !== 'entries') return;
  const left = -widthOf(ticks) / 2;
  for (const [position, term] of ticks.entries()) {
    context.fillStyle = ink(termColor(term));
    context.fillRect(left + 6 + position * 5, -4, 3, 8);
  }
}

function drawCross(context: CanvasRenderingContext2D, ink: Ink): void {
  context.strokeStyle = ink('var(--broken)');
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(-CROSS, -CROSS);
  context.lineTo(CROSS, CROSS);
  context.moveTo(-CROSS, CROSS);
  context.lineTo(CROSS, -CROSS);
  context.stroke();
}
