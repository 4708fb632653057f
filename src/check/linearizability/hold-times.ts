import { READ, SWAP, WRITE, type Problem } from './problem.ts';

/** The stretch of time that one value tells of itself: when it must have been held already, and when still. */
interface HoldTime {
  /** The first return among those who brought it about or met it. */
  readonly from: number;
  /** The last invocation among them. */
  readonly to: number;
}

/**
 * Whether the values that only one operation can have brought about contradict each other (Gibbons and Korach, "Testing shared
 * memories", 1997). Such a value is held once, for one stretch: if somebody who met it, or brought it about, has returned before
 * another is invoked, then it was held all the time between. No two values are held at one moment, and none comes and
 * goes within the stretch of another. That is quickly seen, where a search would first try all that came before.
 */
export function haveConflict(problem: Problem): boolean {
  const held: HoldTime[] = [];
  const brief: HoldTime[] = [];
  for (const time of holdTimes(problem)) (time.from < time.to ? held : brief).push(time);
  held.sort((one, other) => one.from - other.from);
  for (const [place, time] of held.entries()) {
    const next = held[place + 1];
    if (next !== undefined && next.from < time.to) return true;
  }
  // The stretches do not overlap now, so only the last one that begins before can hold the brief one within it.
  return brief.some(({ from: last, to: first }) => {
    const around = held[countBefore(held, first) - 1];
    return around !== undefined && around.from < first && last < around.to;
  });
}

function holdTimes(problem: Problem): HoldTime[] {
  const { binding, kinds, needs, nexts, optional, states, initial } = problem;
  const count = states.size;
  const offers = new Int32Array(count);
  const from = new Float64Array(count).fill(Infinity);
  const to = new Float64Array(count).fill(-Infinity);
  const note = (state: number, invokedAt: number, returnedAt: number): void => {
    from[state] = Math.min(from[state] ?? 0, returnedAt);
    to[state] = Math.max(to[state] ?? 0, invokedAt);
  };
  for (const [place, { invokedAt, returnedAt }] of binding.entries()) {
    const kind = kinds[place];
    const next = nexts[place] ?? 0;
    if (kind === READ || kind === SWAP) note(needs[place] ?? 0, invokedAt, returnedAt);
    if (kind !== WRITE && kind !== SWAP) continue;
    note(next, invokedAt, returnedAt);
    offers[next] = (offers[next] ?? 0) + 1;
  }
  for (const { next, operations } of optional) {
    offers[next] = (offers[next] ?? 0) + operations.length;
    for (const { invokedAt } of operations) note(next, invokedAt, Infinity);
  }
  from[initial] = -Infinity;
  offers[initial] = (offers[initial] ?? 0) + 1;
  // Of a value that nobody has met, and that somebody may have brought about, nothing is known.
  return Array.from(offers, (offered, state) => ({ offered, from: from[state] ?? 0, to: to[state] ?? 0 })).filter(
    (time) => time.offered === 1 && time.from < Infinity && time.to > -Infinity,
  );
}

/** How many stretches begin before the moment. */
function countBefore(held: readonly HoldTime[], moment: number): number {
  let low = 0;
  let high = held.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((held[middle]?.from ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
