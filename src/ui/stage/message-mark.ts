import { termColor } from '../term-color.ts';
import type { MessageShape } from './message-shape.ts';
import { svg } from './svg.ts';

/** The mark of a message around the origin, flying to the right. */
export function messageMark(shape: MessageShape): SVGGElement {
  const mark = svg('g', { class: `message message-${shape.form}${shape.hollow ? ' hollow' : ''}` }, ...formOf(shape));
  if (shape.term !== undefined) mark.style.setProperty('--hue', termColor(shape.term));
  if (shape.crossed) {
    mark.append(svg('path', { class: 'message-cross', d: 'M-4,-4 L4,4 M-4,4 L4,-4' }));
  }
  return mark;
}

/** Six rays, drawn at radius 1; the scheduler scales and fades them. */
export function burstMark(): SVGGElement {
  const rays = Array.from({ length: 6 }, (_, ray) => {
    const [x, y] = [Math.cos((ray * Math.PI) / 3), Math.sin((ray * Math.PI) / 3)];
    return svg('line', { x1: x * 0.4, y1: y * 0.4, x2: x, y2: y, 'vector-effect': 'non-scaling-stroke' });
  });
  return svg('g', { class: 'burst' }, ...rays);
}

function formOf({ form, hollow, ticks }: MessageShape): readonly SVGElement[] {
  switch (form) {
    case 'ballot':
      return [svg('path', { class: 'message-body', d: 'M-8,0 L0,-8 L8,0 L0,8 Z' })];
    case 'heartbeat':
      return [svg('circle', { class: 'message-body', r: hollow ? 4 : 4.5 })];
    case 'client':
      return [svg('rect', { class: 'message-body', x: -5, y: -5, width: 10, height: 10, rx: 2 })];
    case 'entries': {
      const width = 9 + Math.max(1, ticks.length) * 5;
      const left = -width / 2;
      return [
        svg('rect', { class: 'message-body', x: left, y: -7, width, height: 14, rx: 3 }),
        ...ticks.map((term, position) => {
          const tick = svg('rect', { class: 'message-tick', x: left + 6 + position * 5, y: -4, width: 3, height: 8 });
          tick.style.fill = termColor(term);
          return tick;
        }),
      ];
    }
  }
}
