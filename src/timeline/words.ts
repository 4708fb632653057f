import type { NodeId } from '../raft/entry.ts';
import type { Delay, DirectedLink, Lateness } from './action.ts';

/** The longest key or value that a sentence shows whole, in characters. */
const MAX_SHOWN = 40;
/** The most links that a sentence names. */
const MAX_NAMED_LINKS = 4;

/** Marks that turn the direction of what follows them: in a sentence they would reorder its words. */
const directionMarks = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A key or value as it stands in a sentence: bare where it is one plain word, else quoted, and cut where it is long. */
export function shown(text: string): string {
  // A character takes up to two UTF-16 code units.
  const characters = Array.from(text.slice(0, 2 * (MAX_SHOWN + 1)));
  const cut = characters.length > MAX_SHOWN ? `${characters.slice(0, MAX_SHOWN).join('')}…` : text;
  if (/^[\w.:/-]+…?$/u.test(cut)) return cut;
  return JSON.stringify(cut).replace(directionMarks, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
}

/**
 * How many there are, with thousands set apart: `12,345`, `1,000.5`. What is counted is written so everywhere; an index, a term or a
 * seed is a name, and stays as it is.
 */
export function countOf(count: number): string {
  const [whole = '', ...fraction] = String(count).split('.');
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
}

/** Microseconds as milliseconds, to a tenth. */
export function milliseconds(us: number): string {
  return `${countOf(Number((us / 1_000).toFixed(1)))} ms`;
}

export function shownDelay({ meanMs, spreadMs }: Delay): string {
  return spreadMs === 0 ? `${countOf(meanMs)} ms` : `${countOf(meanMs)} ± ${countOf(spreadMs)} ms`;
}

/** `10 % by 400 ± 200 ms`. */
export function shownLateness({ chance, delay }: Lateness): string {
  return chance === 0 ? '0 %' : `${percent(chance)} by ${shownDelay(delay)}`;
}

/** How fast a clock runs: `right`, `5 % fast`, `200 ppm slow`. */
export function shownDrift(driftPpm: number): string {
  if (driftPpm === 0) return 'right';
  const size = Math.abs(driftPpm);
  return `${size < 1_000 ? `${size} ppm` : `${size / 10_000} %`} ${driftPpm > 0 ? 'fast' : 'slow'}`;
}

export function percent(probability: number): string {
  return `${Number((probability * 100).toFixed(2))} %`;
}

/** `1 entry`, `2 entries`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countOf(count)} ${count === 1 ? one : many}`;
}

/** `entry 5` or `entries 5 to 7`. */
export function entryRange(first: number, last: number): string {
  return first === last ? `entry ${first}` : `entries ${first} to ${last}`;
}

/** `n1`, `n1 and n2`, `n1, n2 and n3`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

export function listedNodes(nodes: readonly NodeId[] | undefined): string {
  return nodes === undefined ? 'all nodes' : listed(nodes);
}

/** `n1–n2` where both directions are meant, `n1→n2` where one is. */
export function listedLinks(links: readonly DirectedLink[] | undefined): string {
  if (links === undefined) return 'all links';
  const keys = new Set(links.map(({ from, to }) => `${from}>${to}`));
  const names = new Set<string>();
  for (const { from, to } of links) {
    const both = keys.has(`${to}>${from}`);
    // The way back of a pair that is named already adds nothing.
    if (!both) names.add(`${from}→${to}`);
    else if (!names.has(`${to}–${from}`)) names.add(`${from}–${to}`);
  }
  const all = [...names];
  if (all.length <= MAX_NAMED_LINKS) return listed(all);
  return `${all.slice(0, MAX_NAMED_LINKS - 1).join(', ')} and ${all.length - MAX_NAMED_LINKS + 1} more links`;
}

/** `1 byte`, `2,048 bytes`. */
export function byteCount(bytes: number): string {
  return counted(bytes, 'byte');
}

/** `bytes 1 to 512`, counted from 1; `nothing more` where there are none. */
export function byteRange(offset: number, bytes: number): string {
  if (bytes === 0) return 'nothing more';
  return `bytes ${countOf(offset + 1)} to ${countOf(offset + bytes)}`;
}
