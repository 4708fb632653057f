import type { LinkQuality } from '../../timeline/action.ts';
import { heldUntilUs } from '../../timeline/link-trouble.ts';
import type { View } from '../../timeline/view.ts';
import { shownDelay, shownLateness } from '../../timeline/words.ts';
import { linkKey, qualityOf, type World } from '../../timeline/world.ts';
import { linkState } from './link-state.ts';

/** What the tooltip says of a link, a line each. */
export function linkFacts(from: string, to: string, { world }: View, nowUs: number): readonly string[] {
  const directions = [
    [from, to],
    [to, from],
  ] as const;
  const cut = directions.filter(([start, end]) => world.cuts.has(linkKey(start, end)));
  const state =
    cut.length === 2
      ? ['Cut both ways: nothing passes.']
      : cut.map(([start, end]) => `Cut from ${start} to ${end}; the other way is open.`);
  return [
    `${from} – ${to}`,
    ...state,
    ...directions.flatMap(([start, end]) => troubleFact(world, start, end, nowUs)),
    ...qualityFacts(qualityOf(world, from, to)),
  ];
}

function troubleFact(world: World, from: string, to: string, nowUs: number): readonly string[] {
  const way = `${from} → ${to}`;
  switch (linkState(world, from, to, nowUs)) {
    case 'clogged': {
      const leftMs = (heldUntilUs(world, linkKey(from, to), nowUs) - nowUs) / 1_000;
      return [`${way} is clogged for ${Math.ceil(leftMs)} ms more: what is sent arrives together then.`];
    }
    case 'flapped-down':
      return [`${way} flaps, and is down at the moment.`];
    case 'flapping':
      return [`${way} flaps, and is up at the moment.`];
    case undefined:
      return [];
  }
}

function qualityFacts({ latency, loss, duplication, reordering, replay }: LinkQuality): readonly string[] {
  const lines = [`Latency ${shownDelay(latency)}, loss ${percent(loss)}, duplication ${percent(duplication)}.`];
  if (reordering !== undefined) lines.push(`Messages held back: ${shownLateness(reordering)}.`);
  if (replay !== undefined) lines.push(`Messages replayed: ${shownLateness(replay)}.`);
  return lines;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
